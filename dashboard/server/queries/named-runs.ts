// When did some runs of a person start, by what client, and at what list price? Those whose records are gone are left out.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { subjectIdParam } from "../access/scope.ts";

export const namedRuns = defineQuery({
  name: "named runs",
  sql: `
SELECT run_id, started_at, client, cost_usd
FROM runs FINAL
WHERE person_id = {person_id:UUID} AND run_id IN {run_ids:Array(String)} AND expires_at > {now:DateTime64(3)}
ORDER BY cost_usd DESC, run_id`,
  params: z.object({ person_id: subjectIdParam, run_ids: z.array(z.string()), now: z.date() }),
  row: z.object({
    run_id: z.string(),
    started_at: z.iso.datetime(),
    client: z.string(),
    cost_usd: z.string(),
  }),
});
