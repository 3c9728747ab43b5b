// `npm run bench:score`: how long a pass of analytics takes over everything, and over one more day, how much memory it needs, and how
// both grow with the number of calls. `-- --calls 500000,5000000` measures other sizes, `--unnamed PERCENT` calls without ids,
// `--keep-features` features for as long as calls, and not only for the two weeks of the default.
//
// Each size is measured in a process of its own, so that its memory is its own. It exits 1 where a target is missed.

import { fork } from "node:child_process";
import { parseArgs } from "node:util";
import { linearRegression } from "simple-statistics";
import { describeMachine } from "./report.ts";
import type { Cost, PassFigures, ScoreFigures } from "./score-size.ts";

/** Of the largest size. */
const FULL_SECONDS_MAX = 60;
const DAY_SECONDS_MAX = 5;
const MEMORY_MB_MAX = 2048;
/** Time is as the number of calls to this power, at most. */
const GROWTH_MAX = 1.1;
const STATEMENTS_SHOWN = 15;

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "500000,1000000,2000000,5000000" },
    unnamed: { type: "string", default: "0" },
    "keep-features": { type: "boolean", default: false },
  },
});
const { node, processor, cores, loadAverage } = describeMachine();
say(`Node ${node}, ${processor}, ${cores} cores, load ${loadAverage.toFixed(1)}`);

const sizes = values.calls.split(",").map(Number);
const all: ScoreFigures[] = [];
for (const calls of sizes) {
  const figures = await measure([calls, Number(values.unnamed), Number(values["keep-features"])]);
  all.push(figures);
  say(`\n${calls.toLocaleString("en")} calls`);
  report("everything", figures.full);
  report("one more day", figures.day);
  say(`  memory at most ${figures.memoryMb.toFixed(0)} MB`);
}
process.exitCode = judge(all) ? 0 : 1;

async function measure(size: readonly number[]): Promise<ScoreFigures> {
  const measured = Promise.withResolvers<ScoreFigures>();
  const child = fork(new URL("score-size.ts", import.meta.url), size.map(String), {
    env: { ...process.env, UV_THREADPOOL_SIZE: "16" },
  });
  child.once("message", (figures: ScoreFigures) => measured.resolve(figures));
  child.once("exit", (code) => measured.reject(new Error(`The measuring process ended with ${code}.`)));
  return measured.promise;
}

function report(what: string, { seconds, processorSeconds, steps, statements, rows }: PassFigures): void {
  say(`  ${what}: ${seconds.toFixed(1)} s, processor ${processorSeconds.toFixed(1)} s; ${rows}`);
  for (const cost of steps) say(formatCost(cost));
  say("    the dearest statements:");
  for (const cost of statements.slice(0, STATEMENTS_SHOWN)) say(formatCost(cost));
}

function formatCost({ name, seconds, processorSeconds, residentMb }: Cost): string {
  const figures = [
    `${seconds.toFixed(2).padStart(8)} s`,
    `${processorSeconds.toFixed(2).padStart(8)} s of the processor`,
    `${residentMb.toFixed(0).padStart(6)} MB`,
  ];
  return `${figures.join("")}  ${name}`;
}

/** @returns whether all targets are met */
function judge(figures: readonly ScoreFigures[]): boolean {
  const largest = figures.at(-1);
  if (largest === undefined) return false;
  const points = figures.map(({ calls, full }) => [Math.log(calls), Math.log(full.seconds)]);
  const targets = [
    { what: "seconds of a pass over everything", is: largest.full.seconds, max: FULL_SECONDS_MAX },
    { what: "seconds of a pass over one more day", is: largest.day.seconds, max: DAY_SECONDS_MAX },
    {
      what: "MB of memory",
      is: Math.max(...figures.map(({ memoryMb }) => memoryMb)),
      max: MEMORY_MB_MAX,
    },
    ...(points.length > 1
      ? [{ what: "exponent of growth", is: linearRegression(points).m, max: GROWTH_MAX }]
      : []),
  ];
  say("");
  for (const { what, is, max } of targets)
    say(`${is <= max ? "met   " : "missed"} ${what}: ${is.toFixed(2)}, at most ${max}`);
  return targets.every(({ is, max }) => is <= max);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
