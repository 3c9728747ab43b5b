// A lock on a file that one process holds until it gives it back, or ends in any way.
//
// The kernel keeps the lock and drops it with the process, so nobody has to judge whether its holder lives: a process number says
// nothing between containers that share a volume, nor after the machine was started anew. Node has no call for such locks, but
// SQLite is part of it and takes one for an exclusive transaction (https://www.sqlite.org/lockingv3.html). The database is an
// empty file, and nothing is ever written to it.
//
// Always holds:
// - Of those who try at once exactly one gets the lock. Who tries gives up only while another one holds it or is about to; of
//   those who are about to, the last one that is left gets it.
// - The file stays when the lock is given back. If it were removed, one process could hold the old file and one the new.
// - Nothing but this file opens a lock file: a process that closes any descriptor of it loses its lock (fcntl(2), POSIX).

import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { AppError } from "./app-error.ts";

/** How long one try waits for those who only look whether the lock is held; they need microseconds. */
const TRY_MS_MAX = 50;
const TRIES_MAX = 200;

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html). */
const BUSY = 5;
const CANNOT_OPEN = 14;

/**
 * Takes the lock, or finds that another one has it. It lasts for as long as the returned function is kept, and is given back by
 * calling it.
 * @throws AppError `bad_configuration` where the file system has no locks, or the file can't be made
 */
export function tryLockFile(file: string): (() => void) | undefined {
  for (let tried = 0; tried < TRIES_MAX; tried++) {
    if (isLocked(file)) return undefined;
    const database = takeLock(file);
    if (database) return () => void (database.isOpen && database.close());
  }
  throw new AppError("conflict", `${file} is looked at too often to be locked.`, { retry: true });
}

/** Whether a process holds the lock; not so where the file is missing. */
export function isLocked(file: string): boolean {
  if (!existsSync(file)) return false;
  try {
    using database = new DatabaseSync(file, { readOnly: true });
    database.prepare("PRAGMA user_version").get();
    return false;
  } catch (error) {
    const result = resultOf(error);
    if (result === BUSY) return true;
    if (result === CANNOT_OPEN && !existsSync(file)) return false;
    throw cannotLock(file, error);
  }
}

/** Undefined while another one has the lock or looks at it. */
function takeLock(file: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: TRY_MS_MAX });
    // A journal on disk would be taken, after a kill, for changes that have to be undone.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database?.close();
    if (resultOf(error) === BUSY) return undefined;
    throw cannotLock(file, error);
  }
}

/** The primary code of what SQLite threw: the low byte of the extended one. */
function resultOf(error: unknown): number | undefined {
  const isCoded = error instanceof Error && "errcode" in error && typeof error.errcode === "number";
  return isCoded ? Number(error.errcode) & 0xff : undefined;
}

function cannotLock(file: string, cause: unknown): AppError {
  const message = `${file} can't be locked. The data directory needs a file system that can be written and has locks.`;
  return new AppError("bad_configuration", message, { cause });
}
