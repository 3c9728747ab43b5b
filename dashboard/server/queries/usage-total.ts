// How much did a person use in a span of days, in all? Always one row, of zeros where there was nothing.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { measuresRow, SUMMED_COUNTS_SQL } from "./measures.ts";
import { subjectIdParam } from "../access/scope.ts";

export const usageTotal = defineQuery({
  name: "usage total",
  sql: `
SELECT
  ${SUMMED_COUNTS_SQL},
  sum(row.cost_usd) AS cost_usd,
  sumIf(row.cost_usd, row.reason = '') AS credited_cost_usd
FROM usage_days AS row FINAL
WHERE row.person_id = {person_id:UUID} AND row.day BETWEEN {from:Date} AND {to:Date}
  AND row.expires_at > {now:DateTime64(3)}`,
  params: z.object({ person_id: subjectIdParam, from: z.iso.date(), to: z.iso.date(), now: z.date() }),
  row: z.object(measuresRow),
});
