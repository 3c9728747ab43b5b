// What is kept of a transcript's content: names, kinds and ends of tool calls, and keyed hashes of their ids, by which a result finds
// its call. Everything else stays unknown: a transcript does not hold what its client sent, from which a gateway makes the rest.

import { TOOL_CALLS_MAX, type CallFeatures } from "../../schemas/call-features.ts";
import type { SketchKeys } from "../gateway/features/keys.ts";
import { contentOf } from "../gateway/clients/all-clients.ts";
import type { TranscriptCall } from "./transcript.ts";

/** Without keys a result does not find its call. */
export function toTranscriptFeatures(
  call: TranscriptCall,
  keysAt: ((atMs: number) => SketchKeys) | undefined,
): Partial<CallFeatures> {
  const { event } = call;
  const keys = keysAt?.(Date.parse(event.started_at));
  const { toolKinds } = contentOf(event.client);
  const tools = call.tools.slice(0, TOOL_CALLS_MAX);
  const results = call.results.slice(0, TOOL_CALLS_MAX);
  const hashId = (id: string): string => keys?.current.hash("call", id) ?? "";
  return {
    ...(keys ? { sketch_epoch: keys.epoch } : {}),
    tool_names: tools.map(({ name }) => name),
    tool_kinds: tools.map(({ name }) => toolKinds.get(name) ?? "other"),
    tool_call_hashes: tools.map(({ id }) => hashId(id)),
    tool_result_call_hashes: results.map(({ callId }) => hashId(callId)),
    tool_result_states: results.map(({ state }) => state),
    tool_results_ok: results.filter(({ state }) => state === "ok").length,
    tool_results_error: results.filter(({ state }) => state === "error").length,
  };
}
