// The gateway's view of keys and people: the snapshot's manifest, read each second, and its files, read when the manifest names
// others. When the snapshot grows too old, keyed calls are refused: a gateway that has not heard from Postgres for a day
// must not go on honouring keys that may have been revoked.
//
// Always holds: nothing here holds up a stream. Files are read in the background, and rows are looked up in them as they are.

import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Logger } from "pino";
import { AppError } from "../../../schemas/app-error.ts";
import { isSystemError, readIfPresent } from "../../../schemas/data-directory.ts";
import {
  parseSnapshotManifest,
  readSnapshotRows,
  snapshotFiles,
  toSnapshotRows,
  type SnapshotKey,
  type SnapshotManifest,
  type SnapshotPerson,
  type SnapshotRows,
} from "../../../schemas/identity-snapshot.ts";

const POLL_INTERVAL_MS = 1000;

export interface SnapshotReader {
  findKey(secretSha256: string): SnapshotKey | undefined;
  findPerson(emailSha256: string): SnapshotPerson | undefined;
  /** Whether it is there, and young enough to be believed. */
  isCurrent(): boolean;
  close(): void;
}

export interface SnapshotOptions {
  /** The manifest. */
  file: string;
  ageMsMax: number;
  now: () => number;
  pollIntervalMs?: number;
}

interface Snapshot {
  manifest: SnapshotManifest;
  rows: SnapshotRows;
}

/** What is there already has been read when this returns: a gateway that listens knows its callers. */
export function openSnapshot(
  log: Logger,
  { file, ageMsMax, now, pollIntervalMs = POLL_INTERVAL_MS }: SnapshotOptions,
): SnapshotReader {
  let inForce: Snapshot | undefined;
  let refused = "";

  /** One that can't be read is told of once, and tried again each time: it may be on its way. */
  function refuse(content: string, error: unknown): void {
    if (content !== refused)
      log.error({ err: error, file }, "the identity snapshot can't be read; the one before stays in force");
    refused = content;
  }

  function readFirst(): void {
    const content = readIfPresent(file);
    if (content === undefined) return;
    try {
      const manifest = requireManifest(content);
      inForce = { manifest, rows: readSnapshotRows(dirname(file), manifest) };
    } catch (error) {
      refuse(content, error);
    }
  }

  async function refresh(): Promise<void> {
    let content = "";
    try {
      content = await readFile(file, "utf8");
      const manifest = requireManifest(content);
      const isSame = manifest.keys_file === inForce?.manifest.keys_file;
      const rows = isSame ? inForce?.rows : undefined;
      inForce = { manifest, rows: rows ?? (await readRows(dirname(file), manifest)) };
    } catch (error) {
      // Before there ever was one, nothing is wrong.
      const isAbsent = isSystemError(error) && error.code === "ENOENT" && content === "";
      if (!isAbsent) refuse(content, error);
    }
  }

  readFirst();
  let refreshing: Promise<void> | undefined;
  const timer = setInterval(() => {
    refreshing ??= refresh().finally(() => (refreshing = undefined));
  }, pollIntervalMs).unref();
  return {
    findKey: (secretSha256) => inForce?.rows.keys.find(secretSha256),
    findPerson: (emailSha256) => inForce?.rows.people.find(emailSha256),
    isCurrent: () => inForce !== undefined && now() - Date.parse(inForce.manifest.read_at) <= ageMsMax,
    close: () => clearInterval(timer),
  };
}

async function readRows(folder: string, manifest: SnapshotManifest): Promise<SnapshotRows> {
  const files = snapshotFiles(folder, manifest);
  const [keys, people] = await Promise.all([readFile(files.keys), readFile(files.people)]);
  return toSnapshotRows(manifest, { keys, people });
}

function requireManifest(content: string): SnapshotManifest {
  const manifest = parseSnapshotManifest(content);
  if (manifest) return manifest;
  throw new AppError("internal", "The manifest of the identity snapshot is damaged, or another version's.");
}
