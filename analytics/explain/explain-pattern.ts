// A pattern followed to the runs behind it: which conditions hold by how much, what each signal found in each week, what the dearest runs
// cost and brought, and what would change it.

import { asc, eq } from "drizzle-orm";
import { z } from "zod";
import { AppError } from "../../schemas/app-error.ts";
import type { Stores } from "../../schemas/command.ts";
import type { Config } from "../../schemas/config.ts";
import { patternEvidence, patterns, patternStatements } from "../../schemas/postgres/pattern-tables.ts";
import type { PatternRow } from "../../schemas/postgres/patterns.ts";
import { CONDITIONS, listUnmet } from "../patterns/conditions.ts";
import { explainedRuns } from "../queries/explained-runs.ts";

/** The dearest ones. */
const RUNS_MAX = 50;

export interface AskedPattern {
  stores: Stores;
  config: Pick<Config, "method" | "individualScoring">;
  patternId: string;
  now: Date;
}

export type PatternExplanation = Awaited<ReturnType<typeof explainPattern>>;

/** @throws AppError `not_found`, also while individual scoring is off */
export async function explainPattern({
  stores: { clickhouse, postgres },
  config,
  patternId,
  now,
}: AskedPattern) {
  const { db } = postgres;
  const canBe = config.individualScoring !== "off" && z.uuid().safeParse(patternId).success;
  const [pattern] = canBe ? await db.select().from(patterns).where(eq(patterns.patternId, patternId)) : [];
  if (pattern === undefined)
    throw new AppError(
      "not_found",
      `There is no pattern ${patternId}. List them with: npx assay export patterns`,
    );
  const evidence = await db
    .select()
    .from(patternEvidence)
    .where(eq(patternEvidence.patternId, patternId))
    .orderBy(asc(patternEvidence.week), asc(patternEvidence.family), asc(patternEvidence.signal));
  const said = await db
    .select()
    .from(patternStatements)
    .where(eq(patternStatements.patternId, patternId))
    .orderBy(asc(patternStatements.saidAt));
  const run_ids = [...new Set(evidence.flatMap(({ runIds }) => runIds))];
  const person_ids = [pattern.personId];
  const runs = await clickhouse.query(explainedRuns, { run_ids, person_ids, now, rows_max: RUNS_MAX });
  const weeks = [
    ...new Set(evidence.filter(({ family }) => pattern.families.includes(family)).map(({ week }) => week)),
  ];
  return {
    person_id: pattern.personId,
    pattern_id: patternId,
    state: pattern.state,
    families: pattern.families,
    observed_at: pattern.observedAt.toISOString(),
    notified_at: pattern.notifiedAt?.toISOString() ?? null,
    opened_at: pattern.openedAt?.toISOString() ?? null,
    closed_at: pattern.closedAt?.toISOString() ?? null,
    closed_by: pattern.closedBy,
    method_version: pattern.methodVersion,
    conditions: toConditions(pattern, weeks, config.method),
    evidence: evidence.map((row) => ({
      week: row.week,
      family: row.family,
      signal: row.signal,
      question: row.question,
      rule: row.rule,
      innocents: row.innocents,
      effect: row.effect,
      floor: row.floor,
      cases: row.cases,
      p_value: row.pValue,
      p_value_source: row.pValueSource,
      cost_usd: row.namedCostUsd,
      runs: row.runIds.length,
    })),
    runs: runs.map((run) => ({
      run_id: run.run_id,
      started_at: run.started_at,
      cost_usd: run.cost_usd,
      expected_outcomes: run.expected_outcomes,
      due_outcomes: run.due_outcomes,
      is_provisional: run.is_provisional,
    })),
    named_runs: run_ids.length,
    statements: said.map(({ kind, saidAt, body }) => ({ kind, said_at: saidAt.toISOString(), text: body })),
    would_change: listChanges(pattern, config.method),
  };
}

function toConditions(pattern: PatternRow, weeks: string[], method: Config["method"]) {
  const { patterns: numbers, yield: value } = method;
  const unmet = listUnmet({ families: pattern.families, weeks }, pattern, method);
  const { pLowValue, dueOutcomes, expectedOutcomes, namedCostUsd, ownCostUsd } = pattern;
  const words: Record<(typeof CONDITIONS)[number], string> = {
    value:
      pLowValue === null
        ? `${expectedOutcomes.toFixed(1)} outcomes were expected of the named runs; ${value.expectedOutcomesMin} are needed to tell. Replay and schedule together need no value.`
        : `${dueOutcomes.toFixed(1)} outcomes are due of ${expectedOutcomes.toFixed(1)} expected: the yield is below ${value.lowYield} with probability ${pLowValue.toFixed(3)}; ${value.lowValueProbabilityMin} is needed, or replay and schedule together.`,
    families: `${pattern.families.join(", ")}; ${numbers.familiesMin} families are needed.`,
    cost: `The named runs cost $${namedCostUsd.toFixed(2)} in ${numbers.weeks} weeks; the more of $${numbers.costUsdMin} and ${numbers.ownShareMin} of $${ownCostUsd.toFixed(2)} is needed.`,
    weeks: `${pattern.firstWeek} to ${pattern.lastWeek}; ${numbers.weeksMin} of ${numbers.weeks} weeks are needed.`,
  };
  return CONDITIONS.map((condition) => ({
    condition,
    holds: !unmet.includes(condition),
    words: words[condition],
  }));
}

function listChanges(
  { families, closedAt, pLowValue }: PatternRow,
  { patterns: numbers }: Config["method"],
): string[] {
  if (closedAt !== null) return ["Nothing: it is closed. Only later weeks could make another one."];
  return [
    `Fewer than ${numbers.weeksMin} of the last ${numbers.weeks} weeks in which ${numbers.familiesMin} of its families speak.`,
    `Named runs that cost less than $${numbers.costUsdMin}, or than ${numbers.ownShareMin} of the person's own volume.`,
    ...(pLowValue === null ? [] : ["Outcomes of the named runs that fall due, or are linked to them."]),
    ...(families.includes("schedule") || families.includes("no_op")
      ? ["A registered schedule that starts these runs."]
      : []),
    "An explanation that is accepted, or a contest that is upheld.",
  ];
}
