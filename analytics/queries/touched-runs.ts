// Runs that a pass puts together again: those with a call in a window, and those that had one, or ended in one, when they were last
// summed. They are put into a working table once, because links, loops and sums all start from them.

import { z } from "zod";
import { defineStatement } from "../../schemas/clickhouse/store.ts";
import { WINDOWS } from "./windows.ts";

export const TOUCHED_RUNS =
  "SELECT person_id, run_id FROM analysis_runs WHERE version = {version:UInt64} AND NOT is_suspected";

/** Where the first of them began, as an item of WITH. One that is new is in a window with all of its calls. */
export const TOUCHED_FROM = `(SELECT least({from_at:DateTime64(3)}, ifNull(minOrNull(started_at), {from_at:DateTime64(3)}))
    FROM runs FINAL WHERE (person_id, run_id) GLOBAL IN (${TOUCHED_RUNS})) AS first_at`;

const endedInWindow = (table: string): string => `
SELECT {version:UInt64}, false, ${table}.person_id, run_id
FROM ${table} FINAL INNER JOIN (${WINDOWS}) AS windows ON windows.person_id = ${table}.person_id
WHERE ended_at >= {from_at:DateTime64(3)} AND ended_at >= windows.from_at`;

/** Done again when windows have been widened. A run that is there twice is one. */
export const gatherTouchedRuns = defineStatement({
  name: "analytics: touched runs",
  sql: `
INSERT INTO analysis_runs (version, is_suspected, person_id, run_id)
SELECT DISTINCT {version:UInt64}, false, calls.person_id, run_id
FROM calls FINAL INNER JOIN (${WINDOWS}) AS windows ON windows.person_id = calls.person_id
WHERE started_at >= {from_at:DateTime64(3)} AND started_at >= windows.from_at
UNION DISTINCT${endedInWindow("runs")}
UNION DISTINCT${endedInWindow("run_links")}`,
  params: z.object({ version: z.int(), from_at: z.date() }),
});
