// The lines of a file, of a gzip file, or of standard input, with their numbers; bounded in memory.

import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { AppError, errorMessage } from "../../schemas/app-error.ts";

/** @throws AppError `bad_request` when the file can't be read */
export async function* readLines(
  name: string,
  { cwd, stdin }: { cwd: string; stdin: Readable },
): AsyncGenerator<{ number: number; text: string }> {
  const source = name === "-" ? stdin : createReadStream(resolve(cwd, name));
  const input = name.endsWith(".gz") ? unpack(source) : source;
  let number = 0;
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++;
      if (text.trim() !== "") yield { number, text };
    }
  } catch (error) {
    throw new AppError("bad_request", `${name} could not be read: ${errorMessage(error)}`, { cause: error });
  } finally {
    if (source !== stdin) source.destroy();
  }
}

/** What breaks either stream reaches whoever reads the last one. */
function unpack(source: Readable): Readable {
  return pipeline(source, createGunzip(), () => undefined);
}
