// Reads what all writers left in the spool, and resolves intents: an intent is held until its event comes, and becomes the
// event itself when its writer is dead and has nothing more to say. A writer is dead when nobody holds the lock of its folder.
//
// Delivery: at least once. `commit` comes after the records are safe elsewhere, so a crash before it delivers the batch
// again under the same event ids. A commit keeps the position and the open intents of a writer, which count together.
// Segments are removed when everything in them is committed, a dead writer's folder when it is empty.
//
// A spool has one reader at a time, which holds its lock: two would remove what the other one has not delivered.

import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../schemas/app-error.ts";
import { isLocked, tryLockFile } from "../../schemas/file-lock.ts";
import { READER_LOCK_FILE, WRITER_LOCK_FILE } from "./format.ts";
import { listSegments } from "./position.ts";
import {
  isEmpty,
  isEnough,
  WriterCursor,
  type CursorParts,
  type DeadLetter,
  type DeliveredRecord,
  type Delivery,
} from "./writer-cursor.ts";

/** A folder that has got no name for so long never will: its writer died while it made it. */
const DRAFT_MS_MAX = 3600 * 1000;

/** Says that everything is safe that was read up to here. Where it fails it may be called again, and what it did not get to comes again. */
export type Commit = () => void;

export interface SpoolBatch {
  records: readonly DeliveredRecord[];
  deadLetters: readonly DeadLetter[];
  commit: Commit;
}

export interface SpoolReader {
  /** Reads on until there are about `itemsMax`. Returns whether there are, so that there may be more. */
  read(itemsMax: number, into: Delivery): boolean;
  /** Commits are called in the order in which they were made, and more may be read meanwhile. */
  checkpoint(): Commit;
  /** The next records, and the commit of all up to them. */
  readBatch(recordsMax: number): SpoolBatch;
  close(): void;
}

export interface SpoolReaderOptions extends Pick<CursorParts, "metrics"> {
  spoolDir: string;
  now?: () => number;
}

/** @throws AppError `data_directory_locked` while another one reads the spool */
export function openSpoolReader(
  log: CursorParts["log"],
  { spoolDir, metrics, now = Date.now }: SpoolReaderOptions,
): SpoolReader {
  mkdirSync(spoolDir, { recursive: true, mode: 0o700 });
  const unlock = tryLockFile(join(spoolDir, READER_LOCK_FILE));
  if (!unlock) {
    const message = `Another process reads the spool in ${spoolDir}. Stop it, or set ASSAY_DATA to another directory.`;
    throw new AppError("data_directory_locked", message);
  }
  removeDrafts(spoolDir, now());
  const cursors = new Map<string, WriterCursor>();
  /** Those that have moved since the last checkpoint. */
  const moved = new Map<string, WriterCursor>();

  function findWriters(): void {
    for (const name of listWriters(spoolDir)) {
      if (cursors.has(name)) continue;
      const parts = { log: log.child({ writer: name }), metrics, now };
      cursors.set(name, new WriterCursor(parts, join(spoolDir, name)));
    }
  }

  function read(itemsMax: number, into: Delivery): boolean {
    // Once a batch is enough.
    if (isEmpty(into)) findWriters();
    for (const [name, cursor] of cursors) if (cursor.read(itemsMax, into)) moved.set(name, cursor);
    return isEnough(itemsMax, into);
  }

  function checkpoint(): Commit {
    const reached = [...moved].map(([name, cursor]) => ({ name, cursor, place: cursor.checkpoint() }));
    moved.clear();
    return () => {
      for (const { name, cursor, place } of reached) {
        cursor.commit(place);
        if (place.isEnd) cursors.delete(name);
      }
    };
  }

  return {
    read,
    checkpoint,
    readBatch(recordsMax) {
      const batch: Delivery = { records: [], deadLetters: [] };
      read(recordsMax, batch);
      return { ...batch, commit: checkpoint() };
    },
    close: unlock,
  };
}

/** The names of the folders that are writers'. What else a mounted disk brings along is left alone. */
export function listWriters(spoolDir: string): string[] {
  return readdirSync(spoolDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .filter((name) => isWriterFolder(join(spoolDir, name)));
}

function isWriterFolder(folder: string): boolean {
  return existsSync(join(folder, WRITER_LOCK_FILE)) || listSegments(folder).length > 0;
}

function removeDrafts(spoolDir: string, now: number): void {
  for (const entry of readdirSync(spoolDir, { withFileTypes: true })) {
    if (!entry.isDirectory() || !entry.name.startsWith(".")) continue;
    const folder = join(spoolDir, entry.name);
    const isOld = statSync(folder).mtimeMs < now - DRAFT_MS_MAX;
    if (isOld && !isLocked(join(folder, WRITER_LOCK_FILE))) rmSync(folder, { recursive: true, force: true });
  }
}
