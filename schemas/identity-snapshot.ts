// What a gateway knows of identities: every key that may be used, and everybody for whom a proxy may vouch, in files in the data
// directory. Whoever can ask Postgres writes them (dashboard/server/people/identity-snapshot.ts); gateways read them and never ask a
// store, so that they start and serve while Postgres is away.
//
//   identity-snapshot.json      the manifest: which files are in force, and when Postgres was last heard
//   identity-keys-<id>.txt      the keys, by the hashes of their secrets
//   identity-people-<id>.txt    the people, by the hashes of their addresses
//
// A row is found by binary search in the file as it is (sorted-lines.ts). So a gateway parses nothing when keys have changed,
// which would hold up its streams, and it holds 25 MB for 100,000 keys and not three times as much. That nothing has changed
// costs a new manifest alone.
//
// Always holds: a file of rows is complete before a manifest names it, and never changes after that. Those before stay, for a
// gateway that has just read their names. No address of a person stands in them.

import { hash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { WORKLOAD_CLASSES } from "./closed-lists.ts";
import { readIfPresent, replaceFile } from "./data-directory.ts";
import { HASH_CHARS, LineLayout, SortedLines, writeSortedLines, type Pages } from "./sorted-lines.ts";

/** The manifest's place below the data directory. */
export const SNAPSHOT_FILE = "identity-snapshot.json";
const ROWS_FILE = /^identity-(?:keys|people)-[0-9a-f-]+\.txt$/;

const sha256 = z.string().length(HASH_CHARS);

export const snapshotKeySchema = z.object({
  /** SHA-256 of the key, hexadecimal. */
  secret_sha256: sha256,
  key_id: z.uuid(),
  kind: z.enum(["person", "service"]),
  person_id: z.uuid().nullable(),
  /** The person's, or the one that a service works for. */
  team_id: z.uuid().nullable(),
  workload_class: z.enum(WORKLOAD_CLASSES).nullable(),
  expires_at: z.iso.datetime().nullable(),
  revoked_at: z.iso.datetime().nullable(),
});
export type SnapshotKey = z.infer<typeof snapshotKeySchema>;

const KEY_LINES = new LineLayout(snapshotKeySchema, [
  ["secret_sha256", HASH_CHARS],
  ["key_id", 36],
  ["kind", 7],
  ["person_id", 36],
  ["team_id", 36],
  ["workload_class", 11],
  ["expires_at", 24],
  ["revoked_at", 24],
]);

export const snapshotPersonSchema = z.object({
  /** SHA-256 of the e-mail address in lower case, hexadecimal. */
  email_sha256: sha256,
  person_id: z.uuid(),
  team_id: z.uuid().nullable(),
});
export type SnapshotPerson = z.infer<typeof snapshotPersonSchema>;

/** By which a person is found, in whatever case the address is written. */
export function hashAddress(email: string): string {
  return hash("sha256", email.toLowerCase(), "hex");
}

const PERSON_LINES = new LineLayout(snapshotPersonSchema, [
  ["email_sha256", HASH_CHARS],
  ["person_id", 36],
  ["team_id", 36],
]);

const snapshotManifestSchema = z.object({
  version: z.literal(3),
  /** When Postgres was last heard, also when nothing had changed. */
  read_at: z.iso.datetime(),
  /** What Postgres called the state that the rows are of. */
  identity_version: z.string(),
  keys_file: z.string().regex(ROWS_FILE),
  keys: z.int().nonnegative(),
  people_file: z.string().regex(ROWS_FILE),
  people: z.int().nonnegative(),
});
export type SnapshotManifest = z.infer<typeof snapshotManifestSchema>;

/** Undefined where it is damaged, or of another version: then it is as if there were none. */
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

/** The files of rows that a manifest names. */
export function snapshotFiles(dataDir: string, manifest: SnapshotManifest): { keys: string; people: string } {
  return { keys: join(dataDir, manifest.keys_file), people: join(dataDir, manifest.people_file) };
}

export interface SnapshotRows {
  keys: SortedLines<SnapshotKey>;
  people: SortedLines<SnapshotPerson>;
}

/** @throws RangeError where a file is not as long as it must be */
export function toSnapshotRows(
  manifest: SnapshotManifest,
  files: { keys: Buffer; people: Buffer },
): SnapshotRows {
  return {
    keys: new SortedLines(KEY_LINES, files.keys, manifest.keys),
    people: new SortedLines(PERSON_LINES, files.people, manifest.people),
  };
}

/** @throws where a file of rows is missing, or not as long as it must be */
export function readSnapshotRows(dataDir: string, manifest: SnapshotManifest): SnapshotRows {
  const { keys, people } = snapshotFiles(dataDir, manifest);
  return toSnapshotRows(manifest, { keys: readFileSync(keys), people: readFileSync(people) });
}

export interface NewSnapshot {
  readAt: Date;
  identityVersion: string;
  /** All keys, in the order of their hashes. They are taken before people are asked for. */
  keys: Pages<SnapshotKey>;
  people: Pages<SnapshotPerson>;
}

/** Puts other keys and people into force. One process at a time may do so in a data directory. */
export async function replaceSnapshotRows(dataDir: string, snapshot: NewSnapshot): Promise<void> {
  const before = readSnapshotManifest(dataDir);
  const id = randomUUID();
  const [keysFile, peopleFile] = [`identity-keys-${id}.txt`, `identity-people-${id}.txt`];
  try {
    const keys = await writeSortedLines(join(dataDir, keysFile), KEY_LINES, snapshot.keys);
    const people = await writeSortedLines(join(dataDir, peopleFile), PERSON_LINES, snapshot.people);
    replaceSnapshotManifest(dataDir, {
      version: 3,
      read_at: snapshot.readAt.toISOString(),
      identity_version: snapshot.identityVersion,
      keys_file: keysFile,
      keys,
      people_file: peopleFile,
      people,
    });
  } catch (error) {
    for (const name of [keysFile, peopleFile]) rmSync(join(dataDir, name), { force: true });
    throw error;
  }
  const needed = [keysFile, peopleFile, before?.keys_file, before?.people_file];
  for (const name of readdirSync(dataDir)) {
    if (ROWS_FILE.test(name) && !needed.includes(name)) rmSync(join(dataDir, name), { force: true });
  }
}

export function replaceSnapshotManifest(dataDir: string, manifest: SnapshotManifest): void {
  replaceFile(join(dataDir, SNAPSHOT_FILE), JSON.stringify(snapshotManifestSchema.parse(manifest)));
}
