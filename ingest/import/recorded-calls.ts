// What of some calls is stored already: by the gateway that saw them, or by an import before this one. A call's record lies within
// a day of where its source says that the call began.

import { z } from "zod";
import { defineQuery, type ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";

const NEAR_MS = 86_400_000;

const recordedResponses = defineQuery({
  name: "recorded_responses",
  sql: `
    SELECT DISTINCT response_id
    FROM token_events
    WHERE started_at BETWEEN {from:DateTime64(3)} AND {to:DateTime64(3)}
      AND gateway_id != ''
      AND response_id IN {response_ids:Array(String)}`,
  params: z.object({ from: z.date(), to: z.date(), response_ids: z.array(z.string()) }),
  row: z.object({ response_id: z.string() }),
});

/** Those of the events' responses that the gateway has recorded itself. */
export async function findRecordedResponses(
  clickhouse: ClickHouseStore,
  events: readonly TokenEvent[],
): Promise<ReadonlySet<string>> {
  const ids = events.map(({ response_id }) => response_id).filter((id) => id !== null);
  if (ids.length === 0) return new Set();
  const rows = await clickhouse.query(recordedResponses, { ...spanOf(events), response_ids: ids });
  return new Set(rows.map(({ response_id }) => response_id));
}

const COUNTS = ["input_tokens", "cache_read_tokens", "output_tokens", "reasoning_tokens"] as const;
const unknownCount = z.coerce.number().nullable();

const storedCalls = defineQuery({
  name: "stored_calls",
  sql: `
    SELECT event_id, started_at, gateway_id, response_id, request_id, session_id, usage_source, row_version, ${COUNTS.join(", ")}
    FROM token_events FINAL
    WHERE started_at BETWEEN {from:DateTime64(3)} AND {to:DateTime64(3)}
      AND (event_id IN {event_ids:Array(UUID)}
        OR response_id IN {response_ids:Array(String)}
        OR (gateway_id != '' AND session_id IN {session_ids:Array(String)}))`,
  params: z.object({
    from: z.date(),
    to: z.date(),
    event_ids: z.array(z.uuid()),
    response_ids: z.array(z.string()),
    session_ids: z.array(z.string()),
  }),
  row: z.object({
    event_id: z.uuid(),
    started_at: z.string(),
    gateway_id: z.string(),
    response_id: z.string().nullable(),
    request_id: z.string().nullable(),
    session_id: z.string().nullable(),
    usage_source: z.string(),
    row_version: z.coerce.number(),
    input_tokens: unknownCount,
    cache_read_tokens: unknownCount,
    output_tokens: unknownCount,
    reasoning_tokens: unknownCount,
  }),
});

export type StoredCall = z.output<typeof storedCalls.row>;

export interface StoredCalls {
  /** The row that has this id. */
  get(eventId: string): StoredCall | undefined;
  /**
   * Whether there is a record of the same call under another id: one of the same response, or, where a transcript does not tell
   * the response, one by the gateway in the same session with the same counts.
   */
  isRecordedElsewhere(event: TokenEvent): boolean;
}

export async function findStoredCalls(
  clickhouse: ClickHouseStore,
  events: readonly TokenEvent[],
): Promise<StoredCalls> {
  const unnamed = events.filter(({ response_id }) => response_id === null);
  const rows = await clickhouse.query(storedCalls, {
    ...spanOf(events),
    event_ids: events.map(({ event_id }) => event_id),
    response_ids: [...new Set(events.flatMap(({ response_id }) => response_id ?? []))],
    session_ids: [...new Set(unnamed.flatMap(({ session_id }) => session_id ?? []))],
  });
  const byId = new Map(rows.map((row) => [row.event_id, row]));
  const byResponse = Map.groupBy(rows, ({ response_id }) => response_id);
  const ofGateway = new Set(rows.filter(({ gateway_id }) => gateway_id !== "").map(toTrace));
  return {
    get: (eventId) => byId.get(eventId),
    isRecordedElsewhere: (event) =>
      event.response_id === null
        ? ofGateway.has(toTrace(event))
        : byResponse.get(event.response_id)?.some((row) => isSameAnswer(row, event)) === true,
  };
}

/** Ids of answers that a relay made up may come again; those of their requests tell them apart. */
function isSameAnswer(row: StoredCall, { event_id, request_id }: TokenEvent): boolean {
  if (row.event_id === event_id) return false;
  return row.request_id === null || request_id === null || row.request_id === request_id;
}

/** What two records of one call have in common when neither names the other. */
function toTrace(call: Pick<TokenEvent, "session_id" | (typeof COUNTS)[number]>): string {
  return JSON.stringify([call.session_id, ...COUNTS.map((name) => call[name] ?? 0)]);
}

function spanOf(events: readonly TokenEvent[]): { from: Date; to: Date } {
  const times = events.map(({ started_at }) => Date.parse(started_at));
  return {
    from: new Date(times.reduce((a, b) => Math.min(a, b)) - NEAR_MS),
    to: new Date(times.reduce((a, b) => Math.max(a, b)) + NEAR_MS),
  };
}
