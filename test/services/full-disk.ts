// A disk that is full, for one process alone: Linux is told to let no file of it grow, and `write` fails like at the end of a
// disk, after as many bytes as still fit. (setrlimit(2), RLIMIT_FSIZE; Node ignores the signal that comes with it.)

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

const PRLIMIT = "/usr/bin/prlimit";

/** Whether this machine can do it. */
export const canFillDisk = existsSync(PRLIMIT);

/** No file of the process grows beyond `fileBytesMax` from here on, until the returned function is called. */
export function fillDisk(fileBytesMax: number, pid = process.pid): () => void {
  setFileBytesMax(pid, String(fileBytesMax));
  return () => setFileBytesMax(pid, "unlimited");
}

/** The soft limit only, so that it can be lifted again. */
function setFileBytesMax(pid: number, limit: string): void {
  execFileSync(PRLIMIT, ["--pid", String(pid), `--fsize=${limit}:`]);
}
