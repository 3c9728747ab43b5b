// What transcripts of different clients have in common: files of JSON lines, of which a reader makes calls.
//
// Always holds: a call has one identity in every file that tells of it, so that the same import on any day, on any machine and in
// any order of files makes the same event. Nothing that anybody wrote is in one: a call has times, ids, counts, and keyed hashes.

import { createHash } from "node:crypto";
import type { CallFeatures } from "../../schemas/call-features.ts";
import { FIELD_CHARS_MAX, tokenEventSchema, type TokenEvent } from "../../schemas/token-event.ts";
import { finishEvent } from "../gateway/finish-event.ts";
import type { Provider, Reading } from "../gateway/providers/provider.ts";
import { SILENT_EVENT } from "./silent-event.ts";
import type { DescribeContent } from "./transcript-features.ts";

export type JsonLine = Readonly<Record<string, unknown>>;

export interface TranscriptCall {
  event: TokenEvent;
  features: Partial<CallFeatures>;
  /** Of several copies of a call the one with the highest stands; compared from the first element on. */
  rank: readonly (number | string)[];
}

export interface TranscriptReader {
  /** A line of a kind that it does not know says nothing to it. */
  read(line: JsonLine): void;
  /** All calls of the file, asked for once, after its last line. */
  calls(): readonly TranscriptCall[];
}

export interface TranscriptFormat {
  /** As people call the client. */
  title: string;
  /** @param name of the file, without its folder */
  isTranscript(name: string): boolean;
  /** The file beside a transcript that says more of it, where the client writes one: an object in JSON. */
  besideOf?(file: string): string;
  /** @param beside what that file says; empty where there is none */
  createReader(describe: DescribeContent, beside: JsonLine): TranscriptReader;
}

/** Of event ids that are made of what a transcript says. */
const NAMESPACE = Buffer.from("6f1d3a5c2b7e4f0896a4c1e8d2b39750", "hex");

/** A UUID of version 5 (RFC 9562, 5.5): the same name has the same id everywhere. */
export function toEventId(name: string): string {
  const bytes = createHash("sha1").update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

const SILENT_CALL = tokenEventSchema.parse({
  ...SILENT_EVENT,
  event_id: toEventId(""),
  started_at: new Date(0).toISOString(),
  stream: true,
});

/** The event of a call that was answered; how long that took no transcript tells. */
export function toTranscriptEvent(
  known: Partial<TokenEvent> & Pick<TokenEvent, "event_id" | "started_at">,
  provider: Provider,
  reading: Reading,
): TokenEvent {
  const event = finishEvent({ ...SILENT_CALL, ...known }, provider, {
    status: 200,
    terminatedBy: "complete",
    errorKind: null,
    firstByteMs: null,
    durationMs: 0,
    requestBytes: 0,
    responseBytes: 0,
    requestId: known.request_id ?? null,
    reading,
    estimate: undefined,
  });
  return tokenEventSchema.parse({ ...event, duration_ms: null });
}

/** A text that a field can hold; null for anything else. */
export function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value.slice(0, FIELD_CHARS_MAX) : null;
}

const TIME_MS_MAX = Date.UTC(2100, 0);

/** Milliseconds since 1970 of an RFC 3339 time; undefined for anything else, and for times that no call was made at. */
export function timeOf(value: unknown): number | undefined {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return time >= 0 && time < TIME_MS_MAX ? time : undefined;
}

export function isBetter(rank: TranscriptCall["rank"], than: TranscriptCall["rank"]): boolean {
  for (const [at, value] of rank.entries()) {
    const other = than[at] ?? "";
    if (value !== other) return value > other;
  }
  return false;
}
