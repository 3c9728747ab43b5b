// What ClickHouse holds, asked past the network that is broken.

import { z } from "zod";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { defineQuery, defineStatement } from "../../schemas/clickhouse/store.ts";
import { TOKEN_FIELDS, type TokenField } from "../../schemas/token-event.ts";
import { numberOf } from "./numbered-calls.ts";
import type { StoredCall } from "./verify.ts";

const count = z.coerce.number().nullable();
const tokenCounts = {
  input_tokens: count,
  cache_read_tokens: count,
  cache_write_5m_tokens: count,
  cache_write_1h_tokens: count,
  output_tokens: count,
  reasoning_tokens: count,
  audio_input_tokens: count,
  audio_output_tokens: count,
  image_input_tokens: count,
  image_output_tokens: count,
} satisfies Record<TokenField, unknown>;
const since = { params: z.object({ from: z.date() }) };

const allCalls = defineQuery({
  name: "fault: all calls",
  sql: `SELECT event_id, session_id, usage_source, terminated_by, ${TOKEN_FIELDS.join(", ")}
    FROM token_events FINAL WHERE started_at >= {from:DateTime64(3)}`,
  ...since,
  row: z.object({
    event_id: z.string(),
    session_id: z.string().nullable(),
    usage_source: z.enum(["reported", "partial", "estimated", "none"]),
    terminated_by: z.enum(["complete", "client", "upstream", "timeout", "gateway"]),
    ...tokenCounts,
  }),
});

const sessions = defineQuery({
  name: "fault: sessions",
  sql: "SELECT DISTINCT session_id FROM token_events WHERE started_at >= {from:DateTime64(3)}",
  ...since,
  row: z.object({ session_id: z.string().nullable() }),
});

const rowCount = defineQuery({
  name: "fault: rows",
  sql: "SELECT count() AS rows FROM token_events WHERE started_at >= {from:DateTime64(3)}",
  ...since,
  row: z.object({ rows: z.coerce.number() }),
});

const optimize = defineStatement({
  name: "fault: optimize",
  sql: "OPTIMIZE TABLE token_events FINAL",
  params: z.object({}),
});

/** One of each event id, as every reader of the product sees it. */
export function readStoredCalls(store: ClickHouseStore, from: Date): Promise<StoredCall[]> {
  return Array.fromAsync(store.stream(allCalls, { from }));
}

/** The numbers of those that are there in whatever form. */
export async function readStoredNumbers(store: ClickHouseStore, from: Date): Promise<number[]> {
  const rows = await Array.fromAsync(store.stream(sessions, { from }));
  return rows.flatMap(({ session_id: session }) => numberOf(session) ?? []);
}

export async function countRows(store: ClickHouseStore, from: Date): Promise<number> {
  const [counted] = await store.query(rowCount, { from });
  return counted?.rows ?? 0;
}

/** Merges everything, so that each event id has one row even without FINAL. */
export function mergeRows(store: ClickHouseStore): Promise<void> {
  return store.execute(optimize, {});
}
