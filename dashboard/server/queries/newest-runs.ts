// Which runs of a person started before a given one, newest first? A page goes on where the one before ended, by the start
// and id of its last run, so that runs which arrive in between neither repeat nor hide one.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { RUN_SOURCES, WORKLOAD_CLASSES } from "../../../schemas/closed-lists.ts";
import { measuresRow, ROW_COUNTS_SQL } from "./measures.ts";

export const newestRuns = defineQuery({
  name: "newest runs",
  sql: `
SELECT
  row.run_id AS run_id,
  row.run_source AS run_source,
  row.client AS client,
  row.models AS models,
  nullIf(row.workload_class, '') AS workload_class,
  row.started_at AS started_at,
  row.ended_at AS ended_at,
  ${ROW_COUNTS_SQL},
  row.cost_usd AS cost_usd,
  row.credited_cost_usd AS credited_cost_usd,
  row.uncredited_cost_usd AS uncredited_cost_usd
FROM runs AS row FINAL
WHERE row.person_id = {person_id:UUID}
  AND row.expires_at > {now:DateTime64(3)}
  AND (row.started_at, row.run_id) < ({before:DateTime64(3)}, {before_run_id:String})
ORDER BY row.started_at DESC, row.run_id DESC
LIMIT {rows_max:UInt32}`,
  params: z.object({
    person_id: z.uuid(),
    now: z.date(),
    before: z.date(),
    before_run_id: z.string(),
    rows_max: z.int(),
  }),
  row: z.object({
    run_id: z.string(),
    run_source: z.enum(RUN_SOURCES),
    client: z.string(),
    models: z.array(z.string()),
    workload_class: z.enum(WORKLOAD_CLASSES).nullable(),
    started_at: z.iso.datetime(),
    ended_at: z.iso.datetime(),
    ...measuresRow,
    uncredited_cost_usd: z.record(z.string(), z.string()),
  }),
});
