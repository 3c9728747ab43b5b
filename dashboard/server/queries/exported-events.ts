// Which calls started in a span of time, each once and as a whole? In the table's own order, so that the store reads and
// sends without sorting.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { TOKEN_FIELDS, tokenEventSchema } from "../../../schemas/token-event.ts";

const FIELDS = Object.keys(tokenEventSchema.shape);
const COUNTS = ["sequence", "request_bytes", "response_bytes"];
const UNKNOWN_COUNTS = [
  "first_byte_ms",
  "duration_ms",
  "client_retry_count",
  "max_output_tokens",
  "messages",
  "tools_offered",
  ...TOKEN_FIELDS,
];

/** 64-bit integers come quoted, and leave as the numbers of the record. */
const count = z.coerce.number().int();
const rowOf = (fields: readonly string[], schema: z.ZodType) =>
  Object.fromEntries(fields.map((field) => [field, schema]));

export const exportedEvents = defineQuery({
  name: "exported events",
  sql: `
SELECT ${FIELDS.map((field) => `row.${field} AS ${field}`).join(", ")}
FROM token_events AS row FINAL
WHERE row.started_at >= {from:DateTime64(3)} AND row.started_at < {to:DateTime64(3)}
  AND row.expires_at > {now:DateTime64(3)}
ORDER BY row.started_at, row.event_id`,
  params: z.object({ from: z.date(), to: z.date(), now: z.date() }),
  row: z.strictObject({
    ...tokenEventSchema.shape,
    ...rowOf(COUNTS, count),
    ...rowOf(UNKNOWN_COUNTS, count.nullable()),
    server_tool_calls: z.record(z.string(), count),
  }),
});
