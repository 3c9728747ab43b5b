// Of some runs of a person, how much did registered schedules start, and how much those that somebody approved of?

import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";

export const scheduledCost = defineQuery({
  name: "analytics: cost of scheduled runs",
  sql: `
WITH
  named AS (
    SELECT started_at, toFloat64(cost_usd) AS cost, class_source = 'schedule' AS is_scheduled FROM runs FINAL
    WHERE person_id = {person_id:UUID} AND run_id IN {run_ids:Array(String)}
  ),
  accepted AS (
    SELECT from_at, to_at FROM declared_classes FINAL
    WHERE person_id = {person_id:UUID} AND source = 'schedule' AND declaration_id IN {accepted_ids:Array(UUID)}
  )
SELECT
  sum(cost) AS cost_usd,
  sumIf(cost, is_scheduled) AS scheduled_cost_usd,
  sumIf(cost, is_scheduled AND is_accepted) AS accepted_cost_usd
FROM (
  SELECT *, arrayExists(time -> started_at >= time.1 AND started_at < time.2,
    (SELECT groupArray((from_at, to_at)) FROM accepted)) AS is_accepted
  FROM named
)`,
  params: z.object({
    person_id: z.uuid(),
    run_ids: z.array(z.string()),
    accepted_ids: z.array(z.uuid()),
  }),
  row: z.object({
    cost_usd: z.number(),
    scheduled_cost_usd: z.number(),
    accepted_cost_usd: z.number(),
  }),
});
