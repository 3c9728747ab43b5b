// What can be seen of a spool from outside: how much of the disk it takes, how much of it waits for the next stage and since when,
// and whose it is. Cheap enough to be asked for every few seconds: it looks up the size of each segment, some 60 a gigabyte, and
// reads one record of each writer.

import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isSystemError } from "../../schemas/data-directory.ts";
import { isLocked } from "../../schemas/file-lock.ts";
import { spoolRecordSchema } from "../../schemas/spool-record.ts";
import {
  decodeFrame,
  HEADER_BYTES,
  PAYLOAD_BYTES_MAX,
  segmentName,
  segmentNumber,
  WRITER_LOCK_FILE,
} from "./format.ts";
import { readPosition, START } from "./position.ts";
import { listWriters } from "./reader.ts";

export interface SpoolFacts {
  /** Of the disk, over all writers. */
  bytes: number;
  /** Of records that the next stage has not acknowledged. */
  waitingBytes: number;
  /** When the call of the oldest of them began, in milliseconds since 1970; undefined where none waits. */
  oldestAtMs: number | undefined;
  livingWriters: number;
  /** Their folders are removed when all that is in them is delivered. */
  deadWriters: number;
}

export async function spoolFacts(spoolDir: string): Promise<SpoolFacts> {
  const facts: SpoolFacts = {
    bytes: await measureSpool(spoolDir),
    waitingBytes: 0,
    oldestAtMs: undefined,
    livingWriters: 0,
    deadWriters: 0,
  };
  for (const name of await ifPresent(Promise.try(listWriters, spoolDir), [])) {
    const folder = join(spoolDir, name);
    const { bytes, oldestAtMs } = await ifPresent(readBacklog(folder), NO_BACKLOG);
    facts.waitingBytes += bytes;
    facts.oldestAtMs = Math.min(facts.oldestAtMs ?? Infinity, oldestAtMs ?? Infinity);
    if (isLocked(join(folder, WRITER_LOCK_FILE))) facts.livingWriters++;
    else facts.deadWriters++;
  }
  return { ...facts, oldestAtMs: facts.oldestAtMs === Infinity ? undefined : facts.oldestAtMs };
}

/** Bytes of everything in a spool. */
export async function measureSpool(spoolDir: string): Promise<number> {
  let bytes = 0;
  for (const entry of await ifPresent(readdir(spoolDir, { withFileTypes: true }), [])) {
    if (!entry.isDirectory()) continue;
    const folder = join(spoolDir, entry.name);
    for (const name of await ifPresent(readdir(folder), [])) bytes += await sizeOf(join(folder, name));
  }
  return bytes;
}

interface Backlog {
  bytes: number;
  oldestAtMs: number | undefined;
}
const NO_BACKLOG: Backlog = { bytes: 0, oldestAtMs: undefined };

/** One writer's folder, from where the reader has got to. */
async function readBacklog(folder: string): Promise<Backlog> {
  const position = readPosition(folder) ?? START;
  const segments = (await readdir(folder))
    .map(segmentNumber)
    .filter((segment) => segment !== undefined)
    .filter((segment) => segment >= position.segment);
  const backlog = { ...NO_BACKLOG };
  for (const segment of segments.toSorted((a, b) => a - b)) {
    const file = join(folder, segmentName(segment));
    const offset = segment === position.segment ? position.offset : 0;
    backlog.bytes += Math.max(0, (await sizeOf(file)) - offset);
    if (backlog.bytes > 0) backlog.oldestAtMs ??= await readTime(file, offset);
  }
  return backlog;
}

/** When the call of the record at `offset` began; else, where that can't be read, when the file was last written to. */
async function readTime(file: string, offset: number): Promise<number> {
  const handle = await open(file);
  try {
    const bytes = Buffer.allocUnsafe(HEADER_BYTES + PAYLOAD_BYTES_MAX);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset);
    return timeOf(bytes.subarray(0, bytesRead)) ?? (await handle.stat()).mtimeMs;
  } finally {
    await handle.close();
  }
}

function timeOf(bytes: Buffer): number | undefined {
  const frame = decodeFrame(bytes, 0);
  if (frame.state !== "whole") return undefined;
  const record = spoolRecordSchema.safeParse(JSON.parse(frame.payload)).data;
  if (!record) return undefined;
  switch (record.record) {
    case "outcome":
      return Date.parse(record.outcome.occurred_at);
    case "features":
      return Date.parse(record.features.started_at);
    case "intent":
    case "event":
      return Date.parse(record.event.started_at);
    default:
      return record satisfies never;
  }
}

async function sizeOf(file: string): Promise<number> {
  return (await ifPresent(stat(file), undefined))?.size ?? 0;
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
