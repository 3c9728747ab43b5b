// One pass of analytics: brings the derived tables up to date with the records that came in since the last one.
//
//   1. windows   who was touched, and from when on
//   2. links     which call each call without a client's ids continues, and which is the first of all
//   3. calls     run, turn, agent, operation, attempt, class and credit of each call in a window
//   4. outcomes  which outcomes belong to which runs
//   5. credit    calls that are not credited beside others: heartbeats, replays, loops
//   6. days, runs, weeks   the sums that those calls are in
//   7. scores    value against volume of runs and weeks
//   8. signals   mechanisms of inflation, by person-week
//   9. sweep     rows of people who were erased meanwhile go
//  10. state     how far this pass got; what fails before this is done again by the next pass
//
// Steps 3 and 6 are one statement a table that writes rows with this pass's version, and one that marks as deleted what the
// windows held before and no longer hold. Between the two a reader may see a run beside the two that it was made of.
//
// Always holds: the answer depends on the records alone, not on their order, their number of deliveries, or the number of
// passes. A rebuild of everything gives the same rows.
//
// Two passes at the same time (somebody runs `analyze` beside the service) may leave rows of the one where the other has
// decided otherwise. Each says that it has ended and then looks for others; who finds one does its windows again.

import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { sweepErased } from "../schemas/clickhouse/erasure.ts";
import type { ClickHouseStore } from "../schemas/clickhouse/store.ts";
import { creditCalls } from "./crediting.ts";
import { detectSignals } from "./detection.ts";
import { NO_TEMPLATES, type AllowedTemplates } from "./allowed-templates.ts";
import { linkOutcomes } from "./outcome-linking.ts";
import type { AnalysisPass } from "./pass.ts";
import { scoreRuns } from "./scoring.ts";
import { assignCalls, retireCalls } from "./queries/calls.ts";
import { classifyCalls, countDeclared, widenForClasses } from "./queries/classes.ts";
import { countLinkableCalls, gatherLinkableCalls } from "./queries/linkable-calls.ts";
import { carryLinks, findLinks } from "./queries/links.ts";
import { retireWeeks, sumWeeks } from "./queries/person-weeks.ts";
import { climb, countClimbing, STEPS_MAX } from "./queries/roots.ts";
import { retireRuns, sumRuns } from "./queries/runs.ts";
import { divideEvents } from "./queries/slices.ts";
import { countComputed, findOtherPass, readState, STATE, STATE_TABLE } from "./queries/state.ts";
import { retireDays, sumDays } from "./queries/usage-days.ts";
import { readWindows, widenWindows, writeWindows } from "./queries/windows.ts";

/**
 * How far before the watermark a pass looks for records: a row may be stamped by the sink's clock and become visible this
 * much later. What it finds twice it computes twice, with the same result.
 */
export const WATERMARK_OVERLAP_MS = 60_000;

export interface AnalysisOptions {
  store: ClickHouseStore;
  config: AnalysisPass["config"];
  /** Runs that began here or later are scored; undefined: nobody is. */
  scoredFrom?: Date | undefined;
  /** By which nobody is found to replay. None, if it is not said. */
  templates?: AllowedTemplates | undefined;
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

/** How often a pass that met another one does its work again before it leaves the rest to the next pass. */
const REPEATS_MAX = 3;

/**
 * Runs one pass.
 * @throws AppError of the store; then nothing is lost, and the next pass does the work again
 */
export async function runAnalysis(options: AnalysisOptions): Promise<Summary> {
  const { store, config, clock, log, full = false, scoredFrom, templates = NO_TEMPLATES } = options;
  const beganMs = performance.now();
  const started = clock();
  const now = options.now ?? started;
  const before = await readProgress(store);
  const watermark = full ? undefined : before.watermark;
  const mode = watermark === undefined ? "full" : "incremental";
  let counts = NOTHING;
  let latest = before.version;
  for (let repeats = 0; repeats <= REPEATS_MAX; repeats += 1) {
    const version = createVersion(clock(), latest);
    counts = await compute({
      store,
      config,
      version,
      after: latest,
      since: toSince(watermark),
      now,
      computedAt: full ? undefined : before.computedAt,
      scoredFrom,
      templates,
      hasOtherTemplates: templates.fingerprint !== before.templates,
    });
    const swept = await sweepErased(store, toSince(watermark));
    if (swept > 0) log.info({ people: swept }, "late rows of erased people were taken out");
    // Where nobody is scored no week was measured by them.
    const measuredBy = scoredFrom === undefined ? before.templates : templates.fingerprint;
    await writeProgress(store, version, { watermark: started, computedAt: now, templates: measuredBy });
    const [other] = await store.query(findOtherPass, { after: latest, version });
    if (other === undefined) break;
    latest = Math.max(version, other.version);
  }
  const duration_ms = Math.round(performance.now() - beganMs);
  const summary: Summary = { mode, computed_at: now.toISOString(), ...counts, duration_ms };
  log.info(summary, "analysis pass");
  return summary;
}

/**
 * Microseconds since 1970. The last three digits are chance, so that two passes of one moment differ. Versions rise from
 * pass to pass, also when the clock was set back in between.
 */
function createVersion(time: Date, latest: number): number {
  return Math.max(time.getTime() * 1000, latest + 1) + randomInt(1000);
}

/** The time from which on records may be new to analytics; the beginning of all time before the first pass. */
export function toSince(watermark: Date | undefined): Date {
  return new Date(watermark === undefined ? 0 : watermark.getTime() - WATERMARK_OVERLAP_MS);
}

export async function readProgress(store: ClickHouseStore): Promise<{
  version: number;
  watermark: Date | undefined;
  computedAt: Date | undefined;
  /** Fingerprint of those that weeks were measured by. */
  templates: string;
}> {
  const rows = await store.query(readState, {});
  const valueOf = (name: string): string | undefined => rows.find((row) => row.name === name)?.value;
  const timeOf = (name: string): Date | undefined => {
    const value = valueOf(name);
    return value === undefined ? undefined : new Date(value);
  };
  return {
    version: Math.max(0, ...rows.map((row) => row.version)),
    watermark: timeOf(STATE.watermark),
    computedAt: timeOf(STATE.computedAt),
    templates: valueOf(STATE.templates) ?? NO_TEMPLATES.fingerprint,
  };
}

type Counts = Pick<Summary, "people" | "calls" | "usage_days" | "runs" | "person_weeks">;

const NOTHING: Counts = { people: 0, calls: 0, usage_days: 0, runs: 0, person_weeks: 0 };

async function compute(pass: AnalysisPass): Promise<Counts> {
  const { store, config, version, after, since, now } = pass;
  const { timezone } = config;
  await store.execute(writeWindows, { version, after, since, now, timezone });
  const touched = await readExtent(store, version);
  const from_at = touched.people === 0 ? undefined : await computeCalls(pass, touched.from_at);
  await linkOutcomes(pass);
  await creditCalls(pass);
  const extent = await readExtent(store, version);
  if (extent.people > 0) await sumUp(pass, extent);
  await scoreRuns(pass);
  await detectSignals(pass);
  if (extent.people === 0) return NOTHING;
  const { from_day } = extent;
  const [computed] = await store.query(countComputed, {
    version,
    from_at: from_at ?? extent.from_at,
    from_day,
  });
  return { ...NOTHING, ...computed, people: extent.people };
}

/** @returns where the earliest window begins now that its calls are linked */
async function computeCalls(pass: AnalysisPass, touchedFrom: Date): Promise<Date> {
  const { store, config, version, now } = pass;
  const from_at = await linkCalls(store, { version, now, timezone: config.timezone, from_at: touchedFrom });
  for (const slice of await divideEvents(store, from_at))
    await store.execute(assignCalls, { version, from_at, now, computed_at: now, ...slice });
  await store.execute(retireCalls, { version, from_at });
  await applyDeclaredClasses(pass);
  return from_at;
}

interface Extent {
  people: number;
  /** Where the earliest window begins. */
  from_at: Date;
  from_day: string;
  /** Whether the pass itself widened one. */
  is_widened: boolean;
}

async function readExtent(store: ClickHouseStore, version: number): Promise<Extent> {
  const [extent] = await store.query(readWindows, { version });
  assert(extent !== undefined, "an aggregate has one row");
  return extent;
}

async function applyDeclaredClasses({ store, config, version, now }: AnalysisPass): Promise<void> {
  const { timezone } = config;
  const [found] = await store.query(countDeclared, { version });
  if (found === undefined || found.declared === 0) return;
  await store.execute(widenForClasses, { version, now, timezone });
  await store.execute(classifyCalls, { version, now, timezone });
}

/**
 * Finds the links of the windows' calls, and the root of each.
 * @returns where the earliest window begins now that they are known
 */
async function linkCalls(
  store: ClickHouseStore,
  { version, now, timezone, from_at }: { version: number; now: Date; timezone: string; from_at: Date },
): Promise<Date> {
  await store.execute(gatherLinkableCalls, { version, from_at, now });
  const [linkable] = await store.query(countLinkableCalls, { version });
  if (linkable === undefined || linkable.calls === 0) return from_at;
  await store.execute(findLinks, { version, from_at });
  await store.execute(widenWindows, { version, from_at, now, timezone });
  const extent = await readExtent(store, version);
  if (extent.is_widened) await store.execute(carryLinks, { version, from_at: extent.from_at });
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const [climbing] = await store.query(countClimbing, { version, step });
    if (climbing === undefined || climbing.calls === 0) break;
    await store.execute(climb, { version, step });
  }
  return extent.from_at;
}

async function sumUp(pass: AnalysisPass, { from_at, from_day }: Extent): Promise<void> {
  const { store, config, version, now } = pass;
  const { timezone, retentionDays } = config;
  const weeksLonger = retentionDays.weeks - retentionDays.events;
  const slices = await divideEvents(store, from_at);
  for (const slice of slices)
    await store.execute(sumDays, { version, timezone, from_day, kept_days: weeksLonger, ...slice });
  await store.execute(retireDays, { version, from_day });
  const runsLonger = retentionDays.runs - retentionDays.events;
  for (const slice of slices)
    await store.execute(sumRuns, { version, now, from_at, kept_days: runsLonger, ...slice });
  await store.execute(retireRuns, { version, now, from_at });
  await store.execute(sumWeeks, { version, timezone, from_day });
  await store.execute(retireWeeks, { version, from_day });
}

async function writeProgress(
  store: ClickHouseStore,
  version: number,
  { watermark, computedAt, templates }: { watermark: Date; computedAt: Date; templates: string },
): Promise<void> {
  await store.insert(STATE_TABLE, [
    { name: STATE.watermark, value: watermark.toISOString(), version },
    { name: STATE.computedAt, value: computedAt.toISOString(), version },
    { name: STATE.templates, value: templates, version },
  ]);
}
