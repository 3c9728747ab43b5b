// Anthropic's messages, whole and as a stream, with tool calls.
//
// Source: docs.anthropic.com, API reference (messages, streaming).

import { isObject } from "../../services/fixtures-types.ts";
import { jsonAnswer, streamAnswer } from "../../services/replay-provider-answer.ts";
import { listOf, piecesOf, textOf, type ModelInterface, type ModelRequest } from "./interface.ts";
import type { ModelAnswer } from "./scripted-model.ts";

export const MESSAGES: ModelInterface = {
  isAskedBy: ({ path }) => path.endsWith("/messages"),
  readTexts: ({ messages }) =>
    listOf(messages).map(({ role, content }) => ({
      role: role === "assistant" ? "assistant" : "user",
      text: textOf(content),
    })),
  readPreviousId: ({ thread }) => (isObject(thread) ? thread["previous_message_id"] : undefined),
  responseId: ({ id }) => `msg_${id}`,
  write(request, answer) {
    const headers = [["request-id", `req_${answer.id}`]] as const;
    return request.json["stream"] === true
      ? streamAnswer(toEvents(request, answer), headers)
      : jsonAnswer(toMessage(request, answer), headers);
  },
};

function toMessage(request: ModelRequest, answer: ModelAnswer): object {
  return {
    ...toHead(request, answer),
    content: toBlocks(answer),
    stop_reason: stopReasonOf(answer),
    stop_sequence: null,
    usage: { ...toInputUsage(answer), ...toOutputUsage(answer) },
  };
}

function toEvents(request: ModelRequest, answer: ModelAnswer): string[] {
  const message = {
    ...toHead(request, answer),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...toInputUsage(answer), output_tokens: 1 },
  };
  const delta = { stop_reason: stopReasonOf(answer), stop_sequence: null };
  const events: [type: string, fields: object][] = [
    ["message_start", { message }],
    ["ping", {}],
    ...toBlocks(answer).flatMap((block, index) => blockEvents(block, index)),
    ["message_delta", { delta, usage: { ...toInputUsage(answer), ...toOutputUsage(answer) } }],
    ["message_stop", {}],
  ];
  return events.map(([type, fields]) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
}

type Block =
  | { type: "text"; text: string }
  | { type: "tool_use"; id: string; name: string; input: Readonly<Record<string, unknown>> };

function toBlocks({ id, text, calls }: ModelAnswer): Block[] {
  return [
    { type: "text", text },
    ...calls.map(({ name, input }, at): Block => ({ type: "tool_use", id: `toolu_${id}${at}`, name, input })),
  ];
}

function blockEvents(block: Block, index: number): [type: string, fields: object][] {
  const opened = block.type === "text" ? { ...block, text: "" } : { ...block, input: {} };
  const deltas =
    block.type === "text"
      ? piecesOf(block.text).map((text) => ({ type: "text_delta", text }))
      : piecesOf(JSON.stringify(block.input)).map((json) => ({
          type: "input_json_delta",
          partial_json: json,
        }));
  return [
    ["content_block_start", { index, content_block: opened }],
    ...deltas.map((delta): [string, object] => ["content_block_delta", { index, delta }]),
    ["content_block_stop", { index }],
  ];
}

function toHead({ json }: ModelRequest, { id }: ModelAnswer): object {
  return { model: json["model"], id: `msg_${id}`, type: "message", role: "assistant" };
}

function stopReasonOf({ calls }: ModelAnswer): string {
  return calls.length > 0 ? "tool_use" : "end_turn";
}

function toInputUsage({ usage }: ModelAnswer): object {
  return {
    input_tokens: usage.input_tokens ?? 0,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: usage.cache_read_tokens ?? 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    service_tier: "standard",
  };
}

function toOutputUsage({ usage }: ModelAnswer): object {
  const { output_tokens = 0, reasoning_tokens = 0 } = usage;
  return {
    output_tokens: output_tokens + reasoning_tokens,
    output_tokens_details: { thinking_tokens: reasoning_tokens },
  };
}
