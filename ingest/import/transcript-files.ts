// The transcripts below a folder, in the order of their paths. Links are not followed.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError, errorMessage } from "../../schemas/app-error.ts";
import type { TranscriptFormat } from "./transcript.ts";

/**
 * @param since files that were not written to since then are left out: all that they tell is older
 * @returns absolute paths
 * @throws AppError `bad_request` when a folder can't be read
 */
export async function findTranscripts(
  folder: string,
  format: TranscriptFormat,
  since: Date | undefined,
): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile() && format.isTranscript(entry.name))
      .map(({ parentPath, name }) => join(parentPath, name))
      .toSorted();
    if (since === undefined) return files;
    const written = await Promise.all(files.map(async (file) => (await stat(file)).mtime));
    return files.filter((_, at) => (written[at] ?? since) >= since);
  } catch (error) {
    throw new AppError("bad_request", `${folder} could not be read: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}
