// Tells one process from another that later got the same number. In a container a restarted process usually has the number
// of the one before, so a number alone would let a dead owner look alive for ever. The number and the time at which the
// kernel started the process are never the same twice between two boots.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { z } from "zod";

const processIdentitySchema = z.object({ pid: z.int().positive(), startedAt: z.string() });
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

export function ownProcessIdentity(): ProcessIdentity {
  const startedAt = processStart(process.pid);
  return { pid: process.pid, startedAt: startedAt ?? "unknown" };
}

/** What a process wrote of itself; undefined where there is nothing, or what a power cut left of it. */
export function parseProcessIdentity(content: string | undefined): ProcessIdentity | undefined {
  try {
    return processIdentitySchema.safeParse(JSON.parse(content ?? "")).data;
  } catch {
    return undefined;
  }
}

/** Whether the process that called itself so is still there. */
export function isAlive(identity: ProcessIdentity): boolean {
  return processStart(identity.pid) === identity.startedAt;
}

/** When the kernel started a process, in whatever unit the system uses; undefined where there is no such process. */
function processStart(pid: number): string | undefined {
  return process.platform === "linux" ? linuxProcessStart(pid) : portableProcessStart(pid);
}

/** Field 22 of /proc/PID/stat, clock ticks since boot. The second field may hold spaces and brackets, so it is cut off. */
function linuxProcessStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const isGone = state === "Z" || state === "X";
    return isGone ? undefined : rest[18];
  } catch {
    return undefined;
  }
}

function portableProcessStart(pid: number): string | undefined {
  try {
    return execFileSync("ps", ["-p", String(pid), "-o", "lstart="], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}
