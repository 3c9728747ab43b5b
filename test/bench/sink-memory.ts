// Whether a sink's memory stays as it is: in a steady stream, and while it catches up with millions of messages.

import { setTimeout as wait } from "node:timers/promises";
import { linearRegression } from "simple-statistics";
import { residentMb } from "./process-figures.ts";
import type { Contestant, SinkBench } from "./sink-bench.ts";

const SAMPLE_MS = 10_000;
const MINUTE_MS = 60_000;
/** Of a steady stream: about half of what a sink can do on two cores. */
const STEADY_ROWS_PER_SECOND = 2000;
const FILL_ROWS = 50_000;
/** The heap finds its size in the first while, which is no growth. */
const WARM_UP_SAMPLES = 3;

export interface MemorySample {
  minutes: number;
  residentMb: number;
  rows: number;
}

export interface MemoryRun {
  samples: readonly MemorySample[];
  /** By least squares over all samples but the first few; not a number where there are too few. */
  growthMbPerMinute: number;
  rowsPerSecond: number;
}

/** A sink that is given messages at a rate that it can hold. */
export async function measureSteady(bench: SinkBench, minutes: number): Promise<MemoryRun> {
  const filler = await bench.openTopics("steady");
  const contestant = await bench.start({ kind: "kafka", rows: 0, topics: "steady" });
  let made = 0;
  const beganAt = performance.now();
  const feeding = (async () => {
    while (performance.now() - beganAt < minutes * MINUTE_MS) {
      await filler.send({ from: made, to: made + STEADY_ROWS_PER_SECOND });
      made += STEADY_ROWS_PER_SECOND;
      const dueAt = beganAt + (made / STEADY_ROWS_PER_SECOND) * 1000;
      await wait(Math.max(0, dueAt - performance.now()));
    }
    await filler.close();
  })();
  const run = await sampleUntil(contestant, () => performance.now() - beganAt >= minutes * MINUTE_MS);
  await feeding;
  await contestant.end();
  return run;
}

/** A sink that finds that many messages when it starts. */
export async function measureBacklog(bench: SinkBench, messages: number): Promise<MemoryRun> {
  const filler = await bench.openTopics("backlog");
  for (let from = 0; from < messages; from += FILL_ROWS) {
    await filler.send({ from, to: Math.min(messages, from + FILL_ROWS) });
  }
  await filler.close();
  const contestant = await bench.start({ kind: "kafka", rows: 0, topics: "backlog" });
  const run = await sampleUntil(contestant, (rows) => rows >= messages);
  await contestant.end();
  return run;
}

async function sampleUntil(contestant: Contestant, isOver: (rows: number) => boolean): Promise<MemoryRun> {
  const samples: MemorySample[] = [];
  const beganAt = performance.now();
  for (let rows = 0; !isOver(rows);) {
    await wait(SAMPLE_MS);
    // Its database is made by the contestant, after a while.
    rows = await contestant.countRows().catch(() => 0);
    const minutes = (performance.now() - beganAt) / MINUTE_MS;
    samples.push({ minutes, rows, residentMb: residentMb(contestant.program.pid) });
    process.stderr.write(
      `  ${minutes.toFixed(1)} min  ${samples.at(-1)?.residentMb.toFixed(0)} MB  ${rows} rows\n`,
    );
  }
  const settled = samples.slice(WARM_UP_SAMPLES);
  const points = settled.map(({ minutes, residentMb: megabytes }) => [minutes, megabytes]);
  const last = samples.at(-1);
  return {
    samples,
    growthMbPerMinute: points.length < 2 ? Number.NaN : linearRegression(points).m,
    rowsPerSecond: last ? last.rows / (last.minutes * 60) : Number.NaN,
  };
}
