// How much of what individuals were scored by is there, over everybody? No row where fewer people than the smallest group are scored.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { organisationParam } from "../access/scope.ts";

export const scoredRows = defineQuery({
  name: "scored rows",
  sql: `
SELECT runs, weeks
FROM (
  SELECT count() AS runs, uniqExact(person_id) AS people FROM run_scores FINAL WHERE expires_at > {now:DateTime64(3)}
) AS of_runs
CROSS JOIN (SELECT count() AS weeks FROM week_scores FINAL WHERE expires_at > {now:DateTime64(3)}) AS of_weeks
WHERE people >= {min_group:UInt16}`,
  params: z.object({ min_group: organisationParam, now: z.date() }),
  row: z.object({ runs: z.coerce.number(), weeks: z.coerce.number() }),
});
