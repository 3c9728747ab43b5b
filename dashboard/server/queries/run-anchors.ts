// Which call begins a run, and of which runs are some calls now? A corrected class holds on to a call, because a call that comes
// late can give its run another id.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { runParams, selectCallsOfRun } from "./calls-of-run.ts";
import { subjectIdParam } from "../access/scope.ts";

export const firstCallOfRun = defineQuery({
  name: "first call of a run",
  sql: `
SELECT event_id, started_at FROM (${selectCallsOfRun("event_id, started_at")})
ORDER BY started_at, event_id
LIMIT 1`,
  params: z.object(runParams),
  row: z.object({ event_id: z.uuid(), started_at: z.coerce.date() }),
});

export const runsOfCalls = defineQuery({
  name: "runs of calls",
  sql: `
SELECT event_id, run_id FROM calls FINAL
WHERE person_id = {person_id:UUID} AND event_id IN {event_ids:Array(UUID)}
  AND started_at >= {from:DateTime64(3)} AND started_at <= {to:DateTime64(3)} AND expires_at > {now:DateTime64(3)}`,
  params: z.object({
    person_id: subjectIdParam,
    event_ids: z.array(z.uuid()),
    from: z.date(),
    to: z.date(),
    now: z.date(),
  }),
  row: z.object({ event_id: z.uuid(), run_id: z.string() }),
});
