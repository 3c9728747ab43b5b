// A writer's segments on disk: where frames go, and how they get from the kernel to the disk.
//
// Frames are written to the kernel at once and synced in groups, one sync after the other: while one is under way the next waits,
// so a disk that is slow or stuck holds one thread, and no call. What the kernel has and the disk may not have is limited; beyond
// that nothing more is taken. When a sync fails, the kernel may keep what it could not write for a while, and say of the next sync
// that it succeeded (fsync(2), "Can Applications Recover from fsync Failures?", USENIX ATC 2020). So what was not synced is
// copied to a new segment, and that is synced; the reader then finds it twice, which counts once.
//
// Nothing follows a write that failed in its segment: it may have ended in the middle of a frame.

import { join } from "node:path";
import type { Logger } from "pino";
import { AppError } from "../../schemas/app-error.ts";
import type { SpoolDisk } from "./disk.ts";
import { decodeFrame, SEGMENT_BYTES_MAX, segmentName } from "./format.ts";

const SYNC_INTERVAL_MS = 20;
/** A sync that takes longer is told of, and then every LATE_AGAIN_MS. */
const LATE_MS = 1000;
const LATE_AGAIN_MS = 10_000;
/** Some 40,000 records. The kernel would hold writers up at a multiple of it (vm.dirty_ratio), and with them every call. */
const UNSYNCED_BYTES_MAX = 64 * 1024 * 1024;
/** Segments that were ended and not synced yet. Each holds a descriptor. */
const ENDED_SEGMENTS_MAX = 4;
const COPY_MS_MIN = 100;
const COPY_MS_MAX = 60_000;
/** A stuck disk must not keep a process from ending. */
const CLOSE_MS_MAX = 3000;
/** The second one copies what the first one failed to sync. */
const CLOSE_TRIES_MAX = 2;

interface Segment {
  number: number;
  descriptor: number;
  /** Of whole frames; a torn one may follow. */
  bytes: number;
  /** So many of them are on the disk. */
  syncedBytes: number;
  /** Whether nothing more may be written to it. */
  isEnded: boolean;
}

/** What the kernel has of the frames that it was handed: so many whole ones, and why not the others. */
export interface Taken {
  frames: number;
  bytes: number;
  cause: unknown;
}

export interface SegmentFilesOptions {
  folder: string;
  disk: SpoolDisk;
}

export class SegmentFiles {
  readonly #log: Logger;
  readonly #folder: string;
  readonly #disk: SpoolDisk;
  /** The number of the newest segment. */
  #number = 0;
  #current: Segment;
  /** Segments before the current one that still have to be synced. */
  #ended: Segment[] = [];
  #unsyncedBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #syncing: Promise<void> | undefined;
  /** Since when something waits for a sync that has not come. */
  #waitingSince: number | undefined;
  /** How long to wait before what was not synced is copied; 0 while nothing has to be. */
  #copyMs = 0;
  #isClosed = false;

  constructor(log: Logger, { folder, disk }: SegmentFilesOptions) {
    this.#log = log;
    this.#folder = folder;
    this.#disk = disk;
    this.#current = this.#create();
  }

  /** How long the disk has owed a sync, where that is longer than it should take; else 0. */
  get syncLateMs(): number {
    const waitedMs = this.#waitingSince === undefined ? 0 : performance.now() - this.#waitingSince;
    return waitedMs >= LATE_MS ? waitedMs : 0;
  }

  /** Hands frames to the kernel. */
  write(frames: readonly Buffer[]): Taken {
    let taken = 0;
    let cause: unknown;
    const bytes = Buffer.concat(frames);
    try {
      this.#makeReady();
      while (taken < bytes.length) taken += this.#disk.write(this.#current.descriptor, bytes, taken);
    } catch (error) {
      cause = error;
      // An empty segment is kept: on a full disk, every try would leave another one behind.
      this.#current.isEnded = this.#current.bytes + taken > 0;
    }
    const whole = cause === undefined ? { frames: frames.length, bytes: taken } : countWhole(frames, taken);
    if (whole.bytes > 0) {
      this.#current.bytes += whole.bytes;
      this.#unsyncedBytes += whole.bytes;
      this.#syncIn(SYNC_INTERVAL_MS);
    }
    return { ...whole, cause };
  }

  /** Throws where nothing could be written now. */
  try(): void {
    this.#refuseWhileLate();
    this.#disk.try(join(this.#folder, "try"));
  }

  /** Ends the current segment, so that the reader can remove it when all of it is delivered. */
  endSegment(): void {
    if (this.#current.bytes > 0) this.#roll();
  }

  /** Syncs what is left, if the disk does so in time. Nothing may be written afterwards. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const { promise: tooLate, resolve } = Promise.withResolvers<false>();
    const timer = setTimeout(resolve, CLOSE_MS_MAX, false);
    const isKept = await Promise.race([this.#finish(), tooLate]);
    clearTimeout(timer);
    if (isKept) return;
    this.#log.error(
      { bytes: this.#unsyncedBytes },
      "the spool was closed before the disk had kept all of it",
    );
  }

  async #finish(): Promise<boolean> {
    await this.#syncing;
    for (let tried = 0; tried < CLOSE_TRIES_MAX && this.#unsyncedBytes > 0; tried++) await this.#sync();
    for (const { descriptor } of [...this.#ended, this.#current]) this.#disk.close(descriptor);
    return this.#unsyncedBytes === 0;
  }

  #makeReady(): void {
    this.#refuseWhileLate();
    // On a disk that is stuck a full segment grows on: to make a file is to wait for the disk.
    const isFull = this.#current.bytes >= SEGMENT_BYTES_MAX && this.syncLateMs === 0;
    if (this.#current.isEnded || isFull) this.#roll();
  }

  #refuseWhileLate(): void {
    if (this.#unsyncedBytes < UNSYNCED_BYTES_MAX && this.#ended.length < ENDED_SEGMENTS_MAX) return;
    const seconds = Math.round(this.syncLateMs / 1000);
    throw new AppError("timeout", `The disk has not kept anything for ${seconds} s.`, { retry: true });
  }

  #roll(): void {
    const last = this.#current;
    this.#current = this.#create();
    if (last.bytes > last.syncedBytes) this.#ended.push(last);
    else this.#disk.close(last.descriptor);
  }

  #create(): Segment {
    const number = this.#number + 1;
    const descriptor = this.#disk.create(this.#fileOf(number));
    this.#number = number;
    return { number, descriptor, bytes: 0, syncedBytes: 0, isEnded: false };
  }

  #fileOf(number: number): string {
    return join(this.#folder, segmentName(number));
  }

  #syncIn(delayMs: number): void {
    if (this.#syncing || this.#isClosed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#syncing = this.#sync().finally(() => {
        this.#syncing = undefined;
        if (this.#unsyncedBytes > 0) this.#syncIn(Math.max(SYNC_INTERVAL_MS, this.#copyMs));
      });
    }, delayMs);
  }

  /** Brings everything that has been written by now to the disk, or sees to it that it is tried anew. Never rejects. */
  async #sync(): Promise<void> {
    this.#waitingSince ??= performance.now();
    const stopTelling = this.#tellWhenLate();
    try {
      if (this.#copyMs > 0) this.#copyUnsynced();
      for (const segment of [...this.#ended, this.#current]) await this.#syncSegment(segment);
      this.#waitingSince = undefined;
      this.#copyMs = 0;
    } catch (error) {
      this.#copyMs = Math.min(Math.max(COPY_MS_MIN, this.#copyMs * 2), COPY_MS_MAX);
      const place = { err: error, segment: this.#number, bytes: this.#unsyncedBytes };
      this.#log.error(
        place,
        "the disk did not keep what was written to the spool; it will be copied to a new segment",
      );
    } finally {
      stopTelling();
    }
  }

  async #syncSegment(segment: Segment): Promise<void> {
    const { bytes } = segment;
    if (bytes > segment.syncedBytes) await this.#disk.sync(segment.descriptor);
    this.#unsyncedBytes -= bytes - segment.syncedBytes;
    segment.syncedBytes = bytes;
    if (bytes === segment.bytes) this.#forget(segment);
  }

  /** Closes a segment that was ended. */
  #forget(segment: Segment): void {
    const at = this.#ended.indexOf(segment);
    if (at < 0) return;
    this.#ended.splice(at, 1);
    this.#disk.close(segment.descriptor);
  }

  /** From the kernel, which still has it, to a new segment. The old ones are left to the reader as they are. */
  #copyUnsynced(): void {
    this.#roll();
    const copy = this.#current;
    const suspects = [...this.#ended];
    try {
      for (const suspect of suspects) {
        const bytes = this.#readUnsynced(suspect);
        for (let taken = 0; taken < bytes.length;) taken += this.#disk.write(copy.descriptor, bytes, taken);
        copy.bytes += bytes.length;
      }
    } catch (error) {
      // Half a copy is worth nothing, and is not copied itself the next time.
      copy.isEnded = true;
      copy.syncedBytes = copy.bytes;
      throw error;
    }
    for (const suspect of suspects) this.#forget(suspect);
    this.#unsyncedBytes = copy.bytes;
  }

  /** Whole frames. A file system may have gone back to what was there before; the reader will find the same gap. */
  #readUnsynced({ number, bytes, syncedBytes }: Segment): Buffer {
    const found = this.#disk.read(this.#fileOf(number)).subarray(syncedBytes, bytes);
    let whole = 0;
    for (let frame = decodeFrame(found, 0); frame.state === "whole"; frame = decodeFrame(found, whole))
      whole += frame.bytes;
    if (whole < bytes - syncedBytes) {
      const place = { segment: number, bytes: bytes - syncedBytes - whole };
      this.#log.error(place, "the disk has lost records of the spool");
    }
    return found.subarray(0, whole);
  }

  #tellWhenLate(): () => void {
    const tell = (): void => {
      const place = { lateMs: Math.round(this.syncLateMs), bytes: this.#unsyncedBytes };
      this.#log.error(place, "the disk is late to keep what was written to the spool");
      timer = setTimeout(tell, LATE_AGAIN_MS).unref();
    };
    let timer = setTimeout(tell, LATE_MS).unref();
    return () => clearTimeout(timer);
  }
}

function countWhole(frames: readonly Buffer[], bytesMax: number): { frames: number; bytes: number } {
  let bytes = 0;
  let whole = 0;
  for (const { length } of frames) {
    if (bytes + length > bytesMax) break;
    bytes += length;
    whole++;
  }
  return { frames: whole, bytes };
}
