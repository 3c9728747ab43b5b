// How much did a person use in a span of days: in all, and told apart by day, model, client, class, kind of call and
// reason? One pass over the person's rows answers all of it; `cut` says which way a row of the answer is told apart.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { measuresRow, SUMMED_COUNTS_SQL } from "./measures.ts";
import { subjectIdParam } from "../access/scope.ts";

/** Rows of each cut. A page shows a few; what a client makes up beyond this is in the totals all the same. */
const CUT_ROWS_MAX = 1000;

const CUTS = ["total", "day", "model", "client", "class", "kind", "reason"] as const;

export const usageCuts = defineQuery({
  name: "usage cuts",
  sql: `
SELECT
  multiIf(
    grouping(row.day) = 0, 'day',
    grouping(row.model) = 0, 'model',
    grouping(row.client) = 0, 'client',
    grouping(row.workload_class) = 0, 'class',
    grouping(row.request_kind) = 0, 'kind',
    grouping(row.reason) = 0, 'reason',
    'total') AS cut,
  -- In each cut all names but its own are empty.
  if(cut = 'day', toString(row.day),
    concat(row.model, row.client, row.workload_class, row.request_kind, row.reason)) AS name,
  ${SUMMED_COUNTS_SQL},
  sum(row.cost_usd) AS cost_usd,
  sumIf(row.cost_usd, row.reason = '') AS credited_cost_usd
FROM usage_days AS row FINAL
WHERE row.person_id = {person_id:UUID} AND row.day BETWEEN {from:Date} AND {to:Date}
  AND row.expires_at > {now:DateTime64(3)}
GROUP BY GROUPING SETS (
  (), (row.day), (row.model), (row.client), (row.workload_class), (row.request_kind), (row.reason))
ORDER BY cut, cost_usd DESC, name
LIMIT ${CUT_ROWS_MAX} BY cut`,
  params: z.object({ person_id: subjectIdParam, from: z.iso.date(), to: z.iso.date(), now: z.date() }),
  row: z.object({ cut: z.enum(CUTS), name: z.string(), ...measuresRow }),
});
