// Anthropic's built-in answers: messages, count_tokens, models. A stream reports its input with `message_start`, beside a first
// output count that is only a beginning, and all counts again, as they stand in the end, with `message_delta`.
//
// Source: docs.anthropic.com, API reference (messages, streaming, token counting, models).

import { jsonAnswer, streamAnswer, type ReplayAnswer } from "./replay-provider-answer.ts";
import { ANSWER_PIECES, ANSWER_TEXT, sumOf, type AnswerContext } from "./replay-provider-usage.ts";

/** Undefined where the route is none of Anthropic's. */
export function answerAnthropic(context: AnswerContext): ReplayAnswer | undefined {
  const { method, path, json, usage } = context;
  const headers: ReplayAnswer["headers"] = [["request-id", `req_${context.id}`]];
  // OpenAI has the same route. Anthropic's clients always name the version that they speak.
  if (method === "GET" && path.endsWith("/v1/models") && "anthropic-version" in context.headers) {
    return jsonAnswer(MODELS, headers);
  }
  if (method !== "POST") return undefined;
  if (path.endsWith("/messages/count_tokens")) {
    const input_tokens = sumOf(
      usage,
      "input_tokens",
      "cache_read_tokens",
      "cache_write_5m_tokens",
      "cache_write_1h_tokens",
    );
    return jsonAnswer({ input_tokens }, headers);
  }
  if (!path.endsWith("/messages")) return undefined;
  return json["stream"] === true
    ? streamAnswer(toStream(context), headers)
    : jsonAnswer(toWholeMessage(context), headers);
}

const MODEL_ID = "claude-sonnet-4-5-20250929";
const MODELS = {
  data: [
    {
      type: "model",
      id: MODEL_ID,
      display_name: "Claude Sonnet 4.5",
      created_at: "2025-09-29T00:00:00Z",
    },
  ],
  has_more: false,
  first_id: MODEL_ID,
  last_id: MODEL_ID,
};

function toWholeMessage(context: AnswerContext): object {
  return {
    ...toMessageHead(context),
    content: [{ type: "text", text: ANSWER_TEXT }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { ...toInputUsage(context), ...toOutputUsage(context) },
  };
}

function toStream(context: AnswerContext): string[] {
  const opening = {
    ...toMessageHead(context),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...toInputUsage(context), output_tokens: 1 },
  };
  const events: [type: string, fields: object][] = [
    ["message_start", { message: opening }],
    ["content_block_start", { index: 0, content_block: { type: "text", text: "" } }],
    ["ping", {}],
    ...ANSWER_PIECES.map((text): [string, object] => [
      "content_block_delta",
      { index: 0, delta: { type: "text_delta", text } },
    ]),
    ["content_block_stop", { index: 0 }],
    [
      "message_delta",
      {
        delta: { stop_reason: "end_turn", stop_sequence: null },
        usage: { ...toCumulativeInput(context), ...toOutputUsage(context) },
      },
    ],
    ["message_stop", {}],
  ];
  return events.map(([type, fields]) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
}

function toMessageHead({ id, json }: AnswerContext): object {
  const model = typeof json["model"] === "string" ? json["model"] : MODEL_ID;
  return { model, id: `msg_${id}`, type: "message", role: "assistant" };
}

function toInputUsage(context: AnswerContext): object {
  const { usage } = context;
  return {
    ...toCumulativeInput(context),
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cache_write_5m_tokens ?? 0,
      ephemeral_1h_input_tokens: usage.cache_write_1h_tokens ?? 0,
    },
    service_tier: "standard",
  };
}

/** The input counts that `message_delta` says again. */
function toCumulativeInput({ usage }: AnswerContext): object {
  return {
    input_tokens: usage.input_tokens ?? 0,
    cache_creation_input_tokens: sumOf(usage, "cache_write_5m_tokens", "cache_write_1h_tokens"),
    cache_read_input_tokens: usage.cache_read_tokens ?? 0,
  };
}

function toOutputUsage({ usage }: AnswerContext): object {
  return {
    output_tokens: sumOf(usage, "output_tokens", "reasoning_tokens"),
    output_tokens_details: { thinking_tokens: usage.reasoning_tokens ?? 0 },
    server_tool_use: null,
  };
}
