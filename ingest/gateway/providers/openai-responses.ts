// Answers of OpenAI's responses interface: one body, or a stream whose last event carries the whole response. Those of its
// realtime interface end with `response.done`, and say the same in the same places but for the reason that they ended for.
//
// Usage stands under `response.usage` on `response.completed`, `.incomplete` and `.failed`. Beside it `tool_usage` reports what
// the image tool used, which is no part of `usage`, and the searches that are billed; without it, the calls in the output are
// counted. (platform.openai.com, API reference: responses, streaming events, realtime server events.)

import { TOKEN_FIELDS } from "../../../schemas/token-event.ts";
import {
  isRecord,
  parseMember,
  scanArray,
  scanMember,
  scanObject,
  textMember,
  toCount,
  type Members,
} from "../json-scan.ts";
import { readOpenAiUsage, readServerTools } from "./openai-usage.ts";
import { emptyReading, sum, type AnswerReader, type Reading, type TokenCounts } from "./provider.ts";
import { holdsError } from "./request-facts.ts";

const STREAM_ENDS: ReadonlySet<string> = new Set([
  "response.completed",
  "response.incomplete",
  "response.failed",
  "response.done",
]);
const ENDED: ReadonlySet<string> = new Set(["completed", "incomplete", "failed", "cancelled"]);
/** The events that carry the response itself; the many deltas between them are not looked into. */
const RESPONSE_BEARING = /^(response\.(created|completed|incomplete|failed|done)|error)$/;
/** What such an event holds, where the stream names none; within a text the quotes would be escaped. */
const RESPONSE_MEMBER = /"(?:response|error)"\s*:/;
/** Output items of tools that are billed by the call. */
const TOOL_OF_ITEM: Readonly<Record<string, string>> = {
  web_search_call: "web_search",
  file_search_call: "file_search",
  code_interpreter_call: "code_interpreter",
  image_generation_call: "image_generation",
};

export function createResponsesReader(): AnswerReader {
  const reading = emptyReading();

  function readResponse(body: Buffer, members: Members | undefined): void {
    reading.responseId ??= textMember(body, members, "id");
    reading.modelServed = textMember(body, members, "model") ?? reading.modelServed;
    reading.serviceTier = textMember(body, members, "service_tier") ?? reading.serviceTier;
    const status = textMember(body, members, "status");
    const details = scanMember(body, members, "status_details");
    if (status !== null && ENDED.has(status)) {
      const reason =
        textMember(body, scanMember(body, members, "incomplete_details"), "reason") ??
        textMember(body, details, "reason");
      reading.stopReason = reason ?? status;
    }
    if (holdsError(body, members) || holdsError(body, details)) reading.errorKind = "stream_error";
    const usage = parseMember(body, members, "usage");
    const counts = isRecord(usage) ? readOpenAiUsage(usage, { model: reading.modelServed }) : undefined;
    if (!isRecord(usage) || !counts) return;
    const toolUsage = parseMember(body, members, "tool_usage");
    Object.assign(reading, counts);
    reading.usage = isRecord(toolUsage) ? { ...usage, tool_usage: toolUsage } : usage;
    reading.isFinal = true;
    Object.assign(reading.serverToolCalls, countToolItems(body, members), readServerTools(usage));
    if (isRecord(toolUsage)) addToolUsage(reading, toolUsage);
  }

  return {
    reading,
    readEvent(type, data) {
      const isRead =
        type === "" ? RESPONSE_MEMBER.test(data.toString("latin1")) : RESPONSE_BEARING.test(type);
      const members = isRead ? scanObject(data) : undefined;
      const name = type || textMember(data, members, "type");
      if (name === "error") reading.errorKind = "stream_error";
      const response = scanMember(data, members, "response");
      if (response) readResponse(data, response);
      if (name && STREAM_ENDS.has(name)) reading.isEnded = true;
    },
    readBody: (body) => readResponse(body, scanObject(body)),
  };
}

function countToolItems(body: Buffer, members: Members | undefined): Record<string, number> {
  const output = members?.get("output");
  const calls: Record<string, number> = {};
  for (const { start } of (output && scanArray(body, output.start)) ?? []) {
    const item = scanObject(body, start);
    const tool = TOOL_OF_ITEM[textMember(body, item, "type") ?? ""];
    // Opening a page that a search has found, or looking for a word in it, is not billed as a search.
    const action = textMember(body, scanMember(body, item, "action"), "type");
    if (tool === undefined || (tool === "web_search" && action !== null && action !== "search")) continue;
    calls[tool] = (calls[tool] ?? 0) + 1;
  }
  return calls;
}

function addToolUsage(reading: Reading, toolUsage: Readonly<Record<string, unknown>>): void {
  const { image_gen: images, web_search: search } = toolUsage;
  const searches = isRecord(search) ? toCount(search["num_requests"]) : null;
  if (searches) reading.serverToolCalls["web_search"] = searches;
  else if (searches === 0) delete reading.serverToolCalls["web_search"];
  const ofImages = isRecord(images) && toCount(images["total_tokens"]) ? images : undefined;
  const counts = ofImages && readOpenAiUsage(ofImages, { output: "image", model: null });
  if (!counts) return;
  reading.tokens = addCounts(reading.tokens ?? {}, counts.tokens);
  reading.totals = {
    input: sum(reading.totals?.input, counts.totals.input),
    output: sum(reading.totals?.output, counts.totals.output),
  };
}

function addCounts(a: TokenCounts, b: TokenCounts): TokenCounts {
  return Object.fromEntries(TOKEN_FIELDS.map((name) => [name, sum(a[name], b[name])]));
}
