// How a pass over many calls is divided, because the engine holds in memory what one statement joins or sorts.
//
// A slice is a range of people, and whoever is in it is in it with all of their calls, so that a run or a day is never cut in two.
// The derived tables are in the order of people: a slice reads little more of them than its own part, and what the slices write
// lies side by side, so that FINAL has nothing to merge.
// Always holds: together the slices have everybody, once.

import { z } from "zod";
import { defineQuery, type ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { NOBODY, OWNER } from "./call-facts.ts";

/** Events of one slice: a million take about 1 GB. */
const SLICE_EVENTS_MAX = 1_000_000;

/** The last of all ids in any order. No person has it: it is set aside (RFC 9562, section 5.10). */
const LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** @param person an SQL expression of whose rows stay together */
export const inSlice = (person: string): string =>
  `(${person} >= {slice_from:UUID} AND ${person} < {slice_until:UUID})`;

/** What a statement with `inSlice` needs: where its range of people begins, and where the next one does. */
export const sliceParams = { slice_from: z.uuid(), slice_until: z.uuid() };

export type Slice = z.output<z.ZodObject<typeof sliceParams>>;

/** About how many events a pass reads. Not FINAL: one that is there twice only makes a slice smaller. */
const countEvents = defineQuery({
  name: "analytics: number of events",
  sql: "SELECT count() AS events FROM token_events WHERE started_at >= {from_at:DateTime64(3)}",
  params: z.object({ from_at: z.date() }),
  row: z.object({ events: z.coerce.number() }),
});

/** With whom each slice begins. A key that is nobody's counts as somebody: it may have most of the calls. */
const findBeginnings = defineQuery({
  name: "analytics: beginnings of slices",
  sql: `
SELECT min(owner) AS slice_from FROM (
  SELECT owner, intDiv(sum(events) OVER (ORDER BY owner) - 1, {slice_events:UInt64}) AS slice FROM (
    SELECT ${OWNER} AS owner, count() AS events FROM token_events WHERE started_at >= {from_at:DateTime64(3)} GROUP BY owner
  )
)
GROUP BY slice ORDER BY slice`,
  params: z.object({ from_at: z.date(), slice_events: z.int() }),
  row: z.object({ slice_from: z.uuid() }),
});

/** @returns the slices in which to go through the events from a time on; at least one */
export async function divideEvents(
  store: ClickHouseStore,
  from_at: Date,
  eventsMax = SLICE_EVENTS_MAX,
): Promise<Slice[]> {
  const [read] = await store.query(countEvents, { from_at });
  const events = read?.events ?? 0;
  const slices = Math.ceil(events / eventsMax);
  if (slices <= 1) return [{ slice_from: NOBODY, slice_until: LAST }];
  const slice_events = Math.ceil(events / slices);
  const beginnings = await store.query(findBeginnings, { from_at, slice_events });
  return beginnings.map(({ slice_from }, index) => ({
    slice_from: index === 0 ? NOBODY : slice_from,
    slice_until: beginnings[index + 1]?.slice_from ?? LAST,
  }));
}
