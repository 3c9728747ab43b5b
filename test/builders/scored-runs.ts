// Runs of a known cost with known outcomes, and what scoring made of them.

import { z } from "zod";
import { NO_TEMPLATES } from "../../analytics/allowed-templates.ts";
import { scoreRuns } from "../../analytics/scoring.ts";
import { defineQuery, defineStatement } from "../../schemas/clickhouse/store.ts";
import { toMethod } from "../../schemas/method.ts";
import { PERSON, type AnalysisBench, type Arrival, type OutcomeArrival, type Row } from "./analysis.ts";
import { merged } from "./linked-outcomes.ts";

/** Small enough for a test, so that what the organisation has of its own counts. */
export const SMALL_METHOD = toMethod({
  yield: { fitRunsMin: 20, coverageRunsMin: 10, dispersionPeopleMin: 2, referenceOutcomesMin: 5 },
});

const SCORE_TABLES = ["class_baselines", "outcome_costs", "run_scores", "week_scores"] as const;
export type ScoreTable = (typeof SCORE_TABLES)[number];

const KEYS: Readonly<Record<ScoreTable, string>> = {
  class_baselines: "week, workload_class, model_tier",
  outcome_costs: "person_id, week, workload_class, model_tier",
  run_scores: "person_id, run_id",
  week_scores: "person_id, week, workload_class",
};

export async function emptyScores(bench: AnalysisBench): Promise<void> {
  await bench.empty();
  for (const table of SCORE_TABLES)
    await bench.store.execute(
      defineStatement({ name: "empty", sql: `TRUNCATE TABLE ${table}`, params: z.object({}) }),
      {},
    );
}

/** Sums of floats differ in the last digits with the order in which the engine met the rows. */
export async function readScores(
  bench: AnalysisBench,
  table: ScoreTable,
  without: string[] = [],
): Promise<Row[]> {
  const rows = await readVersions(bench, table);
  const left = new Set(["version", "is_deleted", "inputs_hash", ...without]);
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row)
        .filter(([name]) => !left.has(name))
        .map(([name, value]) => [name, typeof value === "number" ? Number(value.toPrecision(12)) : value]),
    ),
  );
}

export function readVersions(bench: AnalysisBench, table: ScoreTable): Promise<Row[]> {
  const sql = `SELECT * FROM ${table} FINAL ORDER BY ${KEYS[table]}`;
  return bench.store.query(
    defineQuery({ name: "read scores", sql, params: z.object({}), row: z.looseObject({}) }),
    {},
  );
}

/** Later than any pass of a bench. */
const LATE_VERSION = 2_000_000_000_000_000;

/** The step of scoring alone, again and again, after the last whole pass of a test: for what time and settings change. */
export function createScoring(
  bench: AnalysisBench,
): (day: string, scoredFrom: Date | undefined) => Promise<void> {
  let version = LATE_VERSION;
  return async (day, scoredFrom) => {
    const after = version;
    version += 1;
    const now = new Date(`${day}T12:00:00Z`);
    const config = { ...bench.options.config, method: SMALL_METHOD };
    await scoreRuns({
      store: bench.store,
      config,
      version,
      after,
      since: now,
      now,
      computedAt: now,
      scoredFrom,
      templates: NO_TEMPLATES,
      hasOtherTemplates: false,
    });
  };
}

export interface Work extends Arrival {
  session_id: string;
  started_at: string;
}

/** A run of one call, of one dollar and a medium model where nothing else is said. */
export function toWork(said: Work): Arrival {
  return { model_served: "gpt-5", cost_usd: "1", client_run_id: null, ...said };
}

/** A merge that names the run's session: a day after its start, at once due. */
export function mergeOf({ session_id, started_at }: Work, said: OutcomeArrival = {}): OutcomeArrival {
  const occurred_at = new Date(Date.parse(started_at) + 86_400_000).toISOString();
  return merged({ outcome_id: `merge of ${session_id}`, session_id, occurred_at, ...said });
}

/**
 * A month of work of an organisation in which of three runs two come to something: for each day of four weeks and each of some people
 * one run. Every first run has no outcome. Sessions are `p0-day1`, with the name of the class in front where one is declared.
 */
export function toMonth(
  people: readonly string[],
  from: string,
  said: Partial<Work> = {},
): { runs: Work[]; outcomes: OutcomeArrival[] } {
  const runs: Work[] = [];
  const outcomes: OutcomeArrival[] = [];
  for (const [at, person_id] of people.entries())
    for (let day = 0; day < 28; day += 1) {
      const started_at = new Date(Date.parse(from) + day * 86_400_000 + at * 60_000).toISOString();
      const work = {
        ...said,
        session_id: `${said.workload_class ?? ""}p${at}-day${day}`,
        person_id,
        started_at,
      };
      runs.push(work);
      if ((at + day) % 3 > 0) outcomes.push(mergeOf(work));
    }
  return { runs, outcomes };
}

export const PEOPLE = [PERSON, ...[1, 2].map((n) => `01936a00-0000-7000-8000-0000000001${n}0`)];
