// One pass of analytics: brings the derived tables up to date with the records that came in since the last one.
//
//   1. windows   who was touched, and from when on
//   2. calls     run, operation, attempt and credit of each call in a window
//   3. days, runs, weeks   the sums that those calls are in
//   4. state     how far this pass got; what fails before this is done again by the next pass
//
// Each step is one statement that writes rows with this pass's version, and one that marks as deleted what the windows
// held before and no longer hold. Between the two a reader may see a run beside the two that it was made of.
//
// Always holds: the answer depends on the records alone, not on their order, their number of deliveries, or the number of
// passes. A rebuild of everything gives the same rows.

import type { ClickHouseStore } from "../schemas/clickhouse/store.ts";
import type { Config } from "../schemas/config.ts";
import { assignCalls, retireCalls } from "./queries/calls.ts";
import { retireWeeks, sumWeeks } from "./queries/person-weeks.ts";
import { retireRuns, sumRuns } from "./queries/runs.ts";
import { countComputed, readState, STATE, STATE_TABLE } from "./queries/state.ts";
import { retireDays, sumDays } from "./queries/usage-days.ts";
import { readWindows, writeWindows } from "./queries/windows.ts";

/**
 * How far before the watermark a pass looks for records: a row may be stamped by the sink's clock and become visible this
 * much later. What it finds twice it computes twice, with the same result.
 */
export const WATERMARK_OVERLAP_MS = 60_000;

export interface AnalysisOptions {
  store: ClickHouseStore;
  config: Pick<Config, "timezone" | "retentionDays">;
  /** The clock that also stamps records when they come in. */
  clock: () => Date;
  log: { info(fields: object, message: string): void };
  /** Computes everything again for which the records are still kept. */
  full?: boolean;
  /** The time that the pass pretends it is, for what is expired and what the dashboard says of its age. */
  now?: Date | undefined;
}

export interface Summary {
  mode: "full" | "incremental";
  computed_at: string;
  /** People with a window; calls that are nobody's count as one. */
  people: number;
  calls: number;
  usage_days: number;
  runs: number;
  person_weeks: number;
  duration_ms: number;
}

/**
 * Runs one pass.
 * @throws AppError of the store; then nothing is lost, and the next pass does the work again
 */
export async function runAnalysis(options: AnalysisOptions): Promise<Summary> {
  const { store, config, clock, log, full = false } = options;
  const started = clock();
  const now = options.now ?? started;
  const state = await readProgress(store);
  const watermark = full ? undefined : state.watermark;
  // Versions rise from pass to pass, also when the clock was set back in between.
  const version = Math.max(started.getTime(), state.version + 1);
  const { timezone } = config;
  await store.execute(writeWindows, { version, since: toSince(watermark), now, timezone });
  const counts = await compute(store, config, { version, now });
  await writeProgress(store, version, { watermark: started, computedAt: now });
  const summary: Summary = {
    mode: watermark === undefined ? "full" : "incremental",
    computed_at: now.toISOString(),
    ...counts,
    duration_ms: clock().getTime() - started.getTime(),
  };
  log.info(summary, "analysis pass");
  return summary;
}

/** The time from which on records may be new to analytics; the beginning of all time before the first pass. */
export function toSince(watermark: Date | undefined): Date {
  return new Date(watermark === undefined ? 0 : watermark.getTime() - WATERMARK_OVERLAP_MS);
}

export async function readProgress(
  store: ClickHouseStore,
): Promise<{ version: number; watermark: Date | undefined }> {
  const rows = await store.query(readState, {});
  const watermark = rows.find((row) => row.name === STATE.watermark);
  return {
    version: Math.max(0, ...rows.map((row) => row.version)),
    watermark: watermark === undefined ? undefined : new Date(watermark.value),
  };
}

type Counts = Pick<Summary, "people" | "calls" | "usage_days" | "runs" | "person_weeks">;

async function compute(
  store: ClickHouseStore,
  { timezone, retentionDays }: AnalysisOptions["config"],
  { version, now }: { version: number; now: Date },
): Promise<Counts> {
  const [extent] = await store.query(readWindows, { version });
  if (extent === undefined || extent.people === 0)
    return { people: 0, calls: 0, usage_days: 0, runs: 0, person_weeks: 0 };
  const { from_at, from_day } = extent;
  await store.execute(assignCalls, { version, from_at, now, computed_at: now });
  await store.execute(retireCalls, { version, from_at });
  const weeksLonger = retentionDays.weeks - retentionDays.events;
  await store.execute(sumDays, { version, timezone, from_day, kept_days: weeksLonger });
  await store.execute(retireDays, { version, from_day });
  const runsLonger = retentionDays.runs - retentionDays.events;
  await store.execute(sumRuns, { version, now, from_at, kept_days: runsLonger });
  await store.execute(retireRuns, { version, now, from_at });
  await store.execute(sumWeeks, { version, timezone, from_day });
  await store.execute(retireWeeks, { version, from_day });
  const [computed] = await store.query(countComputed, { version, from_at, from_day });
  return { people: extent.people, calls: 0, usage_days: 0, runs: 0, person_weeks: 0, ...computed };
}

async function writeProgress(
  store: ClickHouseStore,
  version: number,
  { watermark, computedAt }: { watermark: Date; computedAt: Date },
): Promise<void> {
  await store.insert(STATE_TABLE, [
    { name: STATE.watermark, value: watermark.toISOString(), version },
    { name: STATE.computedAt, value: computedAt.toISOString(), version },
  ]);
}
