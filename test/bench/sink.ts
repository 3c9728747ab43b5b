// `npm run bench:sink -- [--quick]`: how fast a sink takes calls into ClickHouse, from Kafka and from a spool, as a share of what a bare
// consume-and-insert loop does on the same machine in the same minutes; what limits it; and whether its memory stays as it is.
//
//   --rows N      of a round (20,000 quick, 60,000 else)     --rounds N    counted ones (3, 5)
//   --minutes N   of a steady stream (1, 10)                 --backlog N   messages that wait for a sink (none, 2,000,000)
//
// Exits 1 when the sink is below half of the bare loop. README.md says how to read the figures.

import { parseArgs } from "node:util";
import { describeMachine } from "./report.ts";
import { openSinkBench } from "./sink-bench.ts";
import { measureBacklog, measureSteady, type MemoryRun } from "./sink-memory.ts";
import { compareContestants, profileSink, type Comparison } from "./sink-rounds.ts";
import type { Spread } from "./spread.ts";

const TO_BARE_MIN = 0.5;
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    rows: { type: "string" },
    rounds: { type: "string" },
    minutes: { type: "string" },
    backlog: { type: "string" },
  },
});
const usual = values.quick
  ? { rows: 20_000, rounds: 3, minutes: 1, backlog: 0 }
  : { rows: 60_000, rounds: 5, minutes: 10, backlog: 2_000_000 };
const rows = Number(values.rows ?? usual.rows);
const rounds = Number(values.rounds ?? usual.rounds);
const minutes = Number(values.minutes ?? usual.minutes);
const backlog = Number(values.backlog ?? usual.backlog);

process.exitCode = await main();

async function main(): Promise<number> {
  const bench = await openSinkBench();
  try {
    const comparison = await compareContestants(bench, { rows, rounds });
    const { node, processor, cores, loadAverage } = describeMachine();
    console.log(`Node ${node}, ${processor}, ${cores} cores, load ${loadAverage.toFixed(1)}`);
    console.log(formatComparison(comparison));
    console.log(formatShares(await profileSink(bench, rows)));
    if (minutes > 0) console.log(formatMemory("steady stream", await measureSteady(bench, minutes)));
    if (backlog > 0) console.log(formatMemory(`backlog of ${backlog}`, await measureBacklog(bench, backlog)));
    const { kafka, spool } = comparison;
    return Math.min(kafka.toBare.median, spool.toBare.median) >= TO_BARE_MIN ? 0 : 1;
  } finally {
    await bench.close();
  }
}

function formatComparison(comparison: Comparison): string {
  const lines = Object.entries(comparison).map(([kind, figures]) =>
    [
      kind.padEnd(6),
      show(figures.rowsPerSecond, 0),
      show(figures.toBare, 2),
      show(figures.cpuUs, 0),
      show(figures.clickhouseCpuUs, 0),
      show(figures.inserting, 2),
    ].join("  "),
  );
  const head = "rows/s, of bare's, CPU µs a row, ClickHouse's CPU µs a row, share of time inserting";
  return `${rounds} rounds of ${rows} rows, median [lowest-highest]: ${head}\n  ${lines.join("\n  ")}\n`;
}

function formatShares(shares: Readonly<Record<string, number>>): string {
  const lines = Object.entries(shares).map(
    ([name, share]) => `  ${(share * 100).toFixed(0).padStart(3)} %  ${name}`,
  );
  return `processor time of the sink, from Kafka\n${lines.join("\n")}\n`;
}

function formatMemory(name: string, { samples, growthMbPerMinute, rowsPerSecond }: MemoryRun): string {
  const [first, last] = [samples[0]?.residentMb ?? 0, samples.at(-1)?.residentMb ?? 0];
  const most = Math.max(...samples.map(({ residentMb }) => residentMb));
  const memory = `${first.toFixed(0)} MB at first, ${last.toFixed(0)} MB at last, ${most.toFixed(0)} MB at most`;
  return `${name}: ${rowsPerSecond.toFixed(0)} rows/s; ${memory}; growth ${growthMbPerMinute.toFixed(2)} MB a minute\n`;
}

function show({ median, min, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} [${min.toFixed(digits)}-${max.toFixed(digits)}]`.padEnd(22);
}
