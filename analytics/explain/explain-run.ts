// Every number on the score of a run, followed to what it was made of: calls with what each cost and why some are not credited, outcomes
// with the way by which they belong to it, what was expected of runs like it, and the signals that name it.

import { AppError } from "../../schemas/app-error.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import type { Config } from "../../schemas/config.ts";
import { VALUE_KINDS } from "../../schemas/method/outcome-weights.ts";
import { explainedCalls } from "../queries/explained-calls.ts";
import { explainedOutcomes } from "../queries/explained-outcomes.ts";
import { explainedRuns, type ExplainedRun } from "../queries/explained-runs.ts";
import { explainedSignals } from "../queries/explained-signals.ts";
import { SIGNALS } from "../signals/signals.ts";

/** The dearest ones. */
const CALLS_MAX = 20;
const OUTCOMES_MAX = 100;
/** One run's id can be several people's, where clients make them up. */
const FOUND_MAX = 2;

export interface AskedRun {
  clickhouse: ClickHouseStore;
  config: Pick<Config, "method" | "individualScoring">;
  runId: string;
  /** Undefined: whoever's it is. */
  personId: string | undefined;
  now: Date;
}

export type RunExplanation = Awaited<ReturnType<typeof explainRun>>;

/** @throws AppError `not_found`, `conflict` where several people have a run of this id */
export async function explainRun({ clickhouse, config, runId, personId, now }: AskedRun) {
  const person_ids = personId === undefined ? [] : [personId];
  const asked = { run_ids: [runId], person_ids, now, rows_max: FOUND_MAX };
  const [run, another] = await clickhouse.query(explainedRuns, asked);
  if (run === undefined)
    throw new AppError("not_found", `There is no run ${runId}. Runs are listed by: npx assay export runs`);
  if (another !== undefined)
    throw new AppError("conflict", `Several people have a run ${runId}. Say whose: --person you@example.com`);
  const isScored = run.is_scored && config.individualScoring !== "off";
  const about = { person_id: run.person_id, run_id: run.run_id, now };
  const span = { from: new Date(run.started_at), to: new Date(run.ended_at) };
  const calls = await clickhouse.query(explainedCalls, { ...about, ...span, rows_max: CALLS_MAX });
  const outcomes = await clickhouse.query(explainedOutcomes, {
    ...about,
    kinds: [...VALUE_KINDS],
    rows_max: OUTCOMES_MAX,
  });
  const p_value_max = config.method.signals.pValueMax;
  const found = isScored ? await clickhouse.query(explainedSignals, { ...about, p_value_max }) : [];
  return {
    person_id: run.person_id,
    run_id: run.run_id,
    client: run.client,
    models: run.models,
    workload_class: run.workload_class,
    class_source: run.class_source,
    started_at: run.started_at,
    ended_at: run.ended_at,
    calls: run.calls,
    cost_usd: run.cost_usd,
    credited_cost_usd: run.credited_cost_usd,
    uncredited_cost_usd: run.uncredited_cost_usd,
    value: isScored ? toValue(run) : null,
    outcomes,
    signals: found.map((signal) => {
      const {
        question = "",
        rule = "",
        innocents = [],
      } = SIGNALS.find(({ name }) => name === signal.signal) ?? {};
      return { ...signal, question, rule, innocents };
    }),
    dearest_calls: calls,
    would_change: listChanges(run, isScored),
  };
}

function toValue(run: ExplainedRun) {
  return {
    week: run.week,
    model_tier: run.model_tier,
    is_observable: run.is_observable,
    is_provisional: run.is_provisional,
    is_value_scored: run.is_value_scored,
    expected_outcomes: run.expected_outcomes,
    due_outcomes: run.due_outcomes,
    pending_outcomes: run.pending_outcomes,
    reversed_outcomes: run.reversed_outcomes,
    value_points: run.value_points,
    earned_cost_usd: run.earned_cost_usd,
    reference_cost_usd: run.reference_cost_usd,
    /** Runs of the class and tier by which it was judged; shipped expectations where they were too few. */
    expected_of: {
      is_shipped: run.is_default,
      runs: run.baseline_runs,
      coverage: run.coverage,
      asked_cost_usd: run.asked_cost_usd,
      bin_above_usd: run.bin_above_usd,
      bin_up_to_usd: run.bin_up_to_usd,
    },
    method_version: run.method_version,
  };
}

function listChanges(run: ExplainedRun, isScored: boolean): string[] {
  const changes = [
    [
      run.workload_class === null,
      "Declaring its class sets it against other runs; it changes nothing that was counted.",
    ],
    [!isScored, "It has no score: individual scoring began later, or is off, or it was not computed yet."],
    [
      isScored && !run.is_value_scored,
      "Connecting the sources of its class's outcomes: too few of its runs can be observed.",
    ],
    [
      isScored && run.is_provisional,
      "Time: outcomes may still fall due, so nothing is concluded from it yet.",
    ],
    [
      isScored && run.pending_outcomes > 0,
      "Time: outcomes that wait count when they have stood long enough.",
    ],
    [
      isScored && run.is_value_scored,
      "More outcomes that are linked to it: name the run in the commit (npx assay git-trailer install), or send them to /api/v1/outcomes with its id.",
    ],
  ] as const;
  return changes.flatMap(([holds, sentence]) => (holds ? [sentence] : []));
}
