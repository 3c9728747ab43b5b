// OpenAI's responses, whole and as a stream, with tool calls.
//
// Source: platform.openai.com, API reference (responses, streaming).

import { jsonAnswer, streamAnswer } from "../../services/replay-provider-answer.ts";
import { listOf, piecesOf, textOf, type ModelInterface, type ModelRequest } from "./interface.ts";
import type { ModelAnswer, ShownText } from "./scripted-model.ts";

export const RESPONSES: ModelInterface = {
  isAskedBy: ({ path }) => path.endsWith("/responses"),
  readTexts: ({ input }) =>
    typeof input === "string" ? [{ role: "user", text: input }] : listOf(input).flatMap(toShownText),
  readPreviousId: (json) => json["previous_response_id"],
  responseId: ({ id }) => `resp_${id}`,
  write(request, answer) {
    const headers = [["x-request-id", `req_${answer.id}`]] as const;
    return request.json["stream"] === true
      ? streamAnswer(toEvents(request, answer), headers)
      : jsonAnswer(toResponse(request, answer, "completed"), headers);
  },
};

function toShownText({ type = "message", role, content, output }: Record<string, unknown>): ShownText[] {
  if (type === "function_call_output") return [{ role: "tool", text: textOf(output) }];
  if (type !== "message") return [];
  return [{ role: role === "assistant" ? "assistant" : "user", text: textOf(content) }];
}

type Item =
  | { type: "message"; id: string; role: "assistant"; status: string; content: OutputText[] }
  | {
      type: "function_call";
      id: string;
      call_id: string;
      name: string;
      namespace?: string;
      arguments: string;
      status: string;
    };

interface OutputText {
  type: "output_text";
  text: string;
  annotations: [];
  logprobs: [];
}

function toItems({ id, text, calls }: ModelAnswer): Item[] {
  return [
    { type: "message", id: `msg_${id}`, role: "assistant", status: "completed", content: [outputText(text)] },
    ...calls.map(({ name, namespace, input }, at): Item => ({
      type: "function_call",
      id: `fc_${id}${at}`,
      call_id: `call_${id}${at}`,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      arguments: JSON.stringify(input),
      status: "completed",
    })),
  ];
}

function outputText(text: string): OutputText {
  return { type: "output_text", text, annotations: [], logprobs: [] };
}

function toResponse(
  { json }: ModelRequest,
  answer: ModelAnswer,
  status: "in_progress" | "completed",
): object {
  const isCompleted = status === "completed";
  return {
    id: `resp_${answer.id}`,
    object: "response",
    created_at: CREATED_SECONDS,
    status,
    error: null,
    incomplete_details: null,
    instructions: json["instructions"] ?? null,
    model: json["model"],
    output: isCompleted ? toItems(answer) : [],
    parallel_tool_calls: true,
    previous_response_id: json["previous_response_id"] ?? null,
    reasoning: { effort: null, summary: null },
    service_tier: "default",
    store: json["store"] ?? true,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: [],
    usage: isCompleted ? toUsage(answer) : null,
    metadata: {},
  };
}

/** A fixed time, so that answers are the same in every recording. */
const CREATED_SECONDS = 1_790_000_000;

function toUsage({ usage }: ModelAnswer): object {
  const { input_tokens = 0, cache_read_tokens = 0, output_tokens = 0, reasoning_tokens = 0 } = usage;
  const input = input_tokens + cache_read_tokens;
  const output = output_tokens + reasoning_tokens;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cache_read_tokens },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens },
    total_tokens: input + output,
  };
}

function toEvents(request: ModelRequest, answer: ModelAnswer): string[] {
  const events: [type: string, fields: object][] = [
    ["response.created", { response: toResponse(request, answer, "in_progress") }],
    ["response.in_progress", { response: toResponse(request, answer, "in_progress") }],
    ...toItems(answer).flatMap((item, index) => itemEvents(item, index)),
    ["response.completed", { response: toResponse(request, answer, "completed") }],
  ];
  return events.map(([type, fields], sequence_number) => {
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number, ...fields })}\n\n`;
  });
}

function itemEvents(item: Item, output_index: number): [type: string, fields: object][] {
  const place = { item_id: item.id, output_index };
  const done: [string, object] = ["response.output_item.done", { output_index, item }];
  if (item.type === "function_call") {
    const opened = { ...item, arguments: "", status: "in_progress" };
    return [
      ["response.output_item.added", { output_index, item: opened }],
      ...piecesOf(item.arguments).map((delta): [string, object] => [
        "response.function_call_arguments.delta",
        { ...place, delta },
      ]),
      ["response.function_call_arguments.done", { ...place, name: item.name, arguments: item.arguments }],
      done,
    ];
  }
  const [part] = item.content;
  const text = part?.text ?? "";
  const at = { ...place, content_index: 0 };
  return [
    ["response.output_item.added", { output_index, item: { ...item, content: [], status: "in_progress" } }],
    ["response.content_part.added", { ...at, part: outputText("") }],
    ...piecesOf(text).map((delta): [string, object] => [
      "response.output_text.delta",
      { ...at, delta, logprobs: [] },
    ]),
    ["response.output_text.done", { ...at, text, logprobs: [] }],
    ["response.content_part.done", { ...at, part }],
    done,
  ];
}
