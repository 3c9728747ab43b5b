// The gateway's view of keys: the snapshot file, read again whenever it changes. A revoked key is refused on every worker
// within a second or two of the file's change. When the snapshot grows too old, keyed calls are refused: a gateway that has
// not heard from Postgres for a day must not go on honouring keys that may have been revoked.

import { readFileSync, statSync } from "node:fs";
import type { Logger } from "pino";
import { identitySnapshotSchema, type SnapshotKey } from "../../../schemas/identity-snapshot.ts";

const POLL_INTERVAL_MS = 1000;

export interface SnapshotReader {
  find(secretSha256: string): SnapshotKey | undefined;
  /** Whether it is there, and young enough to be believed. */
  isCurrent(): boolean;
  close(): void;
}

export function openSnapshot(
  log: Logger,
  { file, ageMsMax, now }: { file: string; ageMsMax: number; now: () => number },
): SnapshotReader {
  let keys = new Map<string, SnapshotKey>();
  let readAtMs = 0;
  let fileMtimeMs = 0;

  function refresh(): void {
    const mtimeMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (mtimeMs === fileMtimeMs) return;
    fileMtimeMs = mtimeMs;
    try {
      const snapshot = identitySnapshotSchema.parse(JSON.parse(readFileSync(file, "utf8")));
      keys = new Map(snapshot.keys.map((key) => [key.secret_sha256, key]));
      readAtMs = Date.parse(snapshot.read_at);
    } catch (error) {
      log.error(
        { err: error, file },
        "the identity snapshot could not be read; the one before stays in force",
      );
    }
  }

  refresh();
  const timer = setInterval(refresh, POLL_INTERVAL_MS).unref();
  return {
    find: (secretSha256) => keys.get(secretSha256),
    isCurrent: () => now() - readAtMs <= ageMsMax,
    close: () => clearInterval(timer),
  };
}
