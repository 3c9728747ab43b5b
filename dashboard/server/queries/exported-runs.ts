// Which runs started in a span of time, each once? Oldest first, so that those which lie together in time come together, and
// their calls can be read from a narrow span.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { CLASS_SOURCES, RUN_SOURCES, WORKLOAD_CLASSES } from "../../../schemas/closed-lists.ts";
import { TOKEN_FIELDS } from "../../../schemas/token-event.ts";

/** 64-bit integers come quoted, and leave as numbers. */
const count = z.coerce.number().int();

export const exportedRuns = defineQuery({
  name: "exported runs",
  sql: `
SELECT
  row.person_id AS person_id,
  row.run_id AS run_id,
  row.run_source AS run_source,
  nullIf(row.session_id, '') AS session_id,
  row.client AS client,
  nullIf(row.workload_class, '') AS workload_class,
  if(row.class_source = '', 'none', row.class_source) AS class_source,
  row.started_at AS started_at,
  row.ended_at AS ended_at,
  row.turns AS turns,
  row.calls AS calls,
  row.unknown_usage_calls AS unknown_usage_calls,
  row.unpriced_calls AS unpriced_calls,
  ${TOKEN_FIELDS.map((field) => `row.${field} AS ${field}`).join(", ")},
  row.cost_usd AS cost_usd,
  row.credited_cost_usd AS credited_cost_usd
FROM runs AS row FINAL
WHERE row.started_at >= {from:DateTime64(3)} AND row.started_at < {to:DateTime64(3)}
  AND row.expires_at > {now:DateTime64(3)}
ORDER BY row.started_at, row.person_id, row.run_id`,
  params: z.object({ from: z.date(), to: z.date(), now: z.date() }),
  row: z.object({
    person_id: z.uuid(),
    run_id: z.string(),
    run_source: z.enum(RUN_SOURCES),
    session_id: z.string().nullable(),
    client: z.string(),
    workload_class: z.enum(WORKLOAD_CLASSES).nullable(),
    class_source: z.enum(CLASS_SOURCES),
    started_at: z.iso.datetime(),
    ended_at: z.iso.datetime(),
    turns: z.int(),
    calls: count,
    unknown_usage_calls: count,
    unpriced_calls: count,
    ...Object.fromEntries(TOKEN_FIELDS.map((field) => [field, count])),
    cost_usd: z.string(),
    credited_cost_usd: z.string(),
  }),
});
