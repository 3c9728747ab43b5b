// The keys of hashes. Those of texts are made from the sketch secret and change with each epoch of 28 days, so that what is hashed
// cannot be compared for longer; those of files and addresses are made from the link secret, which outcome intake shares.
//
// Always holds: gateways with one secret make the same hashes, and keys of different epochs, purposes or secrets have nothing in
// common (HKDF with SHA-256, RFC 5869).

import { createHmac, hkdfSync } from "node:crypto";
import { SKETCH_EPOCH_MS } from "../../../schemas/call-features.ts";

/** For this long after an epoch has begun, what came before it can still be met. */
const OVERLAP_MS = SKETCH_EPOCH_MS / 2;
const KEY_BYTES = 32;
const HASH_BYTES = 16;

/** A hash of bodies that means nothing without the key. */
export type BodyHash = (body: Buffer, atMs: number) => string;

export function createBodyHash(sketchSecret: string): BodyHash {
  const keyOf = createEpochKeys(sketchSecret, "body");
  return (body, atMs) => hash(keyOf(epochOf(atMs)), body);
}

/** What a hash is of. Hashes for different purposes never meet. */
type Purpose = "prefix" | "answer" | "system" | "text" | "arguments" | "result" | "call";

/** Hashes under the key of one epoch. */
export interface EpochHashes {
  /** @param content a digest of it is as good */
  hash: (purpose: Purpose, content: string | Buffer) => string;
  /** 64 bits of the same, as a decimal string. */
  hash64: (content: string) => string;
  /** A key of 128 bits for sketches. */
  sketchKey: Buffer;
}

export interface SketchKeys {
  /** Of the call's own epoch. */
  epoch: number;
  current: EpochHashes;
  /** Of the epoch before, while that may still be met. */
  previous: EpochHashes | undefined;
}

/** @returns the keys for a call that began at `atMs`, milliseconds since 1970 */
export function createSketchKeys(sketchSecret: string): (atMs: number) => SketchKeys {
  const keyOf = createEpochKeys(sketchSecret, "sketch");
  return (atMs) => {
    const epoch = epochOf(atMs);
    const isOverlapping = epoch > 0 && atMs - epoch * SKETCH_EPOCH_MS < OVERLAP_MS;
    return {
      epoch,
      current: toHashes(keyOf(epoch)),
      previous: isOverlapping ? toHashes(keyOf(epoch - 1)) : undefined,
    };
  };
}

/** A hash of a file or an address that outcomes can be matched with. */
export type LinkHash = (target: string) => string;

export function createLinkHash(linkSecret: string): LinkHash {
  const key = deriveKey(linkSecret, "assay link");
  return (target) => hash(key, target);
}

function epochOf(atMs: number): number {
  return Math.floor(atMs / SKETCH_EPOCH_MS);
}

/** Calls come from two epochs at most. */
const KEPT_KEYS_MAX = 3;

function createEpochKeys(secret: string, use: string): (epoch: number) => Buffer {
  const keys = new Map<number, Buffer>();
  return (epoch) => {
    const known = keys.get(epoch);
    if (known) return known;
    if (keys.size === KEPT_KEYS_MAX) keys.clear();
    const key = deriveKey(secret, `assay ${use} ${epoch}`);
    keys.set(epoch, key);
    return key;
  };
}

function toHashes(key: Buffer): EpochHashes {
  return {
    hash: (purpose, content) => hash(key, content, `${purpose}\n`),
    hash64: (content) => digest(key, content, "block\n").readBigUInt64BE().toString(),
    sketchKey: digest(key, "minhash", "key\n").subarray(0, HASH_BYTES),
  };
}

function deriveKey(secret: string, info: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", info, KEY_BYTES));
}

function hash(key: Buffer, content: string | Buffer, label = ""): string {
  return digest(key, content, label).toString("base64url", 0, HASH_BYTES);
}

function digest(key: Buffer, content: string | Buffer, label: string): Buffer {
  return createHmac("sha256", key).update(label).update(content).digest();
}
