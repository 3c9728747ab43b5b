// A provider on 127.0.0.1 whose model follows a script, on all four interfaces. It keeps what it was asked and what it answered:
// the truth that a test compares records with.

import { isObject } from "../../services/fixtures-types.ts";
import type { ReplayAnswer } from "../../services/replay-provider-answer.ts";
import type { ReplayUsage } from "../../services/replay-provider-usage.ts";
import { startReplayProvider } from "../../services/replay-provider.ts";
import { CHAT } from "./interface-chat.ts";
import { GENERATE } from "./interface-generate.ts";
import { MESSAGES } from "./interface-messages.ts";
import { RESPONSES } from "./interface-responses.ts";
import type { ModelInterface } from "./interface.ts";
import { ScriptedModel, type ModelTask, type ShownText } from "./scripted-model.ts";

const INTERFACES: readonly ModelInterface[] = [MESSAGES, RESPONSES, CHAT, GENERATE];

/** A call that was answered by the script. */
export interface ScriptedCall {
  /** `<task>:<step>`, or `aside`. */
  place: string;
  /** What its ids are made of. */
  id: string;
  responseId: string;
  usage: ReplayUsage;
  method: string;
  /** Path and query. */
  url: string;
  rawHeaders: readonly string[];
  body: Buffer;
  /** What it was answered with. */
  answer: ReplayAnswer;
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
  /** What a request that goes on from an answer need not say again, by the answer's id. */
  const conversations = new Map<unknown, ShownText[]>();

  replay.respond(async ({ method, url, rawHeaders, headers, body, json }) => {
    const path = url.split("?", 1)[0] ?? "";
    const request = { path, json: isObject(json) ? json : {} };
    const asked = method === "POST" && INTERFACES.find((each) => each.isAskedBy(request));
    if (!asked) {
      others.push(`${method} ${path}`);
      // The answer of a provider without WebSockets; clients then go on with requests.
      return headers.upgrade === undefined ? undefined : { status: 426, body: Buffer.alloc(0) };
    }
    const previous = conversations.get(asked.readPreviousId?.(request.json)) ?? [];
    const shown = [...previous, ...asked.readTexts(request.json)];
    const said = await model.answer(shown);
    const { place, id, usage } = said;
    const responseId = asked.responseId(said);
    conversations.set(responseId, [...shown, { role: "assistant", text: said.text }]);
    const answer = asked.write(request, said);
    calls.push({ place, id, responseId, usage, method, url, rawHeaders, body, answer });
    return answer;
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
      conversations.clear();
    },
    answered: (step) => model.answered(step),
    close: () => replay.close(),
  };
}
