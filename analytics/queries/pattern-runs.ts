// What did the runs cost that the signals of a pattern name, what came of them and what was expected, and what did all of the person's
// calls cost in the same weeks? One row a person; each run counts once, whichever signals and weeks name it.
//
// Only runs of which something can be concluded count toward value: not provisional ones, not scheduled ones, and none of a class whose
// outcomes can't be seen. The prior is that of the class and tier of which most was expected.

import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";

/** Params: person_ids, and at the same place in the other lists what of each is looked at. */
export const patternRuns = defineQuery({
  name: "analytics: runs of patterns",
  sql: `
WITH
  named AS (
    SELECT DISTINCT person_id, arrayJoin(run_ids) AS run_id
    FROM (
      SELECT *, indexOf({person_ids:Array(UUID)}, person_id) AS place FROM week_signals FINAL
      WHERE week BETWEEN {from_week:Date} AND {to_week:Date} AND person_id IN {person_ids:Array(UUID)}
        AND is_above_floor AND p_value <= {p_value_max:Float64}
    )
    WHERE has({families:Array(Array(String))}[place], family) AND has({weeks:Array(Array(String))}[place], toString(week))
  ),
  priors AS (
    SELECT week, workload_class, model_tier, prior_shape, prior_rate FROM class_baselines FINAL
  ),
  totals AS (
    SELECT person_id, sum(cost_usd) AS cost_usd FROM person_weeks FINAL
    WHERE week BETWEEN {from_week:Date} AND {to_week:Date} AND person_id IN {person_ids:Array(UUID)}
    GROUP BY person_id
  )
SELECT
  score.person_id AS person_id,
  sum(score.cost_usd) AS run_cost_usd,
  toFloat64(any(totals.cost_usd)) AS own_cost_usd,
  sumIf(score.due_outcomes, score.counts) AS due_outcomes,
  sumIf(score.expected_outcomes, score.counts) AS expected_outcomes,
  argMaxIf(priors.prior_shape, score.expected_outcomes, score.counts) AS prior_shape,
  argMaxIf(priors.prior_rate, score.expected_outcomes, score.counts) AS prior_rate
FROM (
  SELECT *, is_value_scored AND NOT is_provisional AND NOT is_scheduled AS counts FROM run_scores FINAL
  WHERE person_id IN {person_ids:Array(UUID)} AND (person_id, run_id) GLOBAL IN (SELECT person_id, run_id FROM named)
) AS score
LEFT JOIN priors ON priors.week = score.week AND priors.workload_class = score.workload_class
  AND priors.model_tier = score.model_tier
LEFT JOIN totals ON totals.person_id = score.person_id
GROUP BY person_id`,
  params: z.object({
    from_week: z.iso.date(),
    to_week: z.iso.date(),
    p_value_max: z.number(),
    person_ids: z.array(z.uuid()),
    families: z.array(z.array(z.string())),
    weeks: z.array(z.array(z.iso.date())),
  }),
  row: z.object({
    person_id: z.uuid(),
    run_cost_usd: z.number(),
    own_cost_usd: z.number(),
    due_outcomes: z.number(),
    expected_outcomes: z.number(),
    /** Of Gamma(a, b); 0 where there is no baseline. */
    prior_shape: z.number(),
    prior_rate: z.number(),
  }),
});
