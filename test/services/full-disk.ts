// A disk that is full, for this process alone: Linux is told to let no file of it grow, and `write` fails like at the end of a
// disk, after as many bytes as still fit. (setrlimit(2), RLIMIT_FSIZE; Node ignores the signal that comes with it.)

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

const PRLIMIT = "/usr/bin/prlimit";

/** Whether this machine can do it. */
export const canFillDisk = existsSync(PRLIMIT);

/** No file grows beyond `fileBytesMax` from here on, until the returned function is called. */
export function fillDisk(fileBytesMax: number): () => void {
  setFileBytesMax(String(fileBytesMax));
  return () => setFileBytesMax("unlimited");
}

/** The soft limit only, so that it can be lifted again. */
function setFileBytesMax(limit: string): void {
  execFileSync(PRLIMIT, ["--pid", String(process.pid), `--fsize=${limit}:`]);
}
