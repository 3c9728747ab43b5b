// What the writer asks of a disk. Stated apart, because a disk that does not keep what it took, or never says whether it did,
// can't be had where tests run; a full one can.

import { close, fdatasync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { promisify } from "node:util";

export interface SpoolDisk {
  /** Makes a file and returns its descriptor; fails where there is one. */
  create(file: string): number;
  /** Hands `bytes` from `start` on to the kernel, behind what was written before. Returns how many it took. */
  write(descriptor: number, bytes: Buffer, start: number): number;
  /** What the kernel has of a file. */
  read(file: string): Buffer;
  /** Resolves when what was written is on the disk. It runs in a thread, and may take any time. */
  sync(descriptor: number): Promise<void>;
  /** Does not wait for a disk that is slow to close. */
  close(descriptor: number): void;
  /** Fails where a file can't be made and written now. Leaves none behind. */
  try(file: string): void;
}

const TRIED_BYTES = 4096;

export const systemDisk: SpoolDisk = {
  create: (file) => openSync(file, "wx", 0o600),
  write: (descriptor, bytes, start) => writeSync(descriptor, bytes, start),
  read: (file) => readFileSync(file),
  sync: promisify(fdatasync),
  // What was synced can't be lost by closing, and what was not is written again.
  close: (descriptor) => close(descriptor, () => undefined),
  try(file) {
    try {
      writeFileSync(file, Buffer.alloc(TRIED_BYTES), { mode: 0o600 });
    } finally {
      rmSync(file, { force: true });
    }
  },
};
