// How much of a text says the same again. Both figures know no language: they see repetition, and nothing of style.

import { deflateSync } from "node:zlib";
import { normalise } from "./normalise.ts";

/** Below this a compressed text is mostly the format's own overhead. */
const COMPRESSED_BYTES_MIN = 256;
/** Takes some 5 ms; of a longer text the beginning is compressed. */
const COMPRESSED_BYTES_MAX = 256 * 1024;

/** Compressed size / size (zlib at its default level); null under 256 bytes. About .35 for prose, under .05 for padding. */
export function compressionOf(text: string): number | null {
  const bytes = Buffer.from(text);
  if (bytes.length < COMPRESSED_BYTES_MIN) return null;
  const sample = bytes.subarray(0, COMPRESSED_BYTES_MAX);
  return round(deflateSync(sample).length / sample.length);
}

/** The share of a text's lines that repeat an earlier one, blank lines apart; null where it has none. */
export function repetitionOf(text: string): number | null {
  const lines = text
    .split("\n")
    .map(normalise)
    .filter((line) => line !== "");
  if (lines.length === 0) return null;
  return round(1 - new Set(lines).size / lines.length);
}

function round(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}
