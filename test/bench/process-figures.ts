// What a process and those that it has started have used, as the kernel counts it, all threads together: a gateway's worker is a child
// of its supervisor. Linux tells it in /proc; elsewhere `ps` does, of the process alone, which on macOS counts processor time in
// hundredths of a second as well.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { sum } from "simple-statistics";

/** USER_HZ, which Linux promises to programs whatever the kernel's own clock is (proc_pid_stat(5)). */
const TICKS_PER_SECOND = 100;

/** A process, and all that came of it. Only its main thread starts any here. */
export function treeOf(pid: number): number[] {
  if (process.platform !== "linux") return [pid];
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return [pid, ...(children === "" ? [] : children.split(" ").map(Number)).flatMap(treeOf)];
}

/** User and system time since they began, in seconds. */
export function cpuSeconds(pid: number): number {
  return sum(treeOf(pid).map(ownCpuSeconds));
}

/** Memory that is in use and in RAM, in megabytes. */
export function residentMb(pid: number): number {
  return sum(treeOf(pid).map(ownResidentMb));
}

function ownCpuSeconds(pid: number): number {
  if (process.platform !== "linux") {
    const parts = ps(pid, "time").split(":").map(Number);
    return parts.reduce((seconds, part) => seconds * 60 + part, 0);
  }
  // Fields 14 and 15. The second field may hold spaces and brackets, so it is cut off.
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function ownResidentMb(pid: number): number {
  if (process.platform !== "linux") return Number(ps(pid, "rss")) / 1024;
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}

function ps(pid: number, field: string): string {
  return execFileSync("ps", ["-p", String(pid), "-o", `${field}=`], { encoding: "utf8" }).trim();
}
