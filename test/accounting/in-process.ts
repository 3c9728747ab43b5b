// The way of an answer through meter and usage filter, without sockets, for as many variations as a test can think of.

import { strict as assert } from "node:assert";
import { pino } from "pino";
import { Meter } from "../../ingest/gateway/meter/meter.ts";
import { readPath } from "../../ingest/gateway/providers/all-providers.ts";
import type { Reading } from "../../ingest/gateway/providers/provider.ts";
import { UsageChunkFilter } from "../../ingest/gateway/usage-chunk-filter.ts";
import { TOKEN_FIELDS } from "../../schemas/token-event.ts";
import { CONTENT_TYPES, type Fixture } from "../services/fixtures-types.ts";

/** A fault in a reader is contained and logged, so it is here that it shows. What merely can't be read is none. */
const strictLog = pino({}, { write: (line) => assert.doesNotMatch(line, /"err":/) });

/** Reads an answer that comes in such chunks. Plain ones are read before this returns; the promise is for encoded ones. */
export async function readChunks(
  fixture: Fixture,
  chunks: readonly Buffer[],
  encoding = "",
): Promise<Reading> {
  const meter = openMeter(fixture, encoding);
  for (const chunk of chunks) await new Promise<void>((resolve) => meter.read(chunk, resolve));
  await new Promise<void>((resolve) => meter.end(resolve));
  return meter.reading;
}

function openMeter({ dialect, request, framing, status }: Fixture, contentEncoding: string): Meter {
  const kind = dialect === "anthropic" || dialect === "gemini" ? dialect : "openai";
  const { provider, operation } = readPath(kind, request.method, request.path.split("?", 1)[0] ?? "");
  const head = { status, contentType: CONTENT_TYPES[framing], contentEncoding };
  return new Meter(strictLog, provider, operation, head);
}

/** What a client gets of a stream that the gateway has asked for its usage, and how much was taken out. */
export function hideUsage(chunks: readonly Buffer[]): { shown: Buffer; hiddenBytes: number } {
  const filter = new UsageChunkFilter();
  const passed = chunks.map((chunk) => filter.write(chunk));
  const shown = Buffer.concat([...passed, filter.end()]);
  return { shown, hiddenBytes: filter.hiddenBytes };
}

/** The pieces between the places, which may repeat, be out of order, or lie behind the end. */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [...ends, bytes.length].map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
}

/** Whether every count that became known is one that can be added up. */
export function isSound({ tokens }: Reading): boolean {
  const counts = TOKEN_FIELDS.map((field) => tokens?.[field] ?? 0);
  return counts.every((count) => Number.isSafeInteger(count) && count >= 0);
}

/** Input and output of an answer as the provider adds them up; unknown parts add nothing. */
export function sumsOf(reading: Reading | undefined): { input: number; output: number } {
  const tokens = reading?.tokens;
  const sum = (...fields: (typeof TOKEN_FIELDS)[number][]): number =>
    fields.reduce((total, field) => total + (tokens?.[field] ?? 0), 0);
  return {
    input: sum(
      "input_tokens",
      "cache_read_tokens",
      "cache_write_5m_tokens",
      "cache_write_1h_tokens",
      "audio_input_tokens",
      "image_input_tokens",
    ),
    output: sum("output_tokens", "reasoning_tokens", "audio_output_tokens", "image_output_tokens"),
  };
}
