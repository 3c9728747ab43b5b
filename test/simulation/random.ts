// Randomness that a seed decides. The same seed gives the same history on every machine; a fork is independent of what was
// drawn before, so that one more person in the organisation leaves the others as they were.
//
// The generator is sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, fast, and no visible pattern. Not for secrets.

import assert from "node:assert/strict";
import { hash } from "node:crypto";

const WARM_UP_DRAWS = 12;
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The weights need not add up to anything. */
export type Weighted<Item> = readonly (readonly [item: Item, weight: number])[];

export interface Random {
  /** An independent stream of its own; the same name gives the same one. */
  fork(name: string): Random;
  /** From 0 to under 1. */
  uniform(): number;
  between(min: number, max: number): number;
  /** Both ends included. */
  integer(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  pickWeighted<Item>(choices: Weighted<Item>): Item;
  /** Half of the draws are below the median; `spread` is the standard deviation of the logarithm. */
  logNormal(median: number, spread: number): number;
  /** Letters, digits, `-` and `_`. */
  word(chars: number): string;
  /** UUIDv7 of that time. */
  uuid(atMs: number): string;
}

export function createRandom(seed: string): Random {
  const next = sfc32(seed);
  const uniform = (): number => next() / 2 ** 32;
  const between = (min: number, max: number): number => min + uniform() * (max - min);
  const integer = (min: number, max: number): number => Math.floor(between(min, max + 1));
  return {
    fork: (name) => createRandom(`${seed}/${name}`),
    uniform,
    between,
    integer,
    chance: (probability) => uniform() < probability,
    pick(items) {
      const item = items[integer(0, items.length - 1)];
      assert(item !== undefined, "nothing to pick from");
      return item;
    },
    pickWeighted: (choices) => pickWeighted(choices, uniform()),
    // Box-Muller; 1 - uniform() is never 0, whose logarithm would be infinite.
    logNormal: (median, spread) =>
      median * Math.exp(spread * Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())),
    word: (chars) => Array.from({ length: chars }, () => BASE64URL[next() & 63]).join(""),
    uuid: (atMs) => toUuid(atMs, [next(), next(), next()]),
  };
}

function pickWeighted<Item>(choices: Weighted<Item>, drawn: number): Item {
  let left = drawn * choices.reduce((sum, [, weight]) => sum + weight, 0);
  const found = choices.find(([, weight]) => (left -= weight) < 0) ?? choices.at(-1);
  assert(found !== undefined, "nothing to pick from");
  return found[0];
}

function sfc32(seed: string): () => number {
  const digest = hash("sha256", seed, "buffer");
  let a = digest.readUInt32LE(0);
  let b = digest.readUInt32LE(4);
  let c = digest.readUInt32LE(8);
  let counter = 1;
  const next = (): number => {
    const drawn = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + drawn) >>> 0;
    return drawn;
  };
  for (let draw = 0; draw < WARM_UP_DRAWS; draw++) next();
  return next;
}

function toUuid(atMs: number, [x = 0, y = 0, z = 0]: readonly number[]): string {
  const time = Math.floor(atMs).toString(16).padStart(12, "0");
  const version = `7${(x & 0xfff).toString(16).padStart(3, "0")}`;
  const variant = (0x8000 | (y & 0x3fff)).toString(16);
  const node = z.toString(16).padStart(8, "0") + (x >>> 16).toString(16).padStart(4, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}-${variant}-${node}`;
}
