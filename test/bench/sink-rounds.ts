// Rounds of the sink's benchmark: in each, the bare loop, the sink from Kafka and the sink from a spool store the same calls, one after
// the other, and the sink's speed is told as a share of the bare loop's of the same round.

import type { ContestantKind, SinkBench } from "./sink-bench.ts";
import { spreadOf, type Spread } from "./spread.ts";

const KINDS = ["bare", "kafka", "spool"] as const satisfies readonly ContestantKind[];

export interface ContestantFigures {
  rowsPerSecond: Spread;
  /** Of the bare loop's rows a second in the same round. */
  toBare: Spread;
  /** Processor time of the contestant, and of ClickHouse meanwhile, in microseconds a row. */
  cpuUs: Spread;
  clickhouseCpuUs: Spread;
  /** Share of the time in which an insert was under way. */
  inserting: Spread;
}

export type Comparison = Record<ContestantKind, ContestantFigures>;

interface Sample {
  rowsPerSecond: number;
  cpuUs: number;
  clickhouseCpuUs: number;
  inserting: number;
}

export async function compareContestants(
  bench: SinkBench,
  { rows, rounds }: { rows: number; rounds: number },
): Promise<Comparison> {
  const samples: Record<ContestantKind, Sample[]> = { bare: [], kafka: [], spool: [] };
  // The first one is for the compilers' and the caches' sake, and not counted.
  for (let round = 0; round <= rounds; round++) {
    const topics = `round-${round}`;
    const filler = await bench.openTopics(topics);
    await filler.send({ from: 0, to: rows });
    await filler.close();
    for (const kind of KINDS) {
      const sample = await runOnce(bench, kind, rows, topics);
      if (round > 0) samples[kind].push(sample);
    }
    const speeds = KINDS.map((kind) => `${kind} ${samples[kind].at(-1)?.rowsPerSecond.toFixed(0) ?? "warm"}`);
    process.stderr.write(`  round ${round}  rows a second: ${speeds.join("  ")}\n`);
  }
  const figures = (kind: ContestantKind): ContestantFigures => toFigures(samples[kind], samples.bare);
  return { bare: figures("bare"), kafka: figures("kafka"), spool: figures("spool") };
}

/** Shares of the sink's processor time, the largest first. */
export async function profileSink(bench: SinkBench, rows: number): Promise<Readonly<Record<string, number>>> {
  const filler = await bench.openTopics("profile");
  await filler.send({ from: 0, to: rows });
  await filler.close();
  const contestant = await bench.start({ kind: "kafka", rows, topics: "profile", isProfiled: true });
  const { shares = {} } = await contestant.result();
  await contestant.end();
  return shares;
}

async function runOnce(
  bench: SinkBench,
  kind: ContestantKind,
  rows: number,
  topics: string,
): Promise<Sample> {
  const contestant = await bench.start({ kind, rows, topics });
  const before = bench.clickhouseCpuSeconds();
  const { rows: stored, seconds, cpuSeconds, insertingSeconds } = await contestant.result();
  const clickhouse = bench.clickhouseCpuSeconds() - before;
  await contestant.end();
  return {
    rowsPerSecond: stored / seconds,
    cpuUs: (cpuSeconds * 1e6) / stored,
    // Its share in the first insert and the migrations is in it, too.
    clickhouseCpuUs: (clickhouse * 1e6) / rows,
    inserting: insertingSeconds / seconds,
  };
}

function toFigures(samples: readonly Sample[], bare: readonly Sample[]): ContestantFigures {
  const spread = (read: (sample: Sample) => number): Spread => spreadOf(samples.map(read));
  const ratios = samples.map(
    ({ rowsPerSecond }, at) => rowsPerSecond / (bare[at]?.rowsPerSecond ?? Number.NaN),
  );
  return {
    rowsPerSecond: spread((sample) => sample.rowsPerSecond),
    toBare: spreadOf(ratios),
    cpuUs: spread((sample) => sample.cpuUs),
    clickhouseCpuUs: spread((sample) => sample.clickhouseCpuUs),
    inserting: spread((sample) => sample.inserting),
  };
}
