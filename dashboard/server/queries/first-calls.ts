// Which is the first call of each of some runs of a person? Runs whose first records are gone can't be computed again, and are left out.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { WORKLOAD_CLASSES } from "../../../schemas/closed-lists.ts";

export const firstCalls = defineQuery({
  name: "first calls of runs",
  sql: `
SELECT
  run_id,
  argMin(call.event_id, (call.started_at, call.event_id)) AS event_id,
  min(call.started_at) AS started_at,
  nullIf(any(own.workload_class), '') AS workload_class,
  any(own.expires_at) AS expires_at
FROM calls AS call FINAL
INNER JOIN (
  SELECT run_id, workload_class, expires_at FROM runs FINAL
  WHERE person_id = {person_id:UUID} AND run_id IN {run_ids:Array(String)} AND inputs_expire_at > {now:DateTime64(3)}
) AS own ON own.run_id = call.run_id
WHERE call.person_id = {person_id:UUID} AND call.run_id IN {run_ids:Array(String)} AND call.expires_at > {now:DateTime64(3)}
GROUP BY run_id
ORDER BY run_id`,
  params: z.object({ person_id: z.uuid(), run_ids: z.array(z.string()), now: z.date() }),
  row: z.object({
    run_id: z.string(),
    event_id: z.uuid(),
    started_at: z.coerce.date(),
    workload_class: z.enum(WORKLOAD_CLASSES).nullable(),
    expires_at: z.coerce.date(),
  }),
});
