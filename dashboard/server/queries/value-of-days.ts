// What the runs that a person began in a span of days earned, what of them can't be seen, and what schedules started.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { subjectIdParam } from "../access/scope.ts";

export const valueOfDays = defineQuery({
  name: "value of days",
  sql: `
SELECT
  sum(score.earned_cost_usd) AS earned_cost_usd,
  sum(score.unobservable_cost_usd) AS unobservable_cost_usd,
  sumIf(score.credited_cost_usd, score.is_scheduled) AS scheduled_cost_usd
FROM run_scores AS score FINAL
WHERE score.person_id = {person_id:UUID} AND score.expires_at > {now:DateTime64(3)}
  AND score.week BETWEEN toMonday({from:Date}) AND {to:Date}
  AND score.run_id IN (
    SELECT run_id FROM runs AS row FINAL
    WHERE row.person_id = {person_id:UUID} AND row.expires_at > {now:DateTime64(3)}
      AND row.started_at >= toDateTime({from:Date}, {timezone:String})
      AND row.started_at < toDateTime({to:Date} + 1, {timezone:String})
  )`,
  params: z.object({
    person_id: subjectIdParam,
    from: z.iso.date(),
    to: z.iso.date(),
    timezone: z.string(),
    now: z.date(),
  }),
  row: z.object({
    earned_cost_usd: z.number(),
    unobservable_cost_usd: z.number(),
    scheduled_cost_usd: z.number(),
  }),
});
