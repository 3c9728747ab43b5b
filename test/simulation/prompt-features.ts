// What the simulated prompts are, as far as features say it: which are the same text, and how alike they are. Two prompts are the
// same where their calls have the same body; any others have nothing in common.

import { hash } from "node:crypto";
import { SKETCH_EPOCH_MS, SKETCH_SIZE, type CallFeatures } from "../../schemas/call-features.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";

export type PromptFeatures = Pick<
  CallFeatures,
  | "sketch_epoch"
  | "delta_hash"
  | "delta_sketch"
  | "system_hash"
  | "parent_prefix_hash"
  | "prefix_hash"
  | "output_chars"
>;

const HASH_CHARS = 22;
const CHARS_PER_TOKEN = 4;
const NUMBERS_PER_DIGEST = 16;
/** Undefined for a call that brings the results of tools, or that a client makes for itself. */
export function toPromptFeatures(event: TokenEvent): PromptFeatures | undefined {
  const isPrompt = event.request_kind === "main" && event.trigger !== "tool" && event.status === 200;
  if (!isPrompt || event.body_hash === null) return undefined;
  const isOpening = event.messages === 1;
  // A heartbeat is the same sentence everywhere, and too short for a sketch.
  const isHeartbeat = event.client === "openclaw" && event.trigger === "schedule";
  const text = isHeartbeat ? "heartbeat" : `prompt ${event.body_hash}`;
  return {
    sketch_epoch: Math.floor(Date.parse(event.started_at) / SKETCH_EPOCH_MS),
    delta_hash: toHash(text),
    delta_sketch: isHeartbeat ? [] : toSketch(text),
    system_hash: toHash(`system ${event.client}`),
    parent_prefix_hash: isOpening ? null : toHash(`before ${event.event_id}`),
    prefix_hash: toHash(`prefix ${event.event_id}`),
    output_chars: event.output_tokens === null ? null : event.output_tokens * CHARS_PER_TOKEN,
  };
}

function toSketch(text: string): number[] {
  const numbers = Array.from({ length: SKETCH_SIZE / NUMBERS_PER_DIGEST }, (_, part) => {
    const digest = hash("sha512", `${text} ${part}`, "buffer");
    return Array.from({ length: NUMBERS_PER_DIGEST }, (_number, at) => digest.readUInt32LE(at * 4));
  });
  return numbers.flat();
}

function toHash(text: string): string {
  return hash("sha256", text, "base64url").slice(0, HASH_CHARS);
}
