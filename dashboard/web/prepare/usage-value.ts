// What came of a person's work, as My usage shows it: marks beside the columns of cost, rows of outcomes, and yields in words.
//
// Always holds: too little evidence is said as the usual case that it is; what can't be seen is never said to be nothing; no figure is
// compared with another person's.

import type { ClassYield, UsageValue } from "../../../schemas/usage-value-api.ts";
import { mondayOf } from "./calendar.ts";
import { NOT_ENOUGH_EVIDENCE } from "./evidence.ts";
import { formatCost, formatCount, formatDay, formatShare } from "./format.ts";
import { type Yield, writeYield } from "./interval.ts";
import { nameOutcome } from "./outcome-names.ts";
import { nameClass } from "./slices.ts";

export interface OutcomeMarkCounts {
  due: number;
  waiting: number;
}

/** For each column, by the days of its own or, where a column is a week, by its Monday. */
export function toMarkCounts(
  columns: readonly { day: string }[],
  came: UsageValue["came"],
  by: "day" | "week",
): OutcomeMarkCounts[] {
  const columnOf = by === "day" ? (day: string) => day : mondayOf;
  return columns.map(({ day }) => {
    const own = came.filter((row) => columnOf(row.day) === day);
    return { due: sumOf(own, "due"), waiting: sumOf(own, "waiting") };
  });
}

/** Shares of one thing can be several people's; it is shown as whole as it is. */
export function formatOutcomes(outcomes: number): string {
  const tenths = Math.round(outcomes * 10) / 10;
  return Number.isInteger(tenths) ? formatCount(tenths) : tenths.toFixed(1);
}

export interface OutcomeRow {
  title: string;
  outcomes: string;
}

/** Those that count, the most first; what was taken back is told apart. */
export function toOutcomeRows(came: UsageValue["came"]): { due: OutcomeRow[]; reversed: OutcomeRow[] } {
  const rowsOf = (state: "due" | "reversed") =>
    [
      ...Map.groupBy(
        came.filter((row) => row.state === state),
        ({ kind }) => kind,
      ),
    ]
      .map(([kind, rows]) => ({ kind, outcomes: sumOf(rows, state) }))
      .toSorted((left, right) => right.outcomes - left.outcomes)
      .map(({ kind, outcomes }) => ({ title: nameOutcome(kind), outcomes: formatOutcomes(outcomes) }));
  return { due: rowsOf("due"), reversed: rowsOf("reversed") };
}

/** What is not due yet, by the day from which on it counts. */
export function toWaitingRows(came: UsageValue["came"], today: string): { title: string; from: string }[] {
  const waiting = came.filter(({ state }) => state === "waiting");
  const byThing = Map.groupBy(waiting, ({ kind, counts_from }) => `${counts_from ?? ""} ${kind}`);
  return [...byThing.values()]
    .flatMap((rows) => {
      const [first] = rows;
      return first === undefined ? [] : [{ ...first, outcomes: sumOf(rows, "waiting") }];
    })
    .toSorted((left, right) => (left.counts_from ?? "").localeCompare(right.counts_from ?? ""))
    .map(({ kind, outcomes, counts_from }) => ({
      title: `${formatOutcomes(outcomes)} × ${nameOutcome(kind)}`,
      from: counts_from === null ? "" : `from ${formatDay(counts_from, today)}`,
    }));
}

export interface YieldRow {
  title: string;
  /** `27 outcomes, 21.4 expected`, and by what where the organisation has too few runs of its own. */
  basis: string;
  /** Drawn where there is enough evidence. */
  estimate: Yield | null;
  /** Shown as a meter where there is not. */
  evidence: { expected: number; needed: number } | null;
  /** In place of either: why it is not scored. */
  reason: string | null;
  verdict: string;
  note: string;
}

const NOT_SEEN =
  "Most of this work leaves nothing that Assay can see, so it is not scored. Unseen is not zero.";

export function toYieldRows(value: UsageValue): YieldRow[] {
  return value.yields.map((row) => toYieldRow(row, value));
}

function toYieldRow(row: ClassYield, { expected_min, coverage_min }: UsageValue): YieldRow {
  const title = nameClass(row.workload_class ?? "");
  const by = row.is_shipped ? " by the figures that Assay ships with" : "";
  const basis = `${formatOutcomes(row.outcomes)} outcomes, ${row.expected.toFixed(1)} expected${by}`;
  const nothing = { title, basis, estimate: null, evidence: null, reason: null };
  const estimate = toEstimate(row);
  if (row.coverage !== null && row.coverage < coverage_min)
    return {
      ...nothing,
      basis: `${formatShare(row.coverage)} of such runs could be linked`,
      reason: NOT_SEEN,
      verdict: "Not scored",
      note: `Below ${formatShare(coverage_min)} coverage`,
    };
  if (row.expected < expected_min || estimate === null)
    return {
      ...nothing,
      evidence: { expected: row.expected, needed: expected_min },
      verdict: "Not enough evidence",
      note: "The usual answer. Nothing to do.",
    };
  return {
    ...nothing,
    estimate,
    verdict: writeYield(estimate),
    note: writeVerdict(row, estimate),
  };
}

function toEstimate({ yield: mean, yield_low: low, yield_high: high }: ClassYield): Yield | null {
  return mean === null || low === null || high === null ? null : { mean, low, high };
}

function writeVerdict({ verdict }: ClassYield, { high }: Yield): string {
  if (verdict === "above_expected") return "Above expected";
  if (verdict === "low_value") return "Low for work like this";
  return high < 1 ? "Below expected, not low" : "As expected";
}

export interface ValueFigures {
  outcomes: { value: string; unit: string; past: string };
  yield: { name: string; value: string; unit: string; past: string };
}

/** The yield among the first figures is that of the class of which most was expected. */
export function toValueFigures(value: UsageValue, rangeLabel: string): ValueFigures {
  const waiting = sumOf(value.came, "waiting");
  const [first] = value.yields;
  return {
    outcomes: {
      value: formatOutcomes(sumOf(value.came, "due")),
      unit: waiting > 0 ? `and ${formatOutcomes(waiting)} not due yet` : "",
      past: `${rangeLabel} before: ${formatOutcomes(value.previous_outcomes)}`,
    },
    yield: first === undefined ? noYield(value) : toYieldFigure(first, value),
  };
}

function noYield({ individual_scoring, scored_from }: UsageValue): ValueFigures["yield"] {
  const past =
    individual_scoring === "off" || scored_from === null
      ? "Individuals are not scored."
      : `${NOT_ENOUGH_EVIDENCE} The usual answer.`;
  return { name: "Yield", value: "–", unit: "", past };
}

function toYieldFigure(row: ClassYield, value: UsageValue): ValueFigures["yield"] {
  const { title, estimate, evidence, note } = toYieldRow(row, value);
  const name =
    row.workload_class === null ? "Yield, class not declared" : `Yield, ${title.toLowerCase()} work`;
  if (estimate !== null) {
    const { mean, low, high } = estimate;
    return { name, value: mean.toFixed(2), unit: `${low.toFixed(2)} to ${high.toFixed(2)}`, past: note };
  }
  if (evidence === null) return { name, value: "–", unit: "", past: "Not scored: too little can be seen." };
  return { name, value: "–", unit: "", past: `${NOT_ENOUGH_EVIDENCE} The usual answer.` };
}

/** One line under the first figures; null where nothing is scored. */
export function writeEarned({ scored_from, individual_scoring, ...value }: UsageValue): string | null {
  if (individual_scoring === "off" || scored_from === null) return null;
  const earned = `Your outcomes earned ${formatCost(value.earned_cost_usd)} at the usual cost of such work`;
  const unseen = `for ${formatCost(value.unobservable_cost_usd)} Assay can't see any`;
  const scheduled =
    value.scheduled_cost_usd > 0
      ? ` ${formatCost(value.scheduled_cost_usd)} were scheduled, and stand apart.`
      : "";
  return `${earned}; ${unseen}.${scheduled}`;
}

function sumOf(rows: UsageValue["came"], state: UsageValue["came"][number]["state"]): number {
  return rows.filter((row) => row.state === state).reduce((sum, { outcomes }) => sum + outcomes, 0);
}
