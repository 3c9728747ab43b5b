// Writes records so that they outlive the process. `append` collects what one turn of the event loop brings and hands it to
// the kernel in one `write`; only then are the callers told, so a caller that waits before it answers its client can be
// killed the moment after without losing the record. The disk is asked to keep it every 20 ms (`segment-files.ts`): a power cut
// can cost that much, a killed process nothing.
//
// What can't be taken, because the disk or the spool is full, read-only, broken or stuck, is told to its caller, counted and
// logged (`losses.ts`). The writer goes on by itself: every record is tried, and while there are none, the disk is. It also begins
// on such a disk, because calls must not depend on it.
//
// A writer never opens an old segment again. It starts a folder of its own, so its numbers have no gaps, and leaves the
// folder to the reader, which removes what has been delivered. It holds the folder's lock for as long as it lives.

import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import { AppError } from "../../schemas/app-error.ts";
import { tryLockFile } from "../../schemas/file-lock.ts";
import { systemDisk, type SpoolDisk } from "./disk.ts";
import { encodeFrame, PAYLOAD_BYTES_MAX, WRITER_LOCK_FILE } from "./format.ts";
import { Losses, type LossMetrics } from "./losses.ts";
import { SpoolRoom } from "./room.ts";
import { SegmentFiles, type Taken } from "./segment-files.ts";

/** What waits for the end of the turn is written earlier where it comes to this. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;
/** How often a disk that failed is tried while there is nothing to write: a gateway that refuses calls gets none. */
const TRY_MS = 1000;

/** Told once the kernel has the record, or why it has not. */
export type Written = (failure: AppError | undefined) => void;

export interface SpoolWriterOptions {
  spoolDir: string;
  writerId: string;
  /** What all writers of the spool may take together. */
  bytesMax: number;
  metrics: LossMetrics;
  now?: () => number;
  disk?: SpoolDisk;
}

export interface SpoolState {
  /** Milliseconds since 1970; undefined: everything that came was taken. */
  failingSince: number | undefined;
  /** Records that were not taken since this writer began. */
  lostRecords: number;
  /** How long the disk has owed a sync, where that is longer than it should take; else 0. */
  syncLateMs: number;
}

interface Waiting {
  kind: string;
  frame: Buffer;
  written: Written;
}

export class SpoolWriter {
  /** Which writer this is; its folder's name and every event's `gateway_id`. */
  readonly writerId: string;
  readonly #log: Logger;
  readonly #spoolDir: string;
  readonly #disk: SpoolDisk;
  /** Made when the disk lets them be made: gives the lock of the writer's folder back. */
  #unlock: (() => void) | undefined;
  #files: SegmentFiles | undefined;
  readonly #room: SpoolRoom;
  readonly #losses: Losses;
  #sequence = 0;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #tryTimer: NodeJS.Timeout | undefined;

  constructor(log: Logger, options: SpoolWriterOptions) {
    const { spoolDir, writerId, bytesMax, metrics, now = Date.now, disk = systemDisk } = options;
    this.writerId = writerId;
    this.#log = log;
    this.#spoolDir = spoolDir;
    this.#disk = disk;
    this.#room = new SpoolRoom(log, { spoolDir, bytesMax, onFull: () => this.#endSegment() });
    this.#losses = new Losses(log, { metrics, now });
    try {
      this.#openFiles();
    } catch (error) {
      log.error({ err: error }, "the spool can't be written, and no call is recorded until it can");
      this.#fail();
    }
  }

  get state(): SpoolState {
    const { failingSince, lostRecords } = this.#losses;
    return { failingSince, lostRecords, syncLateMs: this.#files?.syncLateMs ?? 0 };
  }

  /** The next of this writer's gapless numbers. */
  nextSequence(): number {
    this.#sequence++;
    return this.#sequence;
  }

  /** Takes one record, at most PAYLOAD_BYTES_MAX as JSON. `written` is called within this turn of the event loop. */
  append(record: object, written: Written): void {
    const frame = encodeFrame(JSON.stringify(record));
    const kind = "record" in record ? String(record.record) : "unknown";
    if (frame.length > PAYLOAD_BYTES_MAX) {
      const failure = new AppError(
        "too_large",
        `A record of ${frame.length} bytes is over the spool's limit.`,
      );
      this.#lose([{ kind, frame, written }], failure);
      return;
    }
    if (this.#waiting.push({ kind, frame, written }) === 1) setImmediate(() => this.#flush());
    this.#waitingBytes += frame.length;
    if (this.#waitingBytes >= WAITING_BYTES_MAX) this.#flush();
  }

  /** Writes and syncs what is left. Nothing may be appended afterwards. */
  async close(): Promise<void> {
    this.#flush();
    clearTimeout(this.#tryTimer);
    this.#room.close();
    this.#losses.close();
    await this.#files?.close();
    this.#unlock?.();
  }

  #flush(): void {
    const batch = this.#waiting;
    if (batch.length === 0) return;
    this.#waiting = [];
    this.#waitingBytes = 0;
    const { frames, bytes, cause } = this.#write(batch.map(({ frame }) => frame));
    this.#room.take(bytes);
    const lost = batch.splice(frames);
    for (const { written } of batch) written(undefined);
    if (lost.length === 0) {
      this.#losses.end();
      return;
    }
    this.#fail();
    const message = `The spool in ${this.#spoolDir} could not be written.`;
    this.#lose(lost, new AppError("unavailable", message, { retry: true, cause }));
  }

  #write(frames: readonly Buffer[]): Taken {
    try {
      if (this.#room.isFull) throw new AppError("unavailable", "The spool has reached its limit.");
      return this.#openFiles().write(frames);
    } catch (cause) {
      return { frames: 0, bytes: 0, cause };
    }
  }

  #openFiles(): SegmentFiles {
    const folder = join(this.#spoolDir, this.writerId);
    this.#unlock ??= makeWriterFolder(this.#spoolDir, this.writerId);
    this.#files ??= new SegmentFiles(this.#log, { folder, disk: this.#disk });
    return this.#files;
  }

  #fail(): void {
    this.#losses.begin();
    this.#tryTimer ??= setTimeout(() => this.#tryAgain(), TRY_MS).unref();
  }

  #lose(lost: readonly Waiting[], failure: AppError): void {
    this.#losses.add(
      lost.map(({ kind }) => kind),
      failure,
    );
    for (const { written } of lost) written(failure);
  }

  #tryAgain(): void {
    this.#tryTimer = undefined;
    if (this.#losses.failingSince === undefined) return;
    try {
      this.#openFiles().try();
      if (!this.#room.isFull) {
        this.#losses.end();
        return;
      }
    } catch (error) {
      this.#log.debug({ err: error }, "the spool can't be written yet");
    }
    this.#tryTimer = setTimeout(() => this.#tryAgain(), TRY_MS).unref();
  }

  #endSegment(): void {
    try {
      this.#files?.endSegment();
    } catch (error) {
      this.#log.debug({ err: error }, "a segment could not be ended yet");
    }
  }
}

/** The folder gets its name when its lock is held: a reader never takes a folder for an orphan by mistake. */
function makeWriterFolder(spoolDir: string, writerId: string): () => void {
  const draft = join(spoolDir, `.${writerId}`);
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  const unlock = tryLockFile(join(draft, WRITER_LOCK_FILE));
  if (!unlock) throw new AppError("conflict", `There is another writer ${writerId} in ${spoolDir}.`);
  try {
    renameSync(draft, join(spoolDir, writerId));
    return unlock;
  } catch (error) {
    unlock();
    throw error;
  }
}
