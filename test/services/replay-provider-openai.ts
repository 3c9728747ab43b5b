// OpenAI's built-in answers: chat completions, responses, embeddings, models. Streams report usage as the provider does: a chat
// stream on a chunk of its own, and only when asked; responses always, on `response.completed`.
//
// Source: platform.openai.com, API reference (chat streaming, responses streaming, embeddings, models).

import { isObject } from "./fixtures-types.ts";
import { jsonAnswer, streamAnswer, type ReplayAnswer } from "./replay-provider-answer.ts";
import { ANSWER_PIECES, ANSWER_TEXT, sumOf, type AnswerContext } from "./replay-provider-usage.ts";

/** Undefined where the route is none of OpenAI's. Routes are known by their end, as other providers have them below a prefix. */
export function answerOpenai(context: AnswerContext): ReplayAnswer | undefined {
  const { method, path, json } = context;
  const headers: ReplayAnswer["headers"] = [
    ["x-request-id", `req_${context.id}`],
    ["openai-processing-ms", "12"],
  ];
  if (method === "GET" && path.endsWith("/v1/models")) return jsonAnswer(toModels(context), headers);
  if (method !== "POST") return undefined;
  if (path.endsWith("/chat/completions")) {
    return json["stream"] === true
      ? streamAnswer(toChatStream(context), headers)
      : jsonAnswer(toChatCompletion(context), headers);
  }
  if (path.endsWith("/responses")) {
    return json["stream"] === true
      ? streamAnswer(toResponsesStream(context), headers)
      : jsonAnswer(toResponse(context, "completed"), headers);
  }
  if (path.endsWith("/embeddings")) return jsonAnswer(toEmbeddings(context), headers);
  return undefined;
}

function toChatCompletion(context: AnswerContext): object {
  const message = { role: "assistant", content: ANSWER_TEXT, refusal: null, annotations: [] };
  return {
    ...toChatHead(context, "chat.completion"),
    choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
    usage: toChatUsage(context),
  };
}

function toChatStream(context: AnswerContext): string[] {
  const options = context.json["stream_options"];
  const isUsageWanted = isObject(options) && options["include_usage"] === true;
  const head = toChatHead(context, "chat.completion.chunk");
  const chunk = (delta: object, finish_reason: string | null): object => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    // Where usage is asked for, every other chunk says that it has none.
    ...(isUsageWanted ? { usage: null } : {}),
  });
  const chunks = [
    chunk({ role: "assistant", content: "", refusal: null }, null),
    ...ANSWER_PIECES.map((content) => chunk({ content }, null)),
    chunk({}, "stop"),
    ...(isUsageWanted ? [{ ...head, choices: [], usage: toChatUsage(context) }] : []),
  ];
  return [...chunks.map((each) => `data: ${JSON.stringify(each)}\n\n`), "data: [DONE]\n\n"];
}

function toChatHead({ id, createdSeconds, json }: AnswerContext, object: string): object {
  return {
    id: `chatcmpl-${id}`,
    object,
    created: createdSeconds,
    model: modelOf(json),
    service_tier: "default",
    system_fingerprint: null,
  };
}

function toChatUsage(context: AnswerContext): object {
  const { input, output, cached, cacheWritten, reasoning } = toTotals(context);
  const { audio_input_tokens = 0, audio_output_tokens = 0 } = context.usage;
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {
      cached_tokens: cached,
      audio_tokens: audio_input_tokens,
      ...(cacheWritten > 0 ? { cache_write_tokens: cacheWritten } : {}),
    },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: audio_output_tokens,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** The provider's totals, which include their parts. */
function toTotals({ usage }: AnswerContext): {
  input: number;
  output: number;
  cached: number;
  cacheWritten: number;
  reasoning: number;
} {
  const cached = usage.cache_read_tokens ?? 0;
  const cacheWritten = sumOf(usage, "cache_write_5m_tokens", "cache_write_1h_tokens");
  const reasoning = usage.reasoning_tokens ?? 0;
  return {
    input: sumOf(usage, "input_tokens", "audio_input_tokens", "image_input_tokens") + cached + cacheWritten,
    output: sumOf(usage, "output_tokens", "audio_output_tokens", "image_output_tokens") + reasoning,
    cached,
    cacheWritten,
    reasoning,
  };
}

function toResponse(context: AnswerContext, status: "in_progress" | "completed"): object {
  const { json, id, createdSeconds } = context;
  const isCompleted = status === "completed";
  return {
    id: `resp_${id}`,
    object: "response",
    created_at: createdSeconds,
    status,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: json["instructions"] ?? null,
    max_output_tokens: json["max_output_tokens"] ?? null,
    model: modelOf(json),
    output: isCompleted ? [toMessage(context, "completed")] : [],
    parallel_tool_calls: true,
    previous_response_id: json["previous_response_id"] ?? null,
    reasoning: { effort: null, summary: null },
    service_tier: isCompleted ? "default" : "auto",
    store: json["store"] ?? true,
    temperature: 1,
    text: { format: { type: "text" }, verbosity: "medium" },
    tool_choice: "auto",
    tools: [],
    top_p: 1,
    truncation: "disabled",
    usage: isCompleted ? toResponsesUsage(context) : null,
    user: null,
    metadata: {},
  };
}

function toResponsesUsage(context: AnswerContext): object {
  const { input, output, cached, cacheWritten, reasoning } = toTotals(context);
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: cacheWritten },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}

function toMessage({ id }: AnswerContext, status: "in_progress" | "completed"): object {
  const content = status === "completed" ? [toOutputText(ANSWER_TEXT)] : [];
  return { id: `msg_${id}`, type: "message", status, content, role: "assistant" };
}

function toOutputText(text: string): object {
  return { type: "output_text", annotations: [], logprobs: [], text };
}

function toResponsesStream(context: AnswerContext): string[] {
  const place = { item_id: `msg_${context.id}`, output_index: 0, content_index: 0 };
  const events: [type: string, fields: object][] = [
    ["response.created", { response: toResponse(context, "in_progress") }],
    ["response.in_progress", { response: toResponse(context, "in_progress") }],
    ["response.output_item.added", { output_index: 0, item: toMessage(context, "in_progress") }],
    ["response.content_part.added", { ...place, part: toOutputText("") }],
    ...ANSWER_PIECES.map((delta): [string, object] => [
      "response.output_text.delta",
      { ...place, delta, logprobs: [] },
    ]),
    ["response.output_text.done", { ...place, text: ANSWER_TEXT, logprobs: [] }],
    ["response.content_part.done", { ...place, part: toOutputText(ANSWER_TEXT) }],
    ["response.output_item.done", { output_index: 0, item: toMessage(context, "completed") }],
    ["response.completed", { response: toResponse(context, "completed") }],
  ];
  return events.map(([type, fields], sequence_number) => {
    const data = JSON.stringify({ type, sequence_number, ...fields });
    return `event: ${type}\ndata: ${data}\n\n`;
  });
}

const EMBEDDING_DIMENSIONS = 8;

function toEmbeddings(context: AnswerContext): object {
  const { json } = context;
  const dimensions = typeof json["dimensions"] === "number" ? json["dimensions"] : EMBEDDING_DIMENSIONS;
  const inputs = countInputs(json["input"]);
  const data = Array.from({ length: inputs }, (_, index) => {
    const vector = Float32Array.from({ length: dimensions }, (__, at) => Math.sin(1 + index + at));
    const embedding = json["encoding_format"] === "base64" ? toBase64(vector) : [...vector];
    return { object: "embedding", index, embedding };
  });
  const { input } = toTotals(context);
  return {
    object: "list",
    data,
    model: modelOf(json),
    usage: { prompt_tokens: input, total_tokens: input },
  };
}

/** A text or a list of token numbers is one input; a list of either is as many. */
function countInputs(input: unknown): number {
  return Array.isArray(input) && typeof input[0] !== "number" ? input.length : 1;
}

function toBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer).toString("base64");
}

function toModels({ createdSeconds }: AnswerContext): object {
  const model = { id: "gpt-5", object: "model", created: createdSeconds, owned_by: "system" };
  return { object: "list", data: [model] };
}

function modelOf(json: AnswerContext["json"]): string {
  return typeof json["model"] === "string" ? json["model"] : "gpt-5";
}
