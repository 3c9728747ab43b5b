// How many people used it in each week, and how many of them meaningfully: more than the trivial call that ticks a box. Counts of
// the organisation, and of nobody.

import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
import { NONE } from "./call-facts.ts";

export const weeklyUse = defineQuery({
  name: "analytics: weekly use",
  sql: `
SELECT week, count() AS active, countIf(meaningful_calls >= {meaningful_calls_min:UInt32}) AS meaningful
FROM (
  SELECT person_id, toMonday(day) AS week,
    sumIf(calls, reason = '' AND request_kind IN ('main', 'subagent') AND workload_class != 'scheduled') AS meaningful_calls
  FROM usage_days FINAL
  WHERE person_id != ${NONE} AND day >= {from_week:Date} AND day < {until_week:Date}
  GROUP BY person_id, week
)
GROUP BY week ORDER BY week`,
  params: z.object({
    meaningful_calls_min: z.int(),
    from_week: z.iso.date(),
    until_week: z.iso.date(),
  }),
  row: z.object({ week: z.iso.date(), active: z.coerce.number(), meaningful: z.coerce.number() }),
});
