// What a gateway knows of identities: every key that may be used, in two files in the data directory. Whoever can ask Postgres
// writes them (dashboard/server/identity-snapshot.ts); gateways read them and never ask a store, so that they start and serve
// while Postgres is away.
//
//   identity-snapshot.json    the manifest: which file of keys is in force, and when Postgres was last heard
//   identity-keys-<id>.txt    the keys, each in a line of the same width, in the order of the hashes of their secrets
//
// A key is found by binary search in the file as it is. So a gateway parses nothing when keys have changed, which would hold
// up its streams, and it holds 25 MB for 100,000 keys and not three times as much. That nothing has changed costs a new
// manifest alone.
//
// Always holds: a file of keys is complete before a manifest names it, and never changes after that. The one before stays, for
// a gateway that has just read its name.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { WORKLOAD_CLASSES } from "./closed-lists.ts";
import { readIfPresent, replaceFile } from "./data-directory.ts";

/** The manifest's place below the data directory. */
export const SNAPSHOT_FILE = "identity-snapshot.json";
const KEYS_FILE = /^identity-keys-[0-9a-f-]+\.txt$/;

export const snapshotKeySchema = z.object({
  /** SHA-256 of the key, hexadecimal. */
  secret_sha256: z.string().length(64),
  key_id: z.uuid(),
  kind: z.enum(["person", "service"]),
  person_id: z.uuid().nullable(),
  team_id: z.uuid().nullable(),
  workload_class: z.enum(WORKLOAD_CLASSES).nullable(),
  expires_at: z.iso.datetime().nullable(),
  revoked_at: z.iso.datetime().nullable(),
});
export type SnapshotKey = z.infer<typeof snapshotKeySchema>;

const snapshotManifestSchema = z.object({
  version: z.literal(2),
  /** When Postgres was last heard, also when nothing had changed. */
  read_at: z.iso.datetime(),
  /** What Postgres called the state that the keys are of. */
  identity_version: z.string(),
  keys_file: z.string().regex(KEYS_FILE),
  keys: z.int().nonnegative(),
});
export type SnapshotManifest = z.infer<typeof snapshotManifestSchema>;

/** The fields in the order of a line, with their characters. A field that is null is blank. */
const COLUMNS: readonly (readonly [name: keyof SnapshotKey, chars: number])[] = [
  ["secret_sha256", 64],
  ["key_id", 36],
  ["kind", 7],
  ["person_id", 36],
  ["team_id", 36],
  ["workload_class", 11],
  ["expires_at", 24],
  ["revoked_at", 24],
];
const HASH_CHARS = 64;
/** A blank or, at the end, a line feed follows each field. */
const LINE_CHARS = COLUMNS.reduce((sum, [, chars]) => sum + chars + 1, 0);

/** Undefined where it is damaged, or of another version. */
export function parseSnapshotManifest(content: string): SnapshotManifest | undefined {
  try {
    return snapshotManifestSchema.safeParse(JSON.parse(content)).data;
  } catch {
    return undefined;
  }
}

/** What is in force; undefined where there is nothing that could be read. */
export function readSnapshotManifest(dataDir: string): SnapshotManifest | undefined {
  return parseSnapshotManifest(readIfPresent(join(dataDir, SNAPSHOT_FILE)) ?? "");
}

/** @throws where the file of keys is missing, or not as long as it must be */
export function readSnapshotKeys(dataDir: string, manifest: SnapshotManifest): SnapshotKeys {
  return new SnapshotKeys(readFileSync(join(dataDir, manifest.keys_file)), manifest);
}

/** The keys of a file, found by the hash of their secret. */
export class SnapshotKeys {
  readonly #file: Buffer;
  readonly size: number;

  /** @throws RangeError when the file is not as long as the manifest says */
  constructor(file: Buffer, { keys, keys_file }: SnapshotManifest) {
    if (file.length !== keys * LINE_CHARS)
      throw new RangeError(`${keys_file} has ${file.length} bytes; ${keys} keys take ${keys * LINE_CHARS}.`);
    this.#file = file;
    this.size = keys;
  }

  find(secretSha256: string): SnapshotKey | undefined {
    const wanted = Buffer.from(secretSha256, "latin1");
    let [low, high] = [0, this.size];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const start = middle * LINE_CHARS;
      const order = this.#file.compare(wanted, 0, wanted.length, start, start + HASH_CHARS);
      if (order === 0) return this.#parse(middle);
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return undefined;
  }

  *[Symbol.iterator](): Generator<SnapshotKey> {
    for (let place = 0; place < this.size; place++) yield this.#parse(place);
  }

  #parse(place: number): SnapshotKey {
    const line = this.#file.toString("latin1", place * LINE_CHARS, (place + 1) * LINE_CHARS);
    let start = 0;
    const fields = COLUMNS.map(([name, chars]) => {
      const field = line.slice(start, start + chars).trimEnd();
      start += chars + 1;
      return [name, field === "" ? null : field] as const;
    });
    return snapshotKeySchema.parse(Object.fromEntries(fields));
  }
}

export interface NewSnapshot {
  readAt: Date;
  identityVersion: string;
}

type Pages = AsyncIterable<readonly SnapshotKey[]> | Iterable<readonly SnapshotKey[]>;

/**
 * Puts other keys into force. One process at a time may do so in a data directory.
 * @param pages all keys, in the order of their hashes; a page is written before the next one is asked for
 */
export async function replaceSnapshotKeys(
  dataDir: string,
  { readAt, identityVersion }: NewSnapshot,
  pages: Pages,
): Promise<void> {
  const before = readSnapshotManifest(dataDir);
  const keysFile = `identity-keys-${randomUUID()}.txt`;
  try {
    const keys = await writeKeys(join(dataDir, keysFile), pages);
    replaceSnapshotManifest(dataDir, {
      version: 2,
      read_at: readAt.toISOString(),
      identity_version: identityVersion,
      keys_file: keysFile,
      keys,
    });
  } catch (error) {
    rmSync(join(dataDir, keysFile), { force: true });
    throw error;
  }
  for (const name of readdirSync(dataDir)) {
    const isNeeded = name === keysFile || name === before?.keys_file;
    if (KEYS_FILE.test(name) && !isNeeded) rmSync(join(dataDir, name), { force: true });
  }
}

export function replaceSnapshotManifest(dataDir: string, manifest: SnapshotManifest): void {
  replaceFile(join(dataDir, SNAPSHOT_FILE), JSON.stringify(snapshotManifestSchema.parse(manifest)));
}

/** Returns how many there are. */
async function writeKeys(path: string, pages: Pages): Promise<number> {
  await using file = await open(path, "wx", 0o600);
  let keys = 0;
  let hashBefore = "";
  for await (const page of pages) {
    for (const { secret_sha256 } of page) {
      assert(secret_sha256 > hashBefore, "The keys of a snapshot are in the order of their hashes.");
      hashBefore = secret_sha256;
    }
    await file.appendFile(page.map(toLine).join(""), "latin1");
    keys += page.length;
  }
  await file.sync();
  return keys;
}

function toLine(key: SnapshotKey): string {
  const fields = COLUMNS.map(([name, chars]) => {
    const field = key[name] ?? "";
    assert(field.length <= chars, `A key's ${name} fits into its column.`);
    return field.padEnd(chars);
  });
  return `${fields.join(" ")}\n`;
}
