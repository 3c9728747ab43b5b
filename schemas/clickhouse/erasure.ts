// People who were erased: their tombstones, and how their rows are taken out of ClickHouse.
//
// Always holds: the tombstone comes first, so that whatever dies in between leaves no rows behind without one. Writers ask for the
// tombstones before each batch; a batch that had asked just before one was put is found by the sweep that ends every pass of
// analytics.

import { z } from "zod";
import { defineQuery, defineRemoval, type ClickHouseStore } from "./store.ts";

export const TOMBSTONE_TABLE = "erased_people";

/**
 * Every table that says something of a person, in the order in which their rows go. `rows`: how each row is read once. `swept`: what
 * a sweep looks through. Derived rows lie together by person, so that all of them can be asked for; records lie by time, so that
 * only what came in is.
 */
export const PERSON_TABLES = [
  { table: "outcomes", rows: "outcomes FINAL", swept: "arrived" },
  { table: "token_events", rows: "token_events FINAL", swept: "arrived" },
  { table: "call_features", rows: "call_features FINAL", swept: "arrived" },
  { table: "calls", rows: "calls FINAL", swept: "all" },
  { table: "usage_days", rows: "usage_days FINAL", swept: "all" },
  { table: "runs", rows: "runs FINAL", swept: "all" },
  { table: "person_weeks", rows: "person_weeks FINAL", swept: "all" },
  { table: "run_links", rows: "run_links FINAL", swept: "all" },
  { table: "outcome_links", rows: "outcome_links FINAL", swept: "all" },
  { table: "outcome_disputes", rows: "outcome_disputes FINAL", swept: "all" },
  { table: "outcome_costs", rows: "outcome_costs FINAL", swept: "all" },
  { table: "run_scores", rows: "run_scores FINAL", swept: "all" },
  { table: "week_scores", rows: "week_scores FINAL", swept: "all" },
  { table: "week_signals", rows: "week_signals FINAL", swept: "all" },
  { table: "signal_weeks", rows: "signal_weeks", swept: "all" },
  { table: "signal_calls", rows: "signal_calls", swept: "all" },
  { table: "signal_runs", rows: "signal_runs", swept: "all" },
  { table: "signal_prompts", rows: "signal_prompts", swept: "all" },
  { table: "declared_classes", rows: "declared_classes FINAL", swept: "all" },
  { table: "analysis_outcomes", rows: "analysis_outcomes", swept: "all" },
  { table: "analysis_windows", rows: "analysis_windows", swept: "all" },
  { table: "analysis_calls", rows: "analysis_calls", swept: "all" },
  { table: "analysis_links", rows: "analysis_links", swept: "all" },
  { table: "analysis_prompts", rows: "analysis_prompts", swept: "all" },
  { table: "analysis_credits", rows: "analysis_credits", swept: "all" },
  { table: "analysis_runs", rows: "analysis_runs", swept: "all" },
  { table: "analysis_people", rows: "analysis_people", swept: "all" },
] as const;

/** People whose rows one removal takes out; a statement names them all. */
const REMOVED_PEOPLE_MAX = 100;

const peopleSchema = z.object({ person_ids: z.array(z.uuid()) });
const OF_PEOPLE = "person_id IN {person_ids:Array(UUID)}";

/** Resolves when the tombstone is there to stay. Putting it twice changes nothing. */
export async function putTombstone(store: ClickHouseStore, personId: string): Promise<void> {
  await store.insert(TOMBSTONE_TABLE, [{ person_id: personId }]);
}

const countRows = defineQuery({
  name: "erasure: rows of a person",
  sql: PERSON_TABLES.map(
    ({ table, rows }) => `SELECT '${table}' AS table, count() AS rows FROM ${rows} WHERE ${OF_PEOPLE}`,
  ).join("\nUNION ALL\n"),
  params: peopleSchema,
  row: z.object({ table: z.string(), rows: z.coerce.number() }),
});

/** How many rows of a person each table has; versions that only wait to be merged away are not counted. */
export async function countPersonRows(
  store: ClickHouseStore,
  personId: string,
): Promise<Record<string, number>> {
  const found = await store.query(countRows, { person_ids: [personId] });
  const rowsOf = new Map(found.map(({ table, rows }) => [table, rows]));
  return Object.fromEntries(PERSON_TABLES.map(({ table }) => [table, rowsOf.get(table) ?? 0]));
}

/** Takes out every row of some people, from every table. Their tombstones have to be there. */
export async function removePersonRows(store: ClickHouseStore, personIds: readonly string[]): Promise<void> {
  for (let start = 0; start < personIds.length; start += REMOVED_PEOPLE_MAX) {
    const person_ids = personIds.slice(start, start + REMOVED_PEOPLE_MAX);
    for (const { table } of PERSON_TABLES) {
      const removal = defineRemoval({
        name: `erasure: ${table}`,
        table,
        where: OF_PEOPLE,
        params: peopleSchema,
      });
      await store.remove(removal, { person_ids });
    }
  }
}

const findLateRows = defineQuery({
  name: "erasure: late rows",
  sql: `
SELECT DISTINCT person_id FROM (
${PERSON_TABLES.map(
  ({ table, swept }) =>
    `  SELECT assumeNotNull(person_id) AS person_id FROM ${table}
  WHERE person_id IN (SELECT person_id FROM ${TOMBSTONE_TABLE})${swept === "all" ? "" : " AND ingested_at >= {since:DateTime64(3)}"}`,
).join("\n  UNION ALL\n")})`,
  params: z.object({ since: z.date() }),
  row: z.object({ person_id: z.uuid() }),
});

/**
 * Takes out what came in for erased people all the same: a batch may have asked for tombstones just before one was put, and a
 * pass of analytics may have read records just before they went.
 * @param since records that came in at this time or later are looked at; derived rows all
 * @returns how many people had such rows
 */
export async function sweepErased(store: ClickHouseStore, since: Date): Promise<number> {
  const found = await store.query(findLateRows, { since });
  await removePersonRows(
    store,
    found.map(({ person_id }) => person_id),
  );
  return found.length;
}
