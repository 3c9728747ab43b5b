// What was expected of a run like this one, by what, and what came of it as analytics scored it? None: it was not scored.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { MODEL_TIERS, WORKLOAD_CLASSES } from "../../../schemas/closed-lists.ts";
import { ASKED_FOR } from "../../../schemas/method/yield.ts";
import { subjectIdParam } from "../access/scope.ts";

/** The cost by which a run is judged: of credited work, and of work that is not credited because it repeats. */
const ASKED_COST_USD = `toFloat64(run.credited_cost_usd${ASKED_FOR.map((reason) => ` + run.uncredited_cost_usd['${reason}']`).join("")})`;
const BIN = `(1 + arrayCount(edge -> ${ASKED_COST_USD} > edge, base.cost_edges))`;

const figure = z.number().nullable();

export const runScore = defineQuery({
  name: "score of a run",
  sql: `
SELECT
  nullIf(score.workload_class, '') AS workload_class,
  score.model_tier AS model_tier,
  score.is_scheduled AS is_scheduled,
  score.is_observable AS is_observable,
  score.is_value_scored AS is_value_scored,
  score.expected_outcomes AS expected_outcomes,
  score.due_outcomes AS due_outcomes,
  score.pending_outcomes AS pending_outcomes,
  score.reversed_outcomes AS reversed_outcomes,
  score.earned_cost_usd AS earned_cost_usd,
  score.reference_cost_usd AS reference_cost_usd,
  score.method_version AS method_version,
  base.is_default AS is_shipped,
  base.runs AS baseline_runs,
  base.coverage AS coverage,
  ${ASKED_COST_USD} AS asked_cost_usd,
  if(${BIN} = 1 OR empty(base.cost_edges), NULL, base.cost_edges[${BIN} - 1]) AS bin_above_usd,
  if(${BIN} > length(base.cost_edges), NULL, base.cost_edges[${BIN}]) AS bin_up_to_usd
FROM (
  SELECT * FROM run_scores FINAL
  WHERE person_id = {person_id:UUID} AND run_id = {run_id:String} AND expires_at > {now:DateTime64(3)}
) AS score
INNER JOIN (
  SELECT * FROM runs FINAL
  WHERE person_id = {person_id:UUID} AND run_id = {run_id:String} AND expires_at > {now:DateTime64(3)}
) AS run ON run.run_id = score.run_id
LEFT JOIN (SELECT * FROM class_baselines FINAL) AS base
  ON base.week = score.week AND base.workload_class = score.workload_class AND base.model_tier = score.model_tier`,
  params: z.object({ person_id: subjectIdParam, run_id: z.string(), now: z.date() }),
  row: z.object({
    workload_class: z.enum(WORKLOAD_CLASSES).nullable(),
    model_tier: z.enum(MODEL_TIERS),
    is_scheduled: z.boolean(),
    is_observable: z.boolean(),
    is_value_scored: z.boolean(),
    expected_outcomes: z.number(),
    due_outcomes: z.number(),
    pending_outcomes: z.number(),
    reversed_outcomes: z.number(),
    earned_cost_usd: z.number(),
    reference_cost_usd: z.number(),
    method_version: z.string(),
    is_shipped: z.coerce.boolean(),
    baseline_runs: z.coerce.number().int(),
    coverage: figure,
    asked_cost_usd: z.number(),
    bin_above_usd: figure,
    bin_up_to_usd: figure,
  }),
});
