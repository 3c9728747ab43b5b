// Writes records so that they outlive the process. `append` collects what one turn of the event loop brings and hands it to
// the kernel in one `write`; only then are the callers told, so a caller that waits before it answers its client can be
// killed the moment after without losing the record. The disk is asked to keep it (`fdatasync`) every 20 ms: a power cut can
// cost that much, a killed process nothing.
//
// A writer never opens an old segment again. It starts a folder of its own, so its numbers have no gaps, and leaves the
// folder to the reader, which removes what has been delivered.

import {
  closeSync,
  fdatasync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Logger } from "pino";
import { AppError } from "../../schemas/app-error.ts";
import { ownProcessIdentity } from "../../schemas/process-identity.ts";
import { encodeFrame, PAYLOAD_BYTES_MAX, SEGMENT_BYTES_MAX, segmentName, WRITER_FILE } from "./format.ts";

const SYNC_INTERVAL_MS = 20;

const syncToDisk = promisify(fdatasync);

/** Told once the kernel has the record, or why it has not. */
export type Written = (failure: AppError | undefined) => void;

interface Waiting {
  frame: Buffer;
  written: Written;
}

export class SpoolWriter {
  /** Which writer this is; its folder's name and every event's `gateway_id`. */
  readonly writerId: string;
  readonly #log: Logger;
  readonly #folder: string;
  #sequence = 0;
  #segment = 1;
  #segmentBytes = 0;
  #file: number;
  #waiting: Waiting[] = [];
  #syncTimer: NodeJS.Timeout | undefined;
  #synced = Promise.resolve();

  constructor(log: Logger, { spoolDir, writerId }: { spoolDir: string; writerId: string }) {
    this.writerId = writerId;
    this.#log = log;
    this.#folder = makeWriterFolder(spoolDir, writerId);
    this.#file = openSegment(this.#folder, this.#segment);
  }

  /** The next of this writer's gapless numbers. */
  nextSequence(): number {
    this.#sequence++;
    return this.#sequence;
  }

  /** Takes one record, at most PAYLOAD_BYTES_MAX as JSON. `written` is called within this turn of the event loop. */
  append(record: object, written: Written): void {
    const frame = encodeFrame(JSON.stringify(record));
    if (frame.length > PAYLOAD_BYTES_MAX) {
      written(new AppError("too_large", `A record of ${frame.length} bytes is over the spool's limit.`));
      return;
    }
    if (this.#waiting.push({ frame, written }) === 1) setImmediate(() => this.#flush());
  }

  /** Writes and syncs what is left. Nothing may be appended afterwards. */
  async close(): Promise<void> {
    this.#flush();
    clearTimeout(this.#syncTimer);
    await this.#sync(this.#file);
    closeSync(this.#file);
  }

  #flush(): void {
    const batch = this.#waiting;
    if (batch.length === 0) return;
    this.#waiting = [];
    const failure = this.#write(batch.map(({ frame }) => frame));
    for (const { written } of batch) written(failure);
  }

  #write(frames: readonly Buffer[]): AppError | undefined {
    try {
      if (this.#segmentBytes >= SEGMENT_BYTES_MAX) this.#roll();
      this.#segmentBytes += writeWhole(this.#file, Buffer.concat(frames));
      this.#syncTimer ??= setTimeout(() => {
        this.#syncTimer = undefined;
        void this.#sync(this.#file);
      }, SYNC_INTERVAL_MS);
      return undefined;
    } catch (error) {
      // What was written of the batch may end in the middle of a frame, so nothing may follow it in this segment. An empty
      // one is kept: on a full disk, every try would leave another one behind.
      if (fstatSync(this.#file).size > 0) this.#segmentBytes = SEGMENT_BYTES_MAX;
      this.#log.error({ err: error, records: frames.length }, "the spool could not be written");
      return new AppError("unavailable", `The spool in ${this.#folder} could not be written.`, {
        retry: true,
        cause: error,
      });
    }
  }

  #roll(): void {
    const full = this.#file;
    this.#file = openSegment(this.#folder, this.#segment + 1);
    this.#segment++;
    this.#segmentBytes = 0;
    void this.#sync(full).then(() => closeSync(full));
  }

  /** One sync after the other, so that no file is closed while one is under way. */
  #sync(file: number): Promise<void> {
    this.#synced = this.#synced
      .then(() => syncToDisk(file))
      .catch((error: unknown) => this.#log.error({ err: error }, "the spool could not be synced"));
    return this.#synced;
  }
}

/** The folder gets its name when the writer's identity is in it: a reader never takes a folder for an orphan by mistake. */
function makeWriterFolder(spoolDir: string, writerId: string): string {
  const draft = join(spoolDir, `.${writerId}`);
  const folder = join(spoolDir, writerId);
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  writeFileSync(join(draft, WRITER_FILE), JSON.stringify(ownProcessIdentity()), { mode: 0o600 });
  renameSync(draft, folder);
  return folder;
}

function openSegment(folder: string, segment: number): number {
  return openSync(join(folder, segmentName(segment)), "wx", 0o600);
}

/** `write` may take less than it was given, on a disk that is filling up. */
function writeWhole(file: number, bytes: Buffer): number {
  let done = 0;
  while (done < bytes.length) done += writeSync(file, bytes, done);
  return done;
}
