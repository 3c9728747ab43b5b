// Answers of Gemini's interactions: one body, or a stream whose last event carries the whole interaction. Reading a stored
// interaction again (GET) is not usage. (ai.google.dev, API reference: Interactions.)

import {
  isRecord,
  parseMember,
  scanMember,
  scanObject,
  textMember,
  toCount,
  type Members,
} from "../json-scan.ts";
import { readInteractionUsage } from "./gemini-usage.ts";
import { emptyReading, type AnswerReader } from "./provider.ts";
import { holdsError } from "./request-facts.ts";

/** Older versions say `interaction.complete`. */
const STREAM_END = /^interaction\.completed?$/;
const UNDER_WAY: ReadonlySet<string> = new Set(["in_progress", "queued"]);
/** What an event must hold to be looked into; the deltas between carry text alone. */
const NEWS = /"(?:interaction|error)"\s*:/;

export function createInteractionReader(): AnswerReader {
  const reading = emptyReading();

  function readInteraction(body: Buffer, members: Members | undefined): void {
    reading.responseId = textMember(body, members, "id") ?? reading.responseId;
    reading.modelServed = textMember(body, members, "model") ?? reading.modelServed;
    reading.serviceTier = textMember(body, members, "service_tier") ?? reading.serviceTier;
    const status = textMember(body, members, "status");
    if (status !== null && !UNDER_WAY.has(status)) reading.stopReason = status;
    if (holdsError(body, members)) reading.errorKind = "stream_error";
    const usage = parseMember(body, members, "usage");
    const counts = isRecord(usage) ? readInteractionUsage(usage) : undefined;
    if (!isRecord(usage) || !counts) return;
    reading.usage = usage;
    Object.assign(reading, counts);
    reading.serverToolCalls = readGroundingTools(usage);
    reading.isFinal = reading.stopReason !== null;
  }

  return {
    reading,
    readEvent(type, data) {
      if (!NEWS.test(data.toString("latin1"))) return;
      const members = scanObject(data);
      if (holdsError(data, members)) reading.errorKind = "stream_error";
      readInteraction(data, scanMember(data, members, "interaction"));
      if (STREAM_END.test(type || (textMember(data, members, "event_type") ?? ""))) reading.isEnded = true;
    },
    readBody: (body) => readInteraction(body, scanObject(body)),
  };
}

function readGroundingTools(usage: Readonly<Record<string, unknown>>): Record<string, number> {
  const tools = usage["grounding_tool_count"];
  const calls: Record<string, number> = {};
  for (const { type, count } of Array.isArray(tools) ? tools.filter(isRecord) : []) {
    if (typeof type === "string" && toCount(count)) calls[type] = toCount(count) ?? 0;
  }
  return calls;
}
