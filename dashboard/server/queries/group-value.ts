// What came of each person's runs, by class: outcomes that became due in a span of weeks and what such outcomes usually cost,
// and how many were expected of the span's runs. For sums over groups, as use of groups; no row of it leaves the server.
//
// An outcome counts in the weeks in which it became due, because by then it is known; a run counts in the week of its first call, if it
// is old enough for its outcomes to be known.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { organisationParam } from "../access/scope.ts";

const NOBODY = "toUUID('00000000-0000-0000-0000-000000000000')";
const START = "toDateTime({from:Date}, {timezone:String})";
const END = "toDateTime({until:Date}, {timezone:String})";
const IS_DUE = `credited_at >= ${START} AND credited_at < ${END} AND ifNull(reversed_at >= ${END}, true)`;

export const groupValue = defineQuery({
  name: "value of groups",
  sql: `
WITH
  came AS (
    SELECT person_id AS link_person, run_id AS link_run,
      sumIf(share, ${IS_DUE}) AS due,
      sumIf(share, trust != 'low' AND ${IS_DUE}) AS trusted,
      sumIf(share, occurred_at < ${END} AND credited_at >= ${END} AND ifNull(reversed_at >= ${END}, true)) AS pending
    FROM outcome_links FINAL
    WHERE kind IN {kinds:Array(String)} AND occurred_at < ${END} AND credited_at >= ${START}
    GROUP BY link_person, link_run
  ),
  of_runs AS (
    SELECT row.person_id AS person, row.workload_class AS class,
      ifNull(came.due, 0) AS due, ifNull(came.pending, 0) AS pending,
      if(row.is_scheduled, 0, ifNull(came.trusted, 0) * row.reference_cost_usd) AS earned,
      (row.week >= {from:Date} AND row.week < {until:Date} AND NOT row.is_provisional AND NOT row.is_scheduled) AS is_judged,
      if(is_judged, row.due_outcomes, 0) AS observed, if(is_judged, row.expected_outcomes, 0) AS expected
    FROM run_scores AS row FINAL
    LEFT JOIN came ON link_person = row.person_id AND link_run = row.run_id
    WHERE row.person_id != ${NOBODY} AND row.expires_at > {now:DateTime64(3)}
  )
SELECT person AS person_id, class AS name, sum(due) AS outcomes, sum(pending) AS pending_outcomes, sum(earned) AS earned_cost_usd,
  sum(observed) AS judged_outcomes, sum(expected) AS expected_outcomes
FROM of_runs
WHERE (SELECT uniqExact(person) FROM of_runs) >= {min_group:UInt32}
GROUP BY person, class
HAVING outcomes > 0 OR pending_outcomes > 0 OR expected_outcomes > 0`,
  params: z.object({
    min_group: organisationParam,
    from: z.iso.date(),
    /** Not included. */
    until: z.iso.date(),
    timezone: z.string(),
    /** Of things of value. */
    kinds: z.array(z.string()),
    now: z.date(),
  }),
  row: z.object({
    person_id: z.uuid(),
    name: z.string(),
    outcomes: z.number(),
    pending_outcomes: z.number(),
    earned_cost_usd: z.number(),
    judged_outcomes: z.number(),
    expected_outcomes: z.number(),
  }),
});
export type GroupValueRow = z.infer<(typeof groupValue)["row"]>;

/** What is expected of a class: its prior, and whether enough of its work can be seen. Of no person. */
export const classPriors = defineQuery({
  name: "priors of classes",
  sql: `
SELECT row.workload_class AS name, row.prior_shape AS prior_shape, row.prior_rate AS prior_rate, row.coverage AS coverage
FROM class_baselines AS row FINAL
WHERE row.week >= {from:Date} AND row.week < {until:Date} AND row.model_tier = 'unknown'
ORDER BY row.week DESC LIMIT 1 BY row.workload_class`,
  params: z.object({ min_group: organisationParam, from: z.iso.date(), until: z.iso.date() }),
  row: z.object({
    name: z.string(),
    prior_shape: z.number(),
    prior_rate: z.number(),
    coverage: z.number().nullable(),
  }),
});
