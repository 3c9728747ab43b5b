// How a pass over many calls is divided, because the engine holds in memory what one statement joins or sorts.
//
// A slice is some of the people, and whoever is in it is in it with all of their calls, so that a run or a day is never cut in two.
// Always holds: together the slices of a number have everybody, once.

import { z } from "zod";
import { defineQuery, type ClickHouseStore } from "../../schemas/clickhouse/store.ts";

/** Events of one slice: a million take about 1 GB. */
const SLICE_EVENTS_MAX = 1_000_000;

/** @param person an SQL expression of whose rows stay together */
export const inSlice = (person: string): string => `cityHash64(${person}) % {slices:UInt32} = {slice:UInt32}`;

/** What a statement with `inSlice` needs: into how many parts people are divided, and which of them it is about. */
export const sliceParams = { slices: z.int(), slice: z.int() };

/** About how many events a pass reads. Not FINAL: one that is there twice only makes a slice smaller. */
const countEvents = defineQuery({
  name: "analytics: number of events",
  sql: "SELECT count() AS events FROM token_events WHERE started_at >= {from_at:DateTime64(3)}",
  params: z.object({ from_at: z.date() }),
  row: z.object({ events: z.coerce.number() }),
});

/** @returns the slices in which to go through the events from a time on; at least one */
export async function divideEvents(
  store: ClickHouseStore,
  from_at: Date,
): Promise<{ slices: number; slice: number }[]> {
  const [read] = await store.query(countEvents, { from_at });
  const slices = Math.max(1, Math.ceil((read?.events ?? 0) / SLICE_EVENTS_MAX));
  return Array.from({ length: slices }, (_, slice) => ({ slices, slice }));
}
