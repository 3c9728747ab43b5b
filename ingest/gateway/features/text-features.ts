// The features of one text, of whoever wrote it: the same for what is new in a request and for what it was answered with, so that
// one can be recognised in the other.

import { BLOCKS_MAX } from "../../../schemas/call-features.ts";
import type { EpochHashes } from "./keys.ts";
import { sketchOf } from "./minhash.ts";
import { longestBlocks, normalise } from "./normalise.ts";
import { compressionOf } from "./redundancy.ts";

export interface TextFeatures {
  hash: string | null;
  sketch: number[];
  compression: number | null;
  blocks: string[];
}

export function describeText(text: string, keys: EpochHashes): TextFeatures {
  const normalised = normalise(text);
  return {
    hash: hashNormalised(normalised, keys),
    sketch: sketchOf(normalised, keys.sketchKey),
    compression: compressionOf(text),
    blocks: longestBlocks(text, BLOCKS_MAX).map(keys.hash64),
  };
}

/** Null for a text of nothing but white space: all of those are alike. */
export function hashText(text: string, keys: EpochHashes): string | null {
  return hashNormalised(normalise(text), keys);
}

function hashNormalised(normalised: string, keys: EpochHashes): string | null {
  return normalised === "" ? null : keys.hash("text", normalised);
}
