// What a PostgreSQL server says of itself in the file `postmaster.pid` of its folder, and what is done about a server that was
// left behind. The file's lines: https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/utils/pidfile.h

import { execFileSync } from "node:child_process";
import { readlinkSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../app-error.ts";
import { isSystemError, readIfPresent } from "../data-directory.ts";

const FILE = "postmaster.pid";
const STATUS_LINE = 7;
const POLL_MS = 10;
const ORPHAN_STOP_MS_MAX = 30_000;

export interface Postmaster {
  pid: number;
  isReady: boolean;
}

/** Undefined where there is no file, or not yet a complete one. */
export function readPostmaster(folder: string): Postmaster | undefined {
  const lines = readIfPresent(join(folder, FILE))?.split("\n") ?? [];
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, isReady: lines[STATUS_LINE]?.trim() === "ready" } : undefined;
}

/**
 * Ends a server that outlived its Assay, and forgets one that was killed: its number may be another process's by now, and a
 * new server would take that one for it and refuse to start.
 * @throws AppError `data_directory_locked` when it does not stop
 */
export async function endOrphan(folder: string): Promise<void> {
  const deadline = Date.now() + ORPHAN_STOP_MS_MAX;
  for (let isAsked = false; ; isAsked = true) {
    const left = readPostmaster(folder);
    if (!left || !isServerOf(left.pid, folder)) break;
    if (Date.now() > deadline) {
      const message = `PostgreSQL (process ${left.pid}) has ${folder} open and does not stop. Stop it.`;
      throw new AppError("data_directory_locked", message);
    }
    if (!isAsked) signalIfRunning(left.pid, "SIGINT");
    await sleep(POLL_MS);
  }
  rmSync(join(folder, FILE), { force: true });
}

export function signalIfRunning(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!isSystemError(error) || error.code !== "ESRCH") throw error;
  }
}

/** A server works in its folder (Linux), and names it on its command line (elsewhere, where it is never another user). */
function isServerOf(pid: number, folder: string): boolean {
  try {
    if (process.platform === "linux") return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder);
    const command = execFileSync("ps", ["-p", String(pid), "-o", "command="], { encoding: "utf8" });
    return command.includes(folder);
  } catch {
    // There is no such process.
    return false;
  }
}
