// Calls of agents of realistic size, made from recorded runs of `../shared/data`: each answer of a run is a call, which carries a system
// prompt and tools of the size that coding agents have, and all that was said before.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Api } from "../../schemas/closed-lists.ts";

const DATA = join(import.meta.dirname, "../../../shared/data");
const SERVICE_RUNS = join(DATA, "tau_bench/text.jsonl");
const CODING_RUNS = join(DATA, "mini_swe_gemini3/text_sample.jsonl");
/** As measured of coding agents on the wire. */
const SYSTEM_CHARS = 7400;
const TOOLS = 24;
const TOOL_CHARS = 1200;
const LARGE_BYTES = 5 * 1024 * 1024;

export interface AgentCall {
  api: Api;
  request: Buffer;
  answer: Buffer;
}

export interface AgentTraffic {
  name: string;
  calls: AgentCall[];
}

/** Whether this machine has the recordings. */
export const hasRecordings = existsSync(SERVICE_RUNS) && existsSync(CODING_RUNS);

export function agentTraffic(): AgentTraffic[] {
  const service = readLines<ServiceRun>(SERVICE_RUNS).flatMap(serviceCalls);
  const coding = readLines<CodingRun>(CODING_RUNS).flatMap(codingCalls);
  const longest = coding.toSorted((a, b) => b.request.length - a.request.length)[0];
  return [
    { name: "customer service, chat completions", calls: service },
    { name: "coding, messages", calls: coding },
    { name: "a request of 5 MB", calls: longest ? Array.from({ length: 30 }, () => grown(longest)) : [] },
  ];
}

interface ServiceRun {
  /** Role, tool, text: of an assistant's tool call its arguments. */
  msgs: [role: string, tool: string, text: string][];
}

interface CodingRun {
  /** The last two: what the model said, and what its command printed. */
  steps: [...unknown[], string, string][];
}

function readLines<Run>(file: string): Run[] {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line): Run => JSON.parse(line));
}

function serviceCalls({ msgs }: ServiceRun): AgentCall[] {
  const messages = msgs.map(([role, tool, text], at) => {
    const call = { id: `call_${at}`, type: "function", function: { name: tool, arguments: text } };
    if (role === "assistant" && tool !== "") return { role, content: null, tool_calls: [call] };
    return role === "tool"
      ? { role, tool_call_id: `call_${at - 1}`, content: text }
      : { role, content: text };
  });
  const tools = toolNames(new Set(msgs.map(([, tool]) => tool))).map((name) => ({
    type: "function",
    function: { name, description: filler(name, TOOL_CHARS) },
  }));
  const system = { role: "system", content: filler("policy", SYSTEM_CHARS) };
  return messages.flatMap((message, at) =>
    message.role === "assistant"
      ? [
          {
            api: "chat" as const,
            request: toBytes({ model: "m", tools, messages: [system, ...messages.slice(0, at)] }),
            answer: toBytes({ choices: [{ index: 0, message }] }),
          },
        ]
      : [],
  );
}

function codingCalls({ steps }: CodingRun): AgentCall[] {
  const tools = toolNames(new Set(["Bash"])).map((name) => ({ name, description: filler(name, TOOL_CHARS) }));
  const system = [{ type: "text", text: filler("instructions", SYSTEM_CHARS) }];
  const messages: object[] = [{ role: "user", content: filler("the issue to be solved", 3000) }];
  return steps.map((step, at) => {
    const [said = "", printed = ""] = step.slice(-2).map(String);
    const [, command = ""] = /```bash\n([^]*?)(?:```|$)/.exec(said) ?? [];
    const id = `toolu_${at}`;
    const content = [
      { type: "text", text: said },
      { type: "tool_use", id, name: "Bash", input: { command } },
    ];
    const call = {
      api: "messages" as const,
      request: toBytes({ model: "m", max_tokens: 32_000, system, tools, messages }),
      answer: toBytes({ type: "message", role: "assistant", content }),
    };
    const result = { type: "tool_result", tool_use_id: id, content: printed };
    messages.push({ role: "assistant", content }, { role: "user", content: [result] });
    return call;
  });
}

/** A call whose history was repeated until it is as large as requests of agents get. */
function grown({ request, answer }: AgentCall): AgentCall {
  const body: { messages: object[] } = JSON.parse(request.toString());
  const times = Math.ceil(LARGE_BYTES / JSON.stringify(body.messages).length);
  const messages = Array.from({ length: times }, () => body.messages).flat();
  return { api: "messages", request: toBytes({ ...body, messages }), answer };
}

function toolNames(used: ReadonlySet<string>): string[] {
  const others = Array.from({ length: TOOLS }, (_, at) => `tool_${at}`);
  return [...[...used].filter((name) => name !== ""), ...others].slice(0, TOOLS);
}

/** Words that differ, about as many characters of them as asked for. */
function filler(subject: string, chars: number): string {
  const words = Array.from({ length: Math.ceil(chars / 8) }, (_, at) => ((at * 7919) % 9973).toString(36));
  return `${subject}: ${words.join(" ")}`.slice(0, chars);
}

function toBytes(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
