// How much did each person of the organisation use in each week of a span: in all, and told apart by model, client, class and reason? For
// sums over groups (organisation/disclosure.ts), which have to know what each person put in; no row of it leaves the server.
//
// Always holds: where fewer people used anything than the smallest group has, there is no row at all. The person of services is
// the zero UUID.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { TOKEN_FIELDS } from "../../../schemas/token-event.ts";
import { organisationParam } from "../access/scope.ts";

const CUTS = ["week", "model", "client", "class", "reason"] as const;
const IN_SPAN = "day >= {from:Date} AND day < {until:Date} AND expires_at > {now:DateTime64(3)}";
const NOBODY = "toUUID('00000000-0000-0000-0000-000000000000')";

export const groupUse = defineQuery({
  name: "use of groups",
  sql: `
SELECT
  multiIf(
    grouping(row.model) = 0, 'model',
    grouping(row.client) = 0, 'client',
    grouping(row.workload_class) = 0, 'class',
    grouping(row.reason) = 0, 'reason',
    'week') AS cut,
  row.person_id AS person_id,
  toMonday(row.day) AS week,
  concat(row.model, row.client, row.workload_class, row.reason) AS name,
  sum(row.calls) AS calls,
  sum(row.unpriced_calls) AS unpriced_calls,
  sum(${TOKEN_FIELDS.map((field) => `row.${field}`).join(" + ")}) AS tokens,
  toFloat64(sum(row.cost_usd)) AS cost_usd,
  toFloat64(sumIf(row.cost_usd, row.reason != '')) AS uncredited_cost_usd,
  -- As meaningful weekly use has it: METHOD, section 7.
  sumIf(row.calls, row.reason = '' AND row.request_kind IN ('main', 'subagent') AND row.workload_class != 'scheduled') AS meaningful_calls
FROM usage_days AS row FINAL
WHERE ${IN_SPAN}
  AND (SELECT uniqExact(person_id) FROM usage_days FINAL WHERE ${IN_SPAN} AND person_id != ${NOBODY}) >= {min_group:UInt32}
GROUP BY GROUPING SETS (
  (row.person_id, week), (row.person_id, week, row.model), (row.person_id, week, row.client),
  (row.person_id, week, row.workload_class), (row.person_id, week, row.reason))`,
  params: z.object({
    min_group: organisationParam,
    from: z.iso.date(),
    /** Not included. */
    until: z.iso.date(),
    now: z.date(),
  }),
  row: z.object({
    cut: z.enum(CUTS),
    person_id: z.uuid(),
    week: z.iso.date(),
    name: z.string(),
    calls: z.coerce.number(),
    unpriced_calls: z.coerce.number(),
    tokens: z.coerce.number(),
    cost_usd: z.number(),
    uncredited_cost_usd: z.number(),
    meaningful_calls: z.coerce.number(),
  }),
});
export type GroupUseRow = z.infer<(typeof groupUse)["row"]>;
