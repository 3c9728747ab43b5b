// Weeks of a person in which signals speak, and the runs that they name, as scoring and detection leave them.

import { randomUUID } from "node:crypto";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import type { SignalFamily } from "../../schemas/closed-lists.ts";
import { buildRun } from "./derived-rows.ts";

const NEVER = "2090-01-01T00:00:00Z";
const STAMPS = { method_version: "1-test", expires_at: NEVER };
/** One of each family. */
const SIGNALS: Readonly<Partial<Record<SignalFamily, string>>> = {
  replay: "replay_clusters",
  schedule: "phase_lock",
  no_op: "no_op_runs",
};

export interface PatternWeek {
  personId: string;
  /** Mondays. */
  weeks: readonly string[];
  families: readonly SignalFamily[];
  /** Of the one run of each week that all of them name. */
  costUsd?: number;
  /** Of everything of the person's in each week; without it, of that run alone. */
  ownCostUsd?: number;
  /** Of that run. */
  dueOutcomes?: number;
  expectedOutcomes?: number;
  isProvisional?: boolean;
  /** Of each family. */
  pValue?: number;
  version?: number;
}

export function toRunId(week: string): string {
  return `run of ${week}`;
}

export async function recordPatternWeeks(
  store: ClickHouseStore,
  { personId: person_id, weeks, families, costUsd = 40, version = 1, ...said }: PatternWeek,
): Promise<void> {
  const rows = weeks.map((week) => ({ person_id, week, workload_class: "", version }));
  const signals = rows.flatMap((row) =>
    families.map((family) => ({
      ...row,
      ...STAMPS,
      inputs_expire_at: NEVER,
      family,
      signal: SIGNALS[family] ?? family,
      effect: 0.9,
      floor: 0.7,
      cases: 60,
      p_value: said.pValue ?? 0.001,
      p_value_source: "absolute",
      is_above_floor: true,
      run_ids: [toRunId(row.week)],
      named_cost_usd: costUsd,
    })),
  );
  await store.insert("week_signals", signals);
  const own = {
    cost_usd: String(said.ownCostUsd ?? costUsd),
    credited_cost_usd: "0",
    uncredited_cost_usd: {},
  };
  await store.insert(
    "person_weeks",
    rows.map((row) => ({ ...row, ...own, calls: 1, runs: 1, expires_at: NEVER, inputs_expire_at: NEVER })),
  );
  const score = {
    model_tier: "large",
    is_observable: true,
    is_provisional: said.isProvisional ?? false,
    is_value_scored: true,
    cost_usd: costUsd,
    due_outcomes: said.dueOutcomes ?? 0,
    expected_outcomes: said.expectedOutcomes ?? 0,
  };
  await store.insert(
    "run_scores",
    rows.map((row) => ({ ...row, ...STAMPS, ...score, run_id: toRunId(row.week) })),
  );
}

/** Around a person: so many others in whose weeks nothing speaks, and a reference of so many people for each of the weeks. */
export async function recordOthers(
  store: ClickHouseStore,
  weeks: readonly string[],
  { people, peopleOfReference }: { people: number; peopleOfReference: number },
): Promise<void> {
  const costs = { cost_usd: "1", credited_cost_usd: "1", uncredited_cost_usd: {} };
  const counts = { ...costs, calls: 1, runs: 1, version: 1, expires_at: NEVER, inputs_expire_at: NEVER };
  const others = Array.from({ length: people }, () => randomUUID());
  await store.insert(
    "person_weeks",
    weeks.flatMap((week) => others.map((person_id) => ({ ...counts, person_id, week }))),
  );
  const effects = Array.from({ length: peopleOfReference }, (_, at) => at / peopleOfReference);
  const reference = {
    ...STAMPS,
    workload_class: "interactive",
    signal: "echoed_answers",
    effects,
    version: 1,
  };
  await store.insert(
    "signal_references",
    weeks.map((week) => ({ ...reference, week })),
  );
}

/** Says of the runs of some weeks what their class comes from. */
export async function recordRuns(
  store: ClickHouseStore,
  { personId: person_id, weeks }: Pick<PatternWeek, "personId" | "weeks">,
  class_source: string,
  version = 1,
): Promise<void> {
  const rows = weeks.map((week) => {
    const started_at = `${week}T03:00:00.000Z`;
    const run = { person_id, run_id: toRunId(week), started_at, ended_at: `${week}T03:10:00.000Z` };
    return buildRun({ ...run, class_source, cost_usd: "40", version });
  });
  await store.insert("runs", rows);
}
