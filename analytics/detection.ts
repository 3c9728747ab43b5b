// Mechanisms: brings signal_references and week_signals up to date.
//
// A pass gathers what signals may look at of weeks that have ended, a week at a time and the earliest first, because a later week is compared with earlier ones;
// puts prompts that say the same together; and asks each signal. What a signal measured becomes a finding here: its p-value against the
// signal's own null where it holds, else against the frozen reference of its class, else none.
//
// Always holds: a finding depends on the person's own calls and outcomes and on the frozen reference, and on nothing else.

import type { ClickHouseStore } from "../schemas/clickhouse/store.ts";
import type { Method } from "../schemas/method.ts";
import { toDay, toMonday } from "../schemas/working-days.ts";
import type { AnalysisPass } from "./pass.ts";
import { chooseSignalWeeks, GATHERED, readSignalWeeks, retireWeekSignals } from "./signals/choose-weeks.ts";
import { gatherSignalCalls } from "./signals/gather-calls.ts";
import { groupPrompts } from "./signals/group-prompts.ts";
import { measure, type Measurement } from "./signals/measure.ts";
import { isReferenced, makeReferences, readReferences } from "./signals/references.ts";
import type { Signal } from "./signals/signal.ts";
import { SIGNALS } from "./signals/signals.ts";
import { sumSignalRuns } from "./signals/sum-runs.ts";
import { writeTemplateSketches } from "./signals/template-sketches.ts";
import { conformalPValue } from "./stats/split-conformal.ts";

/** Signals that are asked at a time: each question keeps one core busy, and others than analytics have questions, too. */
const ASKED_TOGETHER = 2;
/** Rows of one insert. */
const ROWS_MAX = 5000;

/** Runs every signal over the person-weeks that were touched. */
export async function detectSignals(pass: AnalysisPass, signals: readonly Signal[] = SIGNALS): Promise<void> {
  const { store, config, version, now, scoredFrom, templates, hasOtherTemplates, computedAt } = pass;
  if (scoredFrom === undefined) return;
  const { timezone, retentionDays } = config;
  const weekOf = (time: Date): string => toMonday(toDay(time, timezone));
  await store.execute(chooseSignalWeeks, {
    version,
    now,
    timezone,
    scored_from: scoredFrom,
    is_every: hasOtherTemplates,
    ended_from: weekOf(computedAt ?? new Date(0)),
    running_week: weekOf(now),
    features_days_less: Math.max(0, retentionDays.events - retentionDays.sketches),
  });
  const weeks = (await store.query(readSignalWeeks, { version })).map(({ week }) => week);
  await writeTemplateSketches(store, templates, { version, weeks });
  for (const week of weeks) await detectInWeek(pass, signals, scoredFrom, week);
  await store.execute(retireWeekSignals, { version, now });
  if (weeks.length > 0) for (const gathered of GATHERED) await store.remove(gathered, { version });
}

async function detectInWeek(
  pass: AnalysisPass,
  signals: readonly Signal[],
  scoredFrom: Date,
  week: string,
): Promise<void> {
  const { store, config, version } = pass;
  const { method, timezone } = config;
  await store.execute(gatherSignalCalls, { version, week, timezone, scored_from: scoredFrom });
  await store.execute(sumSignalRuns, { version, week });
  await store.execute(groupPrompts(method), { version, week });
  const references = await bringReferences(pass, week);
  const find = async (signal: Signal): Promise<object[]> => {
    const measured = await store.query(measure(signal, method), { version, week });
    return measured.map((measurement) => ({
      week,
      ...toFinding(signal, measurement, references, method),
      method_version: method.version,
      version,
    }));
  };
  for (let start = 0; start < signals.length; start += ASKED_TOGETHER) {
    const found = await Promise.all(signals.slice(start, start + ASKED_TOGETHER).map(find));
    await insertRows(store, found.flat());
  }
}

/** Of a week, by class and signal. */
type References = ReadonlyMap<string, readonly number[]>;

async function bringReferences({ store, config, version }: AnalysisPass, week: string): Promise<References> {
  const { signals, version: method_version } = config.method;
  const [found] = await store.query(isReferenced, { week });
  if (found?.rows === 0)
    await store.execute(makeReferences, {
      version,
      week,
      weeks: signals.referenceWeeks,
      p_value_max: signals.pValueMax,
      method_version,
    });
  const rows = await store.query(readReferences, { week, references_min: signals.referencesMin });
  return new Map(rows.map((row) => [`${row.workload_class} ${row.signal}`, row.effects]));
}

function toFinding(signal: Signal, measured: Measurement, references: References, method: Method): object {
  const { counts: _, ...row } = measured;
  const floor = signal.floor(method);
  return {
    ...row,
    signal: signal.name,
    family: signal.family,
    floor,
    is_above_floor: measured.effect >= floor,
    ...toPValue(signal, measured, references, method),
  };
}

/** Times the number of signals of the family, which are as many chances to speak (Bonferroni). */
function toPValue(signal: Signal, measured: Measurement, references: References, method: Method): object {
  const inFamily = SIGNALS.filter(({ family }) => family === signal.family).length;
  const hasNull = !signal.classesWithoutNull?.some((name) => name === measured.workload_class);
  if (signal.toPValue && hasNull)
    return { p_value: Math.min(1, inFamily * signal.toPValue(measured, method)), p_value_source: "absolute" };
  const reference = references.get(`${measured.workload_class} ${signal.name}`);
  if (!reference) return { p_value: null, p_value_source: "none" };
  const pValue = conformalPValue(measured.effect, reference);
  return { p_value: Math.min(1, inFamily * pValue), p_value_source: "reference" };
}

async function insertRows(store: ClickHouseStore, rows: readonly object[]): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_MAX)
    await store.insert(
      "week_signals",
      rows.slice(start, start + ROWS_MAX).map((row) => ({ ...row })),
    );
}
