// The lines of a file, of a compressed file, or of standard input, with their numbers. No more than one line is held, and none that
// is longer than LINE_BYTES_MAX: of such a one only its number is told.

import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { pipeline, type Readable, type Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { AppError, errorMessage } from "../../schemas/app-error.ts";

/** An event has 4 KB. Transcripts hold pictures and whole files in a line; larger ones than this were never seen. */
export const LINE_BYTES_MAX = 32 * 1024 * 1024;

const LINE_FEED = 0x0a;

/** `text`: undefined where the line is too long. */
export interface Line {
  number: number;
  text: string | undefined;
}

/** Of one of several files. */
export interface FileLine extends Line {
  file: string;
}

export const TOO_LONG = `longer than ${LINE_BYTES_MAX / 1024 / 1024} MB`;

/**
 * The lines of files, one file after the other.
 * @throws AppError `bad_request` when none is named or one can't be read, and what `signal` says when the caller has gone
 */
export async function* readFiles(
  names: readonly string[],
  io: { cwd: string; stdin: Readable; signal: AbortSignal },
): AsyncGenerator<FileLine> {
  if (names.length === 0)
    throw new AppError("bad_request", "Name at least one file, or - for standard input.");
  for (const file of names) {
    for await (const line of readLines(file, io)) {
      io.signal.throwIfAborted();
      yield { file, ...line };
    }
  }
}

/** Empty lines are left out. @throws AppError `bad_request` when the file can't be read */
export async function* readLines(
  name: string,
  { cwd, stdin }: { cwd: string; stdin: Readable },
): AsyncGenerator<Line> {
  const source = name === "-" ? stdin : createReadStream(resolve(cwd, name));
  try {
    yield* splitLines(unpack(source, name));
  } catch (error) {
    throw new AppError("bad_request", `${name} could not be read: ${errorMessage(error)}`, { cause: error });
  } finally {
    if (source !== stdin) source.destroy();
  }
}

/** What breaks either stream reaches whoever reads the last one. */
function unpack(source: Readable, name: string): Readable {
  const unpacker = unpackerOf(name);
  return unpacker ? pipeline(source, unpacker, () => undefined) : source;
}

function unpackerOf(name: string): Transform | undefined {
  if (name.endsWith(".gz")) return createGunzip();
  return name.endsWith(".zst") ? createZstdDecompress() : undefined;
}

async function* splitLines(chunks: AsyncIterable<Buffer | string>): AsyncGenerator<Line> {
  const line = createLineBuffer();
  let number = 1;
  for await (const chunk of chunks) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
      line.add(bytes.subarray(start, end));
      const text = line.take();
      if (text?.trim() !== "") yield { number, text };
      number++;
      start = end + 1;
    }
    line.add(bytes.subarray(start));
  }
  const text = line.take();
  if (text?.trim() !== "") yield { number, text };
}

/** Collects the pieces of one line; lets go of them once there are too many. */
function createLineBuffer(): { add(piece: Buffer): void; take(): string | undefined } {
  let pieces: Buffer[] = [];
  let bytes = 0;
  return {
    add(piece) {
      bytes += piece.length;
      if (bytes > LINE_BYTES_MAX) pieces = [];
      else if (piece.length > 0) pieces.push(piece);
    },
    take() {
      const text = bytes > LINE_BYTES_MAX ? undefined : Buffer.concat(pieces).toString("utf8");
      pieces = [];
      bytes = 0;
      return text;
    },
  };
}
