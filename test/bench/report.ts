// The report: what was measured, as a value for programs and as tables for people.

import { availableParallelism, cpus, loadavg } from "node:os";
import type { SpoolCount } from "./assay.ts";
import type { ProfileFigures, TargetFigures } from "./measure.ts";
import { isPinning } from "./program.ts";
import type { Spread } from "./spread.ts";

export interface MemoryFigures {
  name: string;
  calls: number;
  /** Resident, after full collections. */
  beforeMb: number;
  afterMb: number;
}

export interface Report {
  machine: Machine;
  /** Counted ones, after the warm-up. */
  rounds: number;
  profiles: ProfileFigures[];
  memory: MemoryFigures[];
  spool: (SpoolCount & { name: string; sent: number })[];
  /** Peers that were looked for and not found, and why. */
  absent: string[];
}

interface Machine {
  node: string;
  processor: string;
  cores: number;
  isPinned: boolean;
  /** Of the last minute, this benchmark included. */
  loadAverage: number;
}

export function describeMachine(): Machine {
  return {
    node: process.version,
    processor: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    isPinned: isPinning,
    loadAverage: loadavg()[0] ?? 0,
  };
}

export function formatReport(report: Report): string {
  const { machine, rounds } = report;
  const sections = [
    [
      `Node ${machine.node}, ${machine.processor}, ${machine.cores} cores${machine.isPinned ? ", pinned" : ""}, ` +
        `load ${machine.loadAverage.toFixed(1)}; ${rounds} rounds: median [lowest-highest]`,
    ],
    ...report.profiles.map(formatProfile),
    [
      "Memory, resident, after full collections",
      ...report.memory.map(
        ({ name, calls, beforeMb, afterMb }) =>
          `  ${name.padEnd(8)} ${beforeMb.toFixed(1)} MB, after ${calls} more calls ${afterMb.toFixed(1)} MB`,
      ),
    ],
    [
      "Spool",
      ...report.spool.map(
        ({ name, sent, metered }) =>
          `  ${name.padEnd(8)} ${sent} calls sent, each recorded exactly once, ${metered} with their usage`,
      ),
    ],
    report.absent.length > 0 ? ["Not measured", ...report.absent.map((reason) => `  ${reason}`)] : [],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

export function formatProfile({ name, title, targets }: ProfileFigures): string[] {
  const head = ["", "CPU µs a call", "of bare's", "calls/s", "added p50 ms", "added p90 ms"];
  const rows = [head, ...targets.map(formatTarget)];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return [
    `${name}: ${title}`,
    ...rows.map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}`.trimEnd()),
  ];
}

function formatTarget(target: TargetFigures): string[] {
  return [
    target.name,
    formatSpread(target.cpuUs, 0),
    formatSpread(target.cpuToBare, 2),
    formatSpread(target.callsPerSecond, 0),
    formatSpread(target.addedP50Ms, 2),
    formatSpread(target.addedP90Ms, 2),
  ];
}

function formatSpread({ median, min, max }: Spread, digits: number): string {
  if (Number.isNaN(median)) return "-";
  return `${median.toFixed(digits)} [${min.toFixed(digits)}-${max.toFixed(digits)}]`;
}
