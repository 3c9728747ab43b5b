// The processes below one of ours, by what they are.

import { execFileSync } from "node:child_process";

export interface ProcessEntry {
  pid: number;
  parent: number;
  command: string;
}

/** Every living process that descends from `root`, `root` left out. */
export function descendantsOf(root: number): ProcessEntry[] {
  const all = listProcesses();
  const found: ProcessEntry[] = [];
  const parents = new Set([root]);
  // A child's number may be lower than its parent's, so the list is gone through until nothing new is found.
  for (let before = -1; before !== found.length;) {
    before = found.length;
    for (const entry of all) {
      if (!parents.has(entry.parent) || parents.has(entry.pid)) continue;
      parents.add(entry.pid);
      found.push(entry);
    }
  }
  return found;
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function listProcesses(): ProcessEntry[] {
  return execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" })
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pid, parent, command = ""]) => ({ pid: Number(pid), parent: Number(parent), command }));
}
