// MinHash (Broder, "On the resemblance and containment of documents", 1997): 64 numbers of which two texts share about the share
// of 5-word shingles that they have in common (Jaccard), with a standard error of sqrt(J (1 - J) / 64), at most .06.
//
// Each of the 64 orders of shingles is AES-128 under the epoch's key, of a shingle's digest and the order's number. Without the key
// nobody can try texts, whatever sketches of known texts they have; so the digest itself need not be a secret, and is made for speed.

import { createCipheriv } from "node:crypto";
import { SKETCH_SIZE } from "../../../schemas/call-features.ts";
import { wordsOf } from "./normalise.ts";

const SHINGLE_WORDS = 5;
/** Fewer words can be found by trying, key or no key, by whoever may make a call. */
export const WORDS_MIN = 50;
/** Some 100 KB; of a longer text the beginning is sketched. */
const WORDS_MAX = 20_000;
/** A block of AES is four numbers: three of a digest, and which block it is. Enciphered it is four of the 64. */
const BLOCK_NUMBERS = 4;
const BLOCKS = SKETCH_SIZE / BLOCK_NUMBERS;
const BATCH_SHINGLES = 256;
/** Three digests of 32 bits (Fowler, Noll and Vo's hash, with multipliers of MurmurHash3 for the other two). */
const MULTIPLIERS = [0x0100_0193, 0x85eb_ca6b, 0xc2b2_ae35] as const;
const LANES = MULTIPLIERS.length;
const OFFSET_BASIS = 0x811c_9dc5;

/**
 * @param normalised as `normalise` has it
 * @param key 16 bytes
 * @returns SKETCH_SIZE numbers, or none for a text of under 50 words and marks
 */
export function sketchOf(normalised: string, key: Buffer): number[] {
  const words = wordsOf(normalised, WORDS_MAX);
  if (words.length < WORDS_MIN) return [];
  const digests = digestWords(words);
  const shingles = words.length - SHINGLE_WORDS + 1;
  const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
  const smallest = new Uint32Array(SKETCH_SIZE).fill(0xffff_ffff);
  for (let at = 0; at < shingles; at += BATCH_SHINGLES) {
    const plain = toBlocks(digests, at, Math.min(at + BATCH_SHINGLES, shingles));
    takeSmallest(smallest, cipher.update(new Uint8Array(plain.buffer)));
  }
  return [...smallest];
}

function digestWords(words: readonly string[]): Uint32Array {
  const digests = new Uint32Array(words.length * LANES);
  for (const [at, word] of words.entries()) {
    for (const [lane, multiplier] of MULTIPLIERS.entries()) {
      let digest = OFFSET_BASIS;
      for (let i = 0; i < word.length; i++) digest = Math.imul(digest ^ word.charCodeAt(i), multiplier);
      digests[at * LANES + lane] = digest;
    }
  }
  return digests;
}

/** For each shingle BLOCKS blocks. */
function toBlocks(words: Uint32Array, from: number, to: number): Uint32Array<ArrayBuffer> {
  const plain = new Uint32Array((to - from) * SKETCH_SIZE);
  let at = 0;
  for (let shingle = from; shingle < to; shingle++) {
    const first = digestShingle(words, shingle, 0);
    const second = digestShingle(words, shingle, 1);
    const third = digestShingle(words, shingle, 2);
    for (let block = 0; block < BLOCKS; block++, at += BLOCK_NUMBERS) {
      plain[at] = first;
      plain[at + 1] = second;
      plain[at + 2] = third;
      plain[at + 3] = block;
    }
  }
  return plain;
}

function digestShingle(words: Uint32Array, shingle: number, lane: number): number {
  let digest = OFFSET_BASIS;
  for (let word = shingle; word < shingle + SHINGLE_WORDS; word++) {
    const mixed = Math.imul(digest ^ (words[word * LANES + lane] ?? 0), MULTIPLIERS[lane] ?? 1);
    digest = mixed ^ (mixed >>> 15);
  }
  return digest;
}

/** Numbers are read as the machine has them; every machine that Node runs on has the low byte first, but for one of IBM's. */
function takeSmallest(smallest: Uint32Array, enciphered: Buffer): void {
  const numbers = new Uint32Array(new Uint8Array(enciphered).buffer);
  // One order after the other: the smallest so far stays in a register, which takes a third of the time.
  for (let slot = 0; slot < SKETCH_SIZE; slot++) {
    let least = smallest[slot] ?? 0;
    for (let at = slot; at < numbers.length; at += SKETCH_SIZE) {
      const number = numbers[at] ?? 0;
      if (number < least) least = number;
    }
    smallest[slot] = least;
  }
}
