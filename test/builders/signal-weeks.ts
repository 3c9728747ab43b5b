// What signals find in weeks that a test describes: each is of a person of its own, and all of them are measured by one pass.

import type { AnalysisBench } from "./analysis.ts";
import { readFindings, type Finding } from "./findings.ts";
import {
  arriveRuns,
  MINUTE_MS,
  personOf,
  repeatRuns,
  WEEK_ENDED,
  type SaidCall,
  type SaidRun,
} from "./signal-calls.ts";

export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
const WORKING_MS = 5 * DAY_MS;

/** What a signal found in the week of a name; undefined: too little to look at. */
export type FindingOf = (week: string, signal: string) => Finding | undefined;

export async function measureWeeks(
  bench: AnalysisBench,
  weeks: Readonly<Record<string, readonly SaidRun[]>>,
): Promise<FindingOf> {
  const runs = Object.entries(weeks).flatMap(([name, said]) =>
    said.map((run) => ({ person: personOf(name), ...run })),
  );
  await arriveRuns(bench, runs);
  await bench.analyze({ scoredFrom: new Date(0), now: WEEK_ENDED });
  const findings = await readFindings(bench.store);
  const found = new Map(findings.map((finding) => [`${finding.person_id} ${finding.signal}`, finding]));
  return (week, signal) => found.get(`${personOf(week)} ${signal}`);
}

/** Above its floor, and surely. */
export function speaks(finding: Finding | undefined): boolean {
  return finding !== undefined && finding.is_above_floor && (finding.p_value ?? 1) <= 0.01;
}

/** Runs at any time of five days, without a rhythm: at multiples of the golden ratio within their shares of the time. */
export function anyTime(
  times: number,
  call: (place: number) => SaidCall | readonly SaidCall[],
  withinMs: number = WORKING_MS,
): SaidRun[] {
  const shareMs = withinMs / times;
  return repeatRuns(times, shareMs, call).map((run, place) => ({
    ...run,
    atMs: run.atMs + ((place * 0.618_033_988_75) % 1) * shareMs,
  }));
}
