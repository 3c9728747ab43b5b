// What a process has used, as the kernel counts it, all threads together. Linux tells it in /proc; elsewhere `ps` does, which
// on macOS counts processor time in hundredths of a second as well.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** USER_HZ, which Linux promises to programs whatever the kernel's own clock is (proc_pid_stat(5)). */
const TICKS_PER_SECOND = 100;

/** User and system time since the process began, in seconds. */
export function cpuSeconds(pid: number): number {
  if (process.platform !== "linux") {
    const parts = ps(pid, "time").split(":").map(Number);
    return parts.reduce((seconds, part) => seconds * 60 + part, 0);
  }
  // Fields 14 and 15. The second field may hold spaces and brackets, so it is cut off.
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Memory that is in use and in RAM, in megabytes. */
export function residentMb(pid: number): number {
  if (process.platform !== "linux") return Number(ps(pid, "rss")) / 1024;
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}

function ps(pid: number, field: string): string {
  return execFileSync("ps", ["-p", String(pid), "-o", `${field}=`], { encoding: "utf8" }).trim();
}
