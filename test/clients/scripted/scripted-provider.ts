// A provider on 127.0.0.1 whose model follows a script, on all four interfaces. It keeps what it was asked and what it answered:
// the truth that a test compares records with.

import { isObject } from "../../services/fixtures-types.ts";
import type { ReplayUsage } from "../../services/replay-provider-usage.ts";
import { startReplayProvider } from "../../services/replay-provider.ts";
import { CHAT } from "./interface-chat.ts";
import { GENERATE } from "./interface-generate.ts";
import { MESSAGES } from "./interface-messages.ts";
import { RESPONSES } from "./interface-responses.ts";
import type { ModelInterface } from "./interface.ts";
import { ScriptedModel, type ModelTask } from "./scripted-model.ts";

const INTERFACES: readonly ModelInterface[] = [MESSAGES, RESPONSES, CHAT, GENERATE];

/** A call that was answered by the script. */
export interface ScriptedCall {
  /** `<task>:<step>`, or `aside`. */
  place: string;
  responseId: string;
  usage: ReplayUsage;
  method: string;
  /** Path and query. */
  url: string;
  rawHeaders: readonly string[];
  body: Buffer;
}

export interface ScriptedProvider {
  url: string;
  /** Since `play`, in the order of their answers. */
  calls: readonly ScriptedCall[];
  /** What was asked besides, since `play`: `<method> <path>`. */
  others: readonly string[];
  /** Forgets what was, and follows these tasks from now on. */
  play(tasks: readonly ModelTask[], seed: string): void;
  /** Resolves when a step, as `<task>:<step>`, has been answered. */
  answered(step: string): Promise<void>;
  close(): Promise<void>;
}

export async function startScriptedProvider(): Promise<ScriptedProvider> {
  const replay = await startReplayProvider({ isKeeping: false });
  let model = new ScriptedModel([], "");
  let calls: ScriptedCall[] = [];
  let others: string[] = [];

  replay.respond(async ({ method, url, rawHeaders, headers, body, json }) => {
    const path = url.split("?", 1)[0] ?? "";
    const request = { path, json: isObject(json) ? json : {} };
    const asked = method === "POST" && INTERFACES.find((each) => each.isAskedBy(request));
    if (!asked) {
      others.push(`${method} ${path}`);
      // The answer of a provider without WebSockets; clients then go on with requests.
      return headers.upgrade === undefined ? undefined : { status: 426, body: Buffer.alloc(0) };
    }
    const answer = await model.answer(asked.readTexts(request.json));
    const { place, usage } = answer;
    calls.push({ place, responseId: asked.responseId(answer), usage, method, url, rawHeaders, body });
    return asked.write(request, answer);
  });

  return {
    url: replay.url,
    get calls() {
      return calls;
    },
    get others() {
      return others;
    },
    play(tasks, seed) {
      model = new ScriptedModel(tasks, seed);
      calls = [];
      others = [];
    },
    answered: (step) => model.answered(step),
    close: () => replay.close(),
  };
}
