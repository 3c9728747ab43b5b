// A pattern as people see it: what was found, week by week, in the words of its signals; what was said of it; when something comes next
// by itself, and what would change it.
//
// Always holds: of value it shows only that of the pattern's own runs, and only where enough was expected of them; of the person's volume
// nothing beyond the pattern.

import { asc, inArray } from "drizzle-orm";
import type { Finding, Pattern, PatternValue } from "../../../schemas/pattern-api.ts";
import type { Transaction } from "../../../schemas/postgres/open.ts";
import { patternEvidence, patternStatements } from "../../../schemas/postgres/pattern-tables.ts";
import type { PatternRow } from "../../../schemas/postgres/patterns.ts";
import { addDays, toDay, toMonday } from "../../../schemas/working-days.ts";
import { isContested, toClock, type ClockContext } from "./pattern-clock.ts";

const DAYS_PER_WEEK = 7;

type EvidenceRow = typeof patternEvidence.$inferSelect;

/** What the transaction may see of some patterns. */
export async function toPatterns(
  transaction: Transaction,
  rows: readonly PatternRow[],
  context: ClockContext,
): Promise<Pattern[]> {
  const ids = rows.map(({ patternId }) => patternId);
  const evidence = await transaction
    .select()
    .from(patternEvidence)
    .where(inArray(patternEvidence.patternId, ids))
    .orderBy(asc(patternEvidence.family), asc(patternEvidence.signal), asc(patternEvidence.week));
  const statements = await transaction
    .select()
    .from(patternStatements)
    .where(inArray(patternStatements.patternId, ids))
    .orderBy(asc(patternStatements.saidAt), asc(patternStatements.statementId));
  return rows.map((row) => {
    const own = evidence.filter(({ patternId }) => patternId === row.patternId);
    return {
      ...toFacts(row, context),
      runs: new Set(own.flatMap(({ runIds }) => runIds)).size,
      recent: toRecent(row, own, context),
      findings: toFindings(own),
      statements: statements
        .filter(({ patternId }) => patternId === row.patternId)
        .map(({ kind, saidAt, body, cause, workloadClass, isUpheld }) => ({
          kind,
          said_at: saidAt.toISOString(),
          text: body,
          cause,
          workload_class: workloadClass,
          is_upheld: isUpheld,
        })),
    };
  });
}

function toFacts(
  row: PatternRow,
  context: ClockContext,
): Omit<Pattern, "runs" | "recent" | "findings" | "statements"> {
  return {
    pattern_id: row.patternId,
    state: row.state,
    families: row.families,
    first_week: row.firstWeek,
    notified_at: row.notifiedAt?.toISOString() ?? null,
    opened_at: row.openedAt?.toISOString() ?? null,
    closed_at: row.closedAt?.toISOString() ?? null,
    closed_by: row.closedBy,
    is_contested: isContested(row),
    clock: toClock(row, context),
    told: toTold(row, context),
    value: toValue(row, context),
    remedies: row.closedAt === null ? listRemedies(row, context) : [],
  };
}

function toTold(row: PatternRow, { config }: ClockContext): Pattern["told"] {
  const looked = toLookedAtFrom(row.notifiedAt ?? row.observedAt, config);
  return {
    cost_usd: (row.toldCostUsd ?? row.namedCostUsd).toFixed(2),
    from_week: row.firstWeek > looked ? row.firstWeek : looked,
    last_week: row.toldLastWeek ?? row.lastWeek,
  };
}

/** The Monday of the first of the weeks looked at, which are those that have ended. */
function toLookedAtFrom(at: Date, { method, timezone }: ClockContext["config"]): string {
  return addDays(toMonday(toDay(at, timezone)), -method.patterns.weeks * DAYS_PER_WEEK);
}

/**
 * Analytics writes the figures of a pattern anew as long as something of it is seen; once its last week is older than the weeks looked
 * at, nothing is.
 */
function toRecent(
  row: PatternRow,
  evidence: readonly EvidenceRow[],
  { config, now }: ClockContext,
): Pattern["recent"] {
  if (row.closedAt !== null) return null;
  const { weeks, familiesMin } = config.method.patterns;
  const from_week = toLookedAtFrom(now, config);
  const byWeek = Object.values(Object.groupBy(evidence, ({ week }) => week));
  const withIt = byWeek.filter(
    (found = []) =>
      (found[0]?.week ?? "") >= from_week && new Set(found.map(({ family }) => family)).size >= familiesMin,
  );
  const cost_usd = (row.lastWeek >= from_week ? row.namedCostUsd : 0).toFixed(2);
  return { from_week, weeks, weeks_with_it: withIt.length, cost_usd };
}

function toValue(row: PatternRow, { config }: ClockContext): PatternValue {
  const { dueOutcomes, expectedOutcomes, pLowValue, yieldMean, yieldLow, yieldHigh } = row;
  const isKnown = pLowValue !== null && yieldMean !== null && yieldLow !== null && yieldHigh !== null;
  return {
    expected_outcomes: expectedOutcomes,
    expected_outcomes_min: config.method.yield.expectedOutcomesMin,
    yield: isKnown
      ? { due_outcomes: dueOutcomes, p_low_value: pLowValue, mean: yieldMean, low: yieldLow, high: yieldHigh }
      : null,
  };
}

function listRemedies({ state, families, pLowValue }: PatternRow, { config }: ClockContext): string[] {
  const { weeks, weeksMin, costUsdMin, ownShareMin, undecidedWorkingDays } = config.method.patterns;
  const isTimed = families.includes("schedule") || families.includes("no_op");
  const ofNotice = [
    `It does not open if fewer than ${weeksMin} of the last ${weeks} weeks have it by then.`,
    `It does not open if the runs that it names cost less than $${costUsdMin}, or less than ${Math.round(ownShareMin * 100)} % of the person's own volume, in those weeks.`,
    ...(pLowValue === null
      ? []
      : ["It does not open if outcomes of those runs come in: link them, or rate what was useful."]),
    ...(isTimed ? ["Registering the schedule that starts these runs explains it."] : []),
  ];
  return [
    ...(state === "notified" ? ofNotice : []),
    "An explanation that the manager accepts closes it, and covers the same from then on.",
    "A contest stops the clock until the privacy officer has answered.",
    ...(state === "open" ? [`Undecided, it expires after ${undecidedWorkingDays} working days.`] : []),
  ];
}

function toFindings(evidence: readonly EvidenceRow[]): Finding[] {
  const bySignal = Object.values(Object.groupBy(evidence, ({ signal }) => signal));
  return bySignal.flatMap((rows = []) => {
    const newest = rows.at(-1);
    if (newest === undefined) return [];
    const { family, signal, question, rule, innocents, floor } = newest;
    const weeks = rows.map((row) => ({
      week: row.week,
      effect: row.effect,
      cases: row.cases,
      p_value: row.pValue,
      cost_usd: row.namedCostUsd.toFixed(2),
      run_ids: row.runIds,
    }));
    return [{ family, signal, question, rule, innocents, floor, weeks }];
  });
}
