// Sketches and hashes of prompts whose text nobody has: of real ones from the few hashes that the data keep, and of scripted ones
// with a similarity that is chosen.
//
// Two MinHash sketches of 64 agree in a slot with a probability that is the Jaccard similarity of their texts (A. Z. Broder, On the
// resemblance and containment of documents, 1997). So a slot of a variant is the base's with probability √J: two variants then
// agree in J of their slots, in the mean.
//
// Always holds: a salt changes every number and no similarity under the same salt, so that what a real person repeated is
// repeated, and what two virtual people have of one real person is not.

import type { Random } from "../../simulation/random.ts";
import { SKETCH_SIZE } from "../../../schemas/call-features.ts";
import type { Prompt } from "./virtual.ts";

const CHARS_PER_WORD = 5;
/** Below so many words and marks a text has no sketch. */
const WORDS_MIN = 50;
const SHINGLE_WORDS = 5;
/** Of the data: a bottom-8 sketch. Fewer hashes mean that the prompt has no more shingles than these. */
const SOURCE_HASHES = 8;
const UINT32 = 2 ** 32;
const BLOCK_CHARS = 400;
const BLOCKS_MAX = 32;

/** A real prompt under a salt. */
export function saltPrompt(hashes: readonly number[], salt: number): Prompt {
  const shingles = countShingles(hashes);
  const words = shingles + SHINGLE_WORDS - 1;
  const base = foldHashes(hashes, salt);
  const chars = words * CHARS_PER_WORD;
  return {
    hash: `p${base}.${hashes.length}`,
    sketch: words < WORDS_MIN ? [] : sketchOf(hashes, salt),
    chars,
    blocks: blocksOf(base, chars),
  };
}

/**
 * How many shingles a text had whose 8 smallest hashes are these: (k - 1) / the k-th smallest as a share of all hashes
 * (Bar-Yossef et al., Counting distinct elements in a data stream, 2002).
 */
export function countShingles(hashes: readonly number[]): number {
  if (hashes.length < SOURCE_HASHES) return hashes.length;
  const largest = Math.max(1, ...hashes);
  return Math.round(((SOURCE_HASHES - 1) * UINT32) / largest);
}

/** The prompt of a script; `name` alone decides what it is. */
export function writePrompt(random: Random, chars: number): Prompt {
  const sketch = Array.from({ length: SKETCH_SIZE }, () => random.integer(0, UINT32 - 1));
  const name = random.word(16);
  return {
    hash: name,
    sketch: chars / CHARS_PER_WORD < WORDS_MIN ? [] : sketch,
    chars,
    blocks: blocksOf(name, chars),
  };
}

/** Says the same in other words: two variants of one base have that Jaccard similarity to each other, in the mean. */
export function rephrase(base: Prompt, similarity: number, random: Random): Prompt {
  if (similarity >= 1) return base;
  const kept = Math.sqrt(similarity);
  return {
    ...base,
    hash: `${base.hash}~${random.word(8)}`,
    sketch: base.sketch.map((number) => (random.chance(kept) ? number : random.integer(0, UINT32 - 1))),
    blocks: (base.blocks ?? []).map((block) => (random.chance(kept) ? block : hashBlock(random.word(12)))),
  };
}

export function blocksOf(name: string, chars: number): string[] {
  const count = Math.min(BLOCKS_MAX, Math.floor(chars / BLOCK_CHARS));
  return Array.from({ length: count }, (_, at) => hashBlock(`${name} ${at}`));
}

/** Of 53 bits, as a decimal string. */
export function hashBlock(text: string): string {
  let high = 0x9e3779b9;
  let low = 0x85ebca6b;
  for (let at = 0; at < text.length; at++) {
    high = mix(high ^ text.charCodeAt(at));
    low = mix(low + high);
  }
  return String((high >>> 11) * UINT32 + low);
}

function sketchOf(hashes: readonly number[], salt: number): number[] {
  return Array.from({ length: SKETCH_SIZE }, (_, slot) => {
    const key = mix(salt ^ Math.imul(slot + 1, 0x9e3779b1));
    return hashes.reduce((least, each) => Math.min(least, mix(each ^ key)), UINT32 - 1);
  });
}

function foldHashes(hashes: readonly number[], salt: number): string {
  let high = mix(salt);
  let low = mix(salt ^ 0x5bd1e995);
  for (const each of hashes) {
    high = mix(high ^ each);
    low = mix(low + each);
  }
  return high.toString(36) + low.toString(36);
}

/** The finaliser of MurmurHash3 (Austin Appleby): every bit of the input changes about half of those of the result. */
function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
