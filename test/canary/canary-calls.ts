// Calls of every kind with a canary in each place where a company's text could stand: prompts, answers, tool arguments and results,
// file names, headers, keys, addresses, and the errors that repeat them.

import type { ReplayAnswer } from "../services/replay-provider-answer.ts";
import { jsonAnswer } from "../services/replay-provider-answer.ts";
import { send, type RawRequest } from "../services/raw-client.ts";
import type { ReplayProvider } from "../services/replay-provider.ts";
import type { Canaries } from "./canaries.ts";
import { chatStream, messagesStream, type Say } from "./canary-streams.ts";

export interface CanaryCall {
  name: string;
  path: string;
  request: RawRequest;
  answer: ReplayAnswer;
  /** The status that the client gets; undefined where the connection breaks. */
  status: number;
}

/** Sends one after the other; the provider answers each as it says. Returns the statuses. */
export async function sendAll(
  gatewayUrl: string,
  replay: ReplayProvider,
  calls: readonly CanaryCall[],
): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {};
  for (const { name, path, request, answer } of calls) {
    replay.respond(() => answer);
    statuses[name] = (await send(gatewayUrl + path, request)).status;
  }
  return statuses;
}

export function buildCalls(canaries: Canaries, assayKey: string): CanaryCall[] {
  const say = (place: string): string => `Please read the notes on ${canaries.make(place)} and go on.`;
  const post = (body: object, headers: Record<string, string> = {}): RawRequest => ({
    headers: {
      "content-type": "application/json",
      "x-assay-key": assayKey,
      authorization: `Bearer sk-${canaries.make("provider key")}`,
      "x-company-note": canaries.make("header"),
      cookie: `id=${canaries.make("cookie")}`,
      ...headers,
    },
    body: JSON.stringify(body),
  });
  const file = (place: string): string => `src/${canaries.make(place)}.ts`;
  return [
    {
      name: "chat stream with tools",
      path: `/v1/chat/completions?note=${canaries.make("query")}`,
      request: post(chatRequest(say, file)),
      answer: chatStream(say, file),
      status: 200,
    },
    {
      name: "messages stream with tools",
      path: "/v1/messages",
      request: post(messagesRequest(say, file), { "anthropic-version": "2023-06-01" }),
      answer: messagesStream(say, file),
      status: 200,
    },
    {
      name: "responses with tools",
      path: "/v1/responses",
      request: post({
        model: "gpt-5",
        instructions: say("instructions"),
        input: [
          { role: "user", content: [{ type: "input_text", text: say("input") }] },
          { type: "function_call_output", call_id: "c1", output: say("output") },
        ],
      }),
      answer: jsonAnswer({
        id: "resp_1",
        model: "gpt-5",
        status: "completed",
        output: [
          { type: "message", role: "assistant", content: [{ type: "output_text", text: say("answer") }] },
          {
            type: "function_call",
            call_id: "c2",
            name: "shell",
            arguments: `{"command":"cat ${file("argument")}"}`,
          },
        ],
        usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15, note: say("usage") },
      }),
      status: 200,
    },
    {
      name: "generate with tools",
      path: "/v1beta/models/gemini-2.5-pro:generateContent",
      request: post({
        systemInstruction: { parts: [{ text: say("system") }] },
        contents: [
          {
            role: "user",
            parts: [
              { text: say("contents") },
              {
                inlineData: {
                  mimeType: "text/plain",
                  data: Buffer.from(say("inline data")).toString("base64"),
                },
              },
            ],
          },
        ],
      }),
      answer: jsonAnswer({
        candidates: [
          {
            content: {
              role: "model",
              parts: [
                { text: say("part") },
                { functionCall: { name: "read_file", args: { path: file("path") } } },
              ],
            },
            finishReason: "STOP",
          },
        ],
        usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 3, totalTokenCount: 12 },
      }),
      status: 200,
    },
    {
      name: "an error that repeats the prompt",
      path: "/v1/chat/completions",
      request: post({ model: "gpt-5", messages: [{ role: "user", content: say("refused prompt") }] }),
      answer: {
        ...jsonAnswer({ error: { message: say("error"), type: "invalid_request_error", code: null } }),
        status: 400,
      },
      status: 400,
    },
    {
      name: "a stream that breaks off",
      path: "/v1/messages",
      request: post(messagesRequest(say, file), { "anthropic-version": "2023-06-01" }),
      answer: { ...messagesStream(say, file), fault: { kind: "cut", afterBytes: 700 } },
      status: 200,
    },
    {
      name: "an answer that is no JSON",
      path: "/v1/chat/completions",
      request: post({ model: "gpt-5", messages: [{ role: "user", content: say("prompt") }] }),
      answer: {
        headers: [["content-type", "application/json"]],
        body: Buffer.from(`{"choices": ${say("no json")}`),
      },
      status: 200,
    },
    {
      name: "a request that is no JSON",
      path: "/v1/chat/completions",
      request: { ...post({}), body: `{"messages": ${say("no json")}` },
      answer: jsonAnswer({}),
      status: 200,
    },
    {
      name: "a path of no known operation",
      path: `/openai/v1/files/${canaries.make("file id")}/content`,
      request: { ...post({}), method: "GET", body: "" },
      answer: { headers: [["content-type", "text/plain"]], body: Buffer.from(say("file content")) },
      status: 200,
    },
    {
      name: "a path of no provider",
      path: `/nowhere/${canaries.make("path")}`,
      request: post({ text: say("body") }),
      answer: jsonAnswer({}),
      status: 404,
    },
    {
      name: "an unknown key of ours",
      path: "/v1/chat/completions",
      request: post(
        { text: say("body") },
        { "x-assay-key": `assay_${canaries.make("unknown key").padEnd(43, "x").slice(0, 43)}` },
      ),
      answer: jsonAnswer({}),
      status: 401,
    },
  ];
}

function chatRequest(say: Say, file: Say): object {
  return {
    model: "gpt-5",
    stream: true,
    messages: [
      { role: "system", content: say("system") },
      { role: "user", content: say("prompt") },
      {
        role: "assistant",
        content: null,
        tool_calls: [
          {
            id: "c0",
            type: "function",
            function: { name: "read_file", arguments: JSON.stringify({ path: file("earlier argument") }) },
          },
        ],
      },
      { role: "tool", tool_call_id: "c0", content: say("tool result") },
      {
        role: "user",
        content: [
          { type: "text", text: say("second prompt") },
          { type: "image_url", image_url: { url: `https://images.example/${file("image")}` } },
        ],
      },
    ],
    tools: [
      {
        type: "function",
        function: { name: "read_file", description: say("tool description"), parameters: {} },
      },
    ],
  };
}

function messagesRequest(say: Say, file: Say): object {
  return {
    model: "claude-sonnet-4-5",
    stream: true,
    max_tokens: 100,
    system: [{ type: "text", text: say("system") }],
    messages: [
      { role: "user", content: say("prompt") },
      {
        role: "assistant",
        content: [
          { type: "tool_use", id: "t0", name: "Read", input: { file_path: file("earlier argument") } },
        ],
      },
      {
        role: "user",
        content: [{ type: "tool_result", tool_use_id: "t0", content: say("tool result"), is_error: true }],
      },
    ],
    tools: [{ name: "Read", description: say("tool description"), input_schema: {} }],
  };
}
