// Whether there is room for more in the spool: what all writers of a data directory take together has a limit, and the last of
// the disk is left alone, because the reader needs some to note what it has delivered, without which nothing can be removed.
//
// A writer counts its own bytes as it writes them, and looks at the whole every few seconds; nothing is looked up for a call. So
// the limit is exact for one writer, and passed by what the others write between two looks where there are several. Once it is
// reached nothing is taken until a tenth of it is free again, or else it would be reached again with the next record.

import { statfs } from "node:fs/promises";
import type { Logger } from "pino";
import { measureSpool } from "./facts.ts";

const RESUME_SHARE = 0.9;
const MEASURE_MS = 5000;
const MEASURE_MS_WHILE_FULL = 500;
/** What is left of the disk: so much of it, and at most so many bytes. */
const RESERVED_SHARE = 0.05;
const RESERVED_BYTES_MAX = 64 * 1024 * 1024;

export interface SpoolRoomOptions {
  spoolDir: string;
  bytesMax: number;
  /** Called whenever the spool was looked at, and is full. */
  onFull: () => void;
}

export class SpoolRoom {
  readonly #log: Logger;
  readonly #options: SpoolRoomOptions;
  #bytesMax: number;
  #measuredBytes = 0;
  #writtenBytes = 0;
  #isFull = false;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(log: Logger, options: SpoolRoomOptions) {
    this.#log = log;
    this.#options = options;
    this.#bytesMax = options.bytesMax;
    void this.#measure();
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** Counts what was written. */
  take(bytes: number): void {
    this.#writtenBytes += bytes;
    if (!this.#isFull && this.#measuredBytes + this.#writtenBytes >= this.#bytesMax) this.#fill();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #fill(): void {
    this.#isFull = true;
    this.#options.onFull();
    this.#measureIn(MEASURE_MS_WHILE_FULL);
  }

  #measureIn(delayMs: number): void {
    clearTimeout(this.#timer);
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.#measure(), delayMs).unref();
  }

  async #measure(): Promise<void> {
    const { spoolDir, bytesMax } = this.#options;
    const before = this.#writtenBytes;
    try {
      const { bavail, blocks, bsize } = await statfs(spoolDir);
      const reservedBytes = Math.min(RESERVED_BYTES_MAX, blocks * bsize * RESERVED_SHARE);
      this.#measuredBytes = await measureSpool(spoolDir);
      // What was written meanwhile may be counted twice, until the next time.
      this.#writtenBytes -= before;
      this.#bytesMax = Math.min(bytesMax, this.#measuredBytes + bavail * bsize - reservedBytes);
      this.#judge();
    } catch (error) {
      // Whoever closed the writer may have removed the spool since.
      if (!this.#isClosed) this.#log.error({ err: error }, "the size of the spool could not be seen");
    }
    this.#measureIn(this.#isFull ? MEASURE_MS_WHILE_FULL : MEASURE_MS);
  }

  #judge(): void {
    const bytes = this.#measuredBytes + this.#writtenBytes;
    this.#isFull = bytes >= this.#bytesMax * (this.#isFull ? RESUME_SHARE : 1);
    if (this.#isFull) this.#options.onFull();
  }
}
