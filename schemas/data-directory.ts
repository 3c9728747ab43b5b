// The data directory: mode 0700, one owner at a time, and the secrets that Assay makes for itself on first start.

import { chmodSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { AppError } from "./app-error.ts";
import {
  isAlive,
  ownProcessIdentity,
  parseProcessIdentity,
  type ProcessIdentity,
} from "./process-identity.ts";

const LOCK_FILE = "owner.json";
const LOCK_TRIES_MAX = 5;
const SECRET_BYTES = 32;

export function makeDataDirectory(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chmodSync(dataDir, 0o700);
}

/**
 * Makes this process the owner of a data directory until it calls the returned function, or ends in any way.
 * @throws AppError `data_directory_locked` when another living process owns it
 */
export function lockDataDirectory(dataDir: string): () => void {
  const lock = join(dataDir, LOCK_FILE);
  // The content is complete before the name exists, and `link` fails where the name is taken: no reader sees half of it.
  const draft = `${lock}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify(ownProcessIdentity()), { mode: 0o600 });
  try {
    for (let tried = 0; tried < LOCK_TRIES_MAX; tried++) {
      if (tryLink(draft, lock)) return () => rmSync(lock, { force: true });
      const owner = readOwner(dataDir);
      if (owner && isAlive(owner)) {
        const message = `Another Assay (process ${owner.pid}) is using ${dataDir}. Stop it, or set ASSAY_DATA to another directory.`;
        throw new AppError("data_directory_locked", message);
      }
      rmSync(lock, { force: true });
    }
    throw new AppError(
      "data_directory_locked",
      `${lock} keeps coming back. Remove it if no Assay is running.`,
    );
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Whether a living process owns the data directory. */
export function isOwned(dataDir: string): boolean {
  const owner = readOwner(dataDir);
  return owner !== undefined && isAlive(owner);
}

/** The process that owns a data directory, whether it lives or not; undefined when nobody ever did. */
function readOwner(dataDir: string): ProcessIdentity | undefined {
  return parseProcessIdentity(readIfPresent(join(dataDir, LOCK_FILE)));
}

/** A secret of 256 bits that is made on first use and stays the same. */
export function readOrMakeSecret(dataDir: string, name: string): string {
  const file = join(dataDir, name);
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, randomBytes(SECRET_BYTES).toString("base64url"), { mode: 0o600 });
  tryLink(draft, file);
  rmSync(draft);
  return readFileSync(file, "utf8");
}

/**
 * Replaces a file at once: a reader sees the old content or the new, and never a part. The new content is on the disk before
 * it takes the name, so a power cut leaves one of the two as well, and no empty file.
 */
export function replaceFile(file: string, content: string): void {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, content, { mode: 0o600, flush: true });
  renameSync(draft, file);
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
