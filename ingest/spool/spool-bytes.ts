// How much of the disk a spool takes, over all of its writers.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isSystemError } from "../../schemas/data-directory.ts";

/** Bytes of everything in a spool. Asks for the size of each segment, some 60 of them a gigabyte. */
export async function measureSpool(spoolDir: string): Promise<number> {
  let bytes = 0;
  for (const entry of await ifPresent(readdir(spoolDir, { withFileTypes: true }), [])) {
    if (entry.isDirectory()) bytes += await measureFolder(join(spoolDir, entry.name));
  }
  return bytes;
}

async function measureFolder(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await ifPresent(readdir(folder), []))
    bytes += (await ifPresent(stat(join(folder, name)), undefined))?.size ?? 0;
  return bytes;
}

/** The reader removes files and folders at any time. */
async function ifPresent<Value, Absent>(asked: Promise<Value>, absent: Absent): Promise<Value | Absent> {
  try {
    return await asked;
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return absent;
    throw error;
  }
}
