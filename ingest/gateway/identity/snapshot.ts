// The gateway's view of keys: the snapshot's manifest, read each second, and its file of keys, read when the manifest names
// another one. When the snapshot grows too old, keyed calls are refused: a gateway that has not heard from Postgres for a day
// must not go on honouring keys that may have been revoked.
//
// Always holds: nothing here holds up a stream. Files are read in the background, and keys are looked up in them as they are.

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Logger } from "pino";
import { AppError } from "../../../schemas/app-error.ts";
import { isSystemError, readIfPresent } from "../../../schemas/data-directory.ts";
import {
  parseSnapshotManifest,
  readSnapshotKeys,
  SnapshotKeys,
  type SnapshotKey,
  type SnapshotManifest,
} from "../../../schemas/identity-snapshot.ts";

const POLL_INTERVAL_MS = 1000;

export interface SnapshotReader {
  find(secretSha256: string): SnapshotKey | undefined;
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
  keys: SnapshotKeys;
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
      inForce = { manifest, keys: readSnapshotKeys(dirname(file), manifest) };
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
      const keys = isSame ? inForce?.keys : undefined;
      inForce = { manifest, keys: keys ?? (await readKeys(dirname(file), manifest)) };
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
    find: (secretSha256) => inForce?.keys.find(secretSha256),
    isCurrent: () => inForce !== undefined && now() - Date.parse(inForce.manifest.read_at) <= ageMsMax,
    close: () => clearInterval(timer),
  };
}

async function readKeys(folder: string, manifest: SnapshotManifest): Promise<SnapshotKeys> {
  return new SnapshotKeys(await readFile(join(folder, manifest.keys_file)), manifest);
}

function requireManifest(content: string): SnapshotManifest {
  const manifest = parseSnapshotManifest(content);
  if (manifest) return manifest;
  throw new AppError("internal", "The manifest of the identity snapshot is damaged, or another version's.");
}
