// A pattern as people see it: what was found, week by week, in the words of its signals; what was said of it; when something happens next
// by itself, and what would change it.
//
// Always holds: of value it shows only that of the pattern's own runs, and only where enough was expected of them; of the person's volume
// nothing beyond the pattern.

import { asc, inArray } from "drizzle-orm";
import type { Config } from "../../../schemas/config.ts";
import type { Pattern } from "../../../schemas/pattern-api.ts";
import type { Transaction } from "../../../schemas/postgres/open.ts";
import { patternEvidence, patternStatements } from "../../../schemas/postgres/pattern-tables.ts";
import type { PatternRow } from "../../../schemas/postgres/patterns.ts";
import { countWorkingDays } from "../../../schemas/working-days.ts";

export interface PatternContext {
  config: Pick<Config, "method" | "timezone" | "holidays">;
  now: Date;
}

type EvidenceRow = typeof patternEvidence.$inferSelect;

/** What the transaction may see of some patterns. */
export async function toPatterns(
  transaction: Transaction,
  rows: readonly PatternRow[],
  context: PatternContext,
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
  return rows.map((row) => ({
    ...toFacts(row, context),
    findings: toFindings(evidence.filter(({ patternId }) => patternId === row.patternId)),
    statements: statements
      .filter(({ patternId }) => patternId === row.patternId)
      .map(({ kind, saidAt, body, workloadClass, isUpheld }) => ({
        kind,
        said_at: saidAt.toISOString(),
        text: body,
        workload_class: workloadClass,
        is_upheld: isUpheld,
      })),
  }));
}

function toFacts(row: PatternRow, context: PatternContext): Omit<Pattern, "findings" | "statements"> {
  const { pLowValue } = row;
  const isClosed = row.closedAt !== null;
  return {
    pattern_id: row.patternId,
    state: row.state,
    families: row.families,
    first_week: row.firstWeek,
    last_week: row.lastWeek,
    notified_at: row.notifiedAt?.toISOString() ?? null,
    opened_at: row.openedAt?.toISOString() ?? null,
    closed_at: row.closedAt?.toISOString() ?? null,
    closed_by: row.closedBy,
    is_contested: isContested(row),
    can_contest: !isClosed && row.contestedAt === null,
    working_days_left: countDaysLeft(row, context),
    cost_usd: row.namedCostUsd.toFixed(2),
    value:
      pLowValue === null
        ? null
        : { due_outcomes: row.dueOutcomes, expected_outcomes: row.expectedOutcomes, p_low_value: pLowValue },
    remedies: isClosed ? [] : listRemedies(row, context),
  };
}

/** Its contest waits for an answer. */
export function isContested({ closedAt, contestedAt, answeredAt }: PatternRow): boolean {
  return closedAt === null && contestedAt !== null && answeredAt === null;
}

function countDaysLeft(row: PatternRow, { config, now }: PatternContext): number | null {
  const { contestWorkingDays, noticeWorkingDays, undecidedWorkingDays } = config.method.patterns;
  const left = (since: Date | null, days: number): number | null =>
    since && Math.max(0, days - countWorkingDays(since, now, config));
  if (isContested(row)) return left(row.contestedAt, contestWorkingDays);
  if (row.state === "notified") return left(row.notifiedAt, noticeWorkingDays + row.pausedWorkingDays);
  return row.state === "open" ? left(row.openedAt, undecidedWorkingDays + row.pausedWorkingDays) : null;
}

function listRemedies({ state, families, pLowValue }: PatternRow, { config }: PatternContext): string[] {
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

function toFindings(evidence: readonly EvidenceRow[]): Pattern["findings"] {
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
