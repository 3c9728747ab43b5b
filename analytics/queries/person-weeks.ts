// What was used in each ISO week by a person, by declared class: the sums of its days, and the number of runs that have a
// call in it.

import { z } from "zod";
import { defineStatement } from "../../schemas/clickhouse/store.ts";
import { CREDIT_COLUMNS, CREDITS, MEASURE_COLUMNS, MEASURES_OF_SUMS } from "./measures.ts";
import { WINDOWS } from "./windows.ts";

export const sumWeeks = defineStatement({
  name: "analytics: person_weeks",
  sql: `
INSERT INTO person_weeks (person_id, week, workload_class, version, expires_at, runs, inputs_expire_at,
  ${MEASURE_COLUMNS}, ${CREDIT_COLUMNS})
WITH
  windows AS (
    SELECT person_id, toMonday(from_day) AS from_week FROM (${WINDOWS})
  ),
  run_counts AS (
    SELECT calls.person_id AS person, toMonday(toDate(started_at, {timezone:String})) AS week, workload_class AS class,
      uniqExact(run_id) AS runs, min(expires_at) AS inputs_expire_at
    FROM calls FINAL INNER JOIN windows ON windows.person_id = calls.person_id
    WHERE started_at >= toDateTime(toMonday({from_day:Date}), {timezone:String}) AND week >= windows.from_week
    GROUP BY person, week, class
  )
SELECT
  person_id, toMonday(day) AS week, workload_class, {version:UInt64}, max(expires_at),
  any(run_counts.runs), any(run_counts.inputs_expire_at),
  ${MEASURES_OF_SUMS},
  ${CREDITS}
FROM usage_days FINAL
INNER JOIN run_counts ON run_counts.person = person_id AND run_counts.week = toMonday(day) AND class = workload_class
WHERE day >= toMonday({from_day:Date})
GROUP BY 1, 2, 3`,
  params: z.object({
    version: z.int(),
    timezone: z.string(),
    /** The earliest day of the windows; what is computed begins with its week. */
    from_day: z.iso.date(),
  }),
});

/** Rows of a window's weeks that no call stands for any longer. */
export const retireWeeks = defineStatement({
  name: "analytics: retire person_weeks",
  sql: `
INSERT INTO person_weeks (person_id, week, workload_class, version, is_deleted, expires_at)
SELECT person_id, week, workload_class, {version:UInt64}, 1, expires_at
FROM person_weeks FINAL INNER JOIN (${WINDOWS}) AS windows ON windows.person_id = person_weeks.person_id
WHERE week >= toMonday({from_day:Date})
  AND week >= toMonday(windows.from_day) AND person_weeks.version < {version:UInt64}`,
  params: z.object({ version: z.int(), from_day: z.iso.date() }),
});
