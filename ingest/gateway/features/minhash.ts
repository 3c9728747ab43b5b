// MinHash (Broder, "On the resemblance and containment of documents", 1997): 64 numbers of which two texts share about the share
// of 5-word shingles that they have in common (Jaccard), with a standard error of sqrt(J (1 - J) / 64), at most .06.
//
// Each of the 64 orders of shingles is AES-128 under the epoch's key, of a shingle's digest and the order's number: without the
// key nobody can try texts, whatever sketches of known texts they have; and a block cipher orders a thousand shingles 64 times
// in a tenth of a millisecond.

import { createCipheriv, hash } from "node:crypto";
import { SKETCH_SIZE } from "../../../schemas/call-features.ts";
import { wordsOf } from "./normalise.ts";

const SHINGLE_WORDS = 5;
/** Fewer words can be found by trying, key or no key, by whoever may make a call. */
const WORDS_MIN = 50;
/** Some 100 KB; of a longer text the beginning is sketched. */
const WORDS_MAX = 20_000;
/** AES enciphers blocks of 16 bytes, each of which is four numbers: 16 blocks a shingle. */
const BLOCK_BYTES = 16;
const BLOCKS = (SKETCH_SIZE * 4) / BLOCK_BYTES;
const DIGEST_BYTES = BLOCK_BYTES - 1;
const BATCH_SHINGLES = 256;

/**
 * @param normalised as `normalise` has it
 * @param key 16 bytes
 * @returns SKETCH_SIZE numbers, or none for a text of under 50 words and marks
 */
export function sketchOf(normalised: string, key: Buffer): number[] {
  const words = wordsOf(normalised, WORDS_MAX);
  if (words.length < WORDS_MIN) return [];
  const shingles = [...shinglesOf(words)];
  const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
  const smallest = new Uint32Array(SKETCH_SIZE).fill(0xffff_ffff);
  for (let at = 0; at < shingles.length; at += BATCH_SHINGLES) {
    const plain = toBlocks(shingles.slice(at, at + BATCH_SHINGLES));
    takeSmallest(smallest, cipher.update(plain));
  }
  return [...smallest];
}

function shinglesOf(words: readonly string[]): Set<string> {
  const shingles = new Set<string>();
  for (let at = 0; at + SHINGLE_WORDS <= words.length; at++) {
    shingles.add(words.slice(at, at + SHINGLE_WORDS).join(" "));
  }
  return shingles;
}

/** For each shingle BLOCKS blocks: its digest, and the block's number. */
function toBlocks(shingles: readonly string[]): Buffer {
  const plain = Buffer.alloc(shingles.length * BLOCKS * BLOCK_BYTES);
  let at = 0;
  for (const shingle of shingles) {
    const digest = hash("sha256", shingle, "buffer");
    for (let block = 0; block < BLOCKS; block++) {
      digest.copy(plain, at, 0, DIGEST_BYTES);
      plain[at + DIGEST_BYTES] = block;
      at += BLOCK_BYTES;
    }
  }
  return plain;
}

function takeSmallest(smallest: Uint32Array, enciphered: Buffer): void {
  const numbers = new DataView(enciphered.buffer, enciphered.byteOffset, enciphered.byteLength);
  for (let at = 0; at * 4 < enciphered.length; at++) {
    const slot = at % SKETCH_SIZE;
    const number = numbers.getUint32(at * 4, true);
    if (number < (smallest[slot] ?? 0)) smallest[slot] = number;
  }
}
