// One run as gateways and analytics leave it: its calls' events, features and derived rows, of which a test says only what
// matters to it.

import { randomUUID } from "node:crypto";
import type { CallFeatures } from "../../schemas/call-features.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { buildCallFeatures } from "./call-features.ts";
import { buildCallRow, buildRun } from "./derived-rows.ts";
import { buildTokenEvent } from "./token-event.ts";

const NEVER = "2090-01-01T00:00:00Z";

export interface RecordedCall {
  /** Minutes after the run's start; else its place among the calls. */
  minute?: number;
  event?: Partial<TokenEvent>;
  /** The row of `calls`. */
  call?: Record<string, unknown>;
  /** None: they could not be made, or are gone. */
  features?: Partial<CallFeatures>;
}

/** The start of a call, in minutes after the run's. */
export function at(minute: number, seconds = 0): string {
  return new Date(Date.parse("2026-11-20T09:00:00Z") + minute * 60_000 + seconds * 1000).toISOString();
}

/**
 * Puts a run of a person, by the id `r1`, with its calls.
 * @returns the ids of the calls, in order
 */
export async function recordRun(
  store: ClickHouseStore,
  { person_id, run = {} }: { person_id: string; run?: Record<string, unknown> },
  calls: readonly RecordedCall[],
): Promise<string[]> {
  const known = calls.map(({ minute, ...said }, index) => ({
    ...said,
    id: { event_id: randomUUID(), person_id, started_at: at(minute ?? index) },
  }));
  const events = known.map(({ id, event }) => buildTokenEvent({ ...event, ...id }));
  const features = known.flatMap(({ id, features: said }) =>
    said === undefined ? [] : buildCallFeatures({ ...said, ...id }),
  );
  const stored = { expires_at: NEVER };
  await store.insert(
    "token_events",
    events.map((event) => ({ ...event, ...stored, row_version: 1 })),
  );
  await store.insert(
    "call_features",
    features.map((one) => ({ ...one, ...stored })),
  );
  await store.insert(
    "calls",
    known.map(({ id, call }) => buildCallRow({ ...call, ...id })),
  );
  await store.insert("runs", [buildRun({ person_id, run_id: "r1", calls: calls.length, ...run })]);
  return known.map(({ id }) => id.event_id);
}
