// Decodes a copy of an encoded answer, so that it can be metered while the client gets the bytes as they came.
//
// The decoded size is bounded by DECODED_BYTES_MAX: a decompression bomb ends the metering of its call, and nothing else.

import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import type { Transform } from "node:stream";

/** Sixteen times the largest event or body that is ever kept. */
export const DECODED_BYTES_MAX = 512 * 1024 * 1024;

const DECODERS: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ["gzip", createGunzip],
  ["x-gzip", createGunzip],
  ["deflate", createInflate],
  ["br", createBrotliDecompress],
  ["zstd", createZstdDecompress],
]);

/** What a provider may be asked for, because it can be read here. */
export const DECODED_ENCODINGS: ReadonlySet<string> = new Set([...DECODERS.keys(), "identity"]);

export interface Decoder {
  /** Decodes a chunk; `done` is called when everything in it has been handed on, or decoding has failed. */
  write(chunk: Buffer, done: () => void): void;
  end(done: () => void): void;
  /** Nobody wants more; what still waited is told to go on. */
  destroy(): void;
}

/**
 * @param onData gets the decoded bytes
 * @param onFailure told once when the bytes are not what the header says, or too many; nothing follows
 * @returns undefined for an encoding that is not decoded here
 */
export function createDecoder(
  encoding: string,
  onData: (bytes: Buffer) => void,
  onFailure: (reason: string) => void,
): Decoder | undefined {
  const create = DECODERS.get(encoding.trim().toLowerCase());
  if (!create) return undefined;
  const transform = create();
  let decodedBytes = 0;
  /** The encoding's own end has come, or a failure: nothing that follows is looked at, nor would it be taken. */
  let isOver = false;
  let pending: (() => void) | undefined;

  function settle(): void {
    const done = pending;
    pending = undefined;
    done?.();
  }

  function fail(reason: string): void {
    if (isOver) return;
    isOver = true;
    transform.destroy();
    onFailure(reason);
    settle();
  }

  transform.on("data", (bytes: Buffer) => {
    decodedBytes += bytes.length;
    if (decodedBytes > DECODED_BYTES_MAX) fail(`more than ${DECODED_BYTES_MAX} decoded bytes`);
    else if (!isOver) onData(bytes);
  });
  transform.on("error", () => fail(`not ${encoding}`));
  // Node's decoders never call back for what is written behind the end.
  transform.on("end", () => {
    isOver = true;
    settle();
  });

  return {
    write(chunk, done) {
      if (isOver) return done();
      pending = done;
      transform.write(chunk, settle);
    },
    end(done) {
      if (isOver) return done();
      pending = done;
      transform.end();
    },
    destroy() {
      isOver = true;
      transform.destroy();
      settle();
    },
  };
}
