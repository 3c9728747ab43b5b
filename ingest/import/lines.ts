// The lines of a file, of a gzip file, or of standard input, with their numbers; bounded in memory.

import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { AppError, errorMessage } from "../../schemas/app-error.ts";

/** @throws AppError `bad_request` when the file can't be read */
export async function* readLines(
  name: string,
  { cwd, stdin }: { cwd: string; stdin: Readable },
): AsyncGenerator<{ number: number; text: string }> {
  const source = name === "-" ? stdin : createReadStream(resolve(cwd, name));
  const input = name.endsWith(".gz") ? source.pipe(createGunzip()) : source;
  let failure: unknown;
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  for (const stream of new Set([source, input])) {
    stream.on("error", (error) => {
      failure ??= error;
      lines.close();
    });
  }
  let number = 0;
  for await (const text of lines) {
    number++;
    if (text.trim() !== "") yield { number, text };
  }
  if (failure !== undefined) {
    throw new AppError("bad_request", `${name} could not be read: ${errorMessage(failure)}`, {
      cause: failure,
    });
  }
}
