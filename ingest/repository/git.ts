// Asks the `git` of this machine about a repository. It changes nothing there: it takes no lock even for what only refreshes a cache.

import { execFile, type ExecFileException } from "node:child_process";
import { AppError } from "../../schemas/app-error.ts";

/** Of one answer. A blame of a file of 100,000 lines has 12 MB. */
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;
const ANSWER_MS_MAX = 120_000;

export type Git = (args: readonly string[], input?: string) => Promise<string>;

/**
 * @param folder in the repository, or of a bare one
 * @returns what asks: the standard output. It throws AppError `bad_request` with what git says when git says no
 */
export function openRepository(folder: string): Git {
  return (args, input = "") => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const child = execFile(
      "git",
      ["-C", folder, "--no-pager", "--no-optional-locks", "-c", "core.quotePath=false", ...args],
      { maxBuffer: ANSWER_BYTES_MAX, timeout: ANSWER_MS_MAX, encoding: "utf8" },
      (error, stdout, stderr) => (error ? reject(toAppError(error, { folder, stderr })) : resolve(stdout)),
    );
    // A git that ends before it has read all of its input has said why.
    child.stdin?.on("error", () => undefined).end(input);
    return promise;
  };
}

function toAppError(
  error: ExecFileException,
  { folder, stderr }: { folder: string; stderr: string },
): AppError {
  const [first = ""] = stderr.trim().split("\n");
  const sentence =
    error.code === "ENOENT"
      ? "There is no git on this machine, or no such folder. Install git, or name the folder of a clone."
      : `git could not answer in ${folder}: ${first === "" ? error.message : first}`;
  return new AppError("bad_request", sentence, { cause: error });
}
