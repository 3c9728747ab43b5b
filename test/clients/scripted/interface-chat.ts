// OpenAI's chat completions, whole and as a stream, with tool calls. A stream reports usage where it was asked to.
//
// Source: platform.openai.com, API reference (chat, streaming).

import { isObject } from "../../services/fixtures-types.ts";
import { jsonAnswer, streamAnswer } from "../../services/replay-provider-answer.ts";
import { listOf, piecesOf, textOf, type ModelInterface, type ModelRequest } from "./interface.ts";
import type { ModelAnswer } from "./scripted-model.ts";

export const CHAT: ModelInterface = {
  isAskedBy: ({ path }) => path.endsWith("/chat/completions"),
  readTexts: ({ messages }) =>
    listOf(messages).flatMap(({ role, content }) =>
      role === "user" || role === "assistant" ? [{ role, text: textOf(content) }] : [],
    ),
  responseId: ({ id }) => `chatcmpl-${id}`,
  write(request, answer) {
    const headers = [["x-request-id", `req_${answer.id}`]] as const;
    return request.json["stream"] === true
      ? streamAnswer(toChunks(request, answer), headers)
      : jsonAnswer(toCompletion(request, answer), headers);
  },
};

function toCompletion(request: ModelRequest, answer: ModelAnswer): object {
  const calls = toCalls(answer);
  const message = {
    role: "assistant",
    content: answer.text,
    refusal: null,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  return {
    ...toHead(request, answer, "chat.completion"),
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReasonOf(answer) }],
    usage: toUsage(answer),
  };
}

function toChunks(request: ModelRequest, answer: ModelAnswer): string[] {
  const options = request.json["stream_options"];
  const isUsageWanted = isObject(options) && options["include_usage"] === true;
  const head = toHead(request, answer, "chat.completion.chunk");
  const chunk = (delta: object, finish_reason: string | null): object => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    ...(isUsageWanted ? { usage: null } : {}),
  });
  const chunks = [
    chunk({ role: "assistant", content: "", refusal: null }, null),
    ...piecesOf(answer.text).map((content) => chunk({ content }, null)),
    ...toCalls(answer).flatMap((call, index) => callDeltas(call, index).map((delta) => chunk(delta, null))),
    chunk({}, finishReasonOf(answer)),
    ...(isUsageWanted ? [{ ...head, choices: [], usage: toUsage(answer) }] : []),
  ];
  return [...chunks.map((each) => `data: ${JSON.stringify(each)}\n\n`), "data: [DONE]\n\n"];
}

interface ChatToolCall {
  id: string;
  type: "function";
  function: { name: string; arguments: string };
}

function toCalls({ id, calls }: ModelAnswer): ChatToolCall[] {
  return calls.map(({ name, input }, at) => ({
    id: `call_${id}${at}`,
    type: "function",
    function: { name, arguments: JSON.stringify(input) },
  }));
}

function callDeltas(call: ChatToolCall, index: number): object[] {
  const opened = { ...call, function: { name: call.function.name, arguments: "" } };
  return [
    { tool_calls: [{ index, ...opened }] },
    ...piecesOf(call.function.arguments).map((piece) => ({
      tool_calls: [{ index, function: { arguments: piece } }],
    })),
  ];
}

function toHead({ json }: ModelRequest, { id }: ModelAnswer, object: string): object {
  return {
    id: `chatcmpl-${id}`,
    object,
    created: CREATED_SECONDS,
    model: json["model"],
    service_tier: "default",
  };
}

/** A fixed time, so that answers are the same in every recording. */
const CREATED_SECONDS = 1_790_000_000;

function finishReasonOf({ calls }: ModelAnswer): string {
  return calls.length > 0 ? "tool_calls" : "stop";
}

function toUsage({ usage }: ModelAnswer): object {
  const { input_tokens = 0, cache_read_tokens = 0, output_tokens = 0, reasoning_tokens = 0 } = usage;
  const input = input_tokens + cache_read_tokens;
  const output = output_tokens + reasoning_tokens;
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cache_read_tokens, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens, audio_tokens: 0 },
  };
}
