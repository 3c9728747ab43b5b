// The data directory: mode 0700, one owner at a time, and the secrets that Assay makes for itself on first start.

import { chmodSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { AppError } from "./app-error.ts";
import { isLocked, tryLockFile } from "./file-lock.ts";

const LOCK_FILE = "owner.lock";
/** Holds the owner's process number, for the message to whoever comes second. */
const OWNER_FILE = "owner.pid";
const SECRET_BYTES = 32;

export function makeDataDirectory(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chmodSync(dataDir, 0o700);
}

/**
 * Makes this process the owner of a data directory until it calls the returned function, or ends in any way.
 * @throws AppError `data_directory_locked` when another process owns it
 */
export function lockDataDirectory(dataDir: string): () => void {
  const unlock = tryLockFile(join(dataDir, LOCK_FILE));
  const ownerFile = join(dataDir, OWNER_FILE);
  if (!unlock) {
    const pid = readIfPresent(ownerFile) ?? "unknown";
    const message = `Another Assay (process ${pid}) is using ${dataDir}. Stop it, or set ASSAY_DATA to another directory.`;
    throw new AppError("data_directory_locked", message);
  }
  replaceFile(ownerFile, String(process.pid));
  return () => {
    rmSync(ownerFile, { force: true });
    unlock();
  };
}

/** Whether a process owns the data directory. */
export function isOwned(dataDir: string): boolean {
  return isLocked(join(dataDir, LOCK_FILE));
}

/** A secret of 256 bits that is made on first use and stays the same. */
export function readOrMakeSecret(dataDir: string, name: string): string {
  const file = join(dataDir, name);
  // Looked for first, so that a gateway starts on a full disk.
  const made = readIfPresent(file);
  if (made !== undefined) return made;
  const draft = `${file}.${randomUUID()}`;
  try {
    writeFileSync(draft, randomBytes(SECRET_BYTES).toString("base64url"), { mode: 0o600 });
    tryLink(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, "utf8");
}

/**
 * Replaces a file at once: a reader sees the old content or the new, and never a part. The new content is on the disk before
 * it takes the name, so a power cut leaves one of the two as well, and no empty file.
 */
export function replaceFile(file: string, content: string): void {
  const draft = `${file}.${randomUUID()}`;
  try {
    writeFileSync(draft, content, { mode: 0o600, flush: true });
    renameSync(draft, file);
  } catch (error) {
    // On a full disk every try would leave another one behind.
    rmSync(draft, { force: true });
    throw error;
  }
}

/** A file's text, or undefined where there is no such file. */
export function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return undefined;
    throw error;
  }
}

export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (isSystemError(error) && error.code === "EEXIST") return false;
    throw error;
  }
}
