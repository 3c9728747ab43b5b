// What each run was: from its first call to its last, what it used, and how much of it is credited.
//
// A window changes the runs that have a call in it, or had one. A run's row knows when its last call ended, not when it
// began, so all runs that end in a window are taken. Each is summed again over all of its calls, also those before the
// window. A run whose first record has been dropped stays as it was: its later calls count in days and weeks.
//
// GLOBAL is said here, though the settings ask for it everywhere: where one set is made of two distributed tables, the engine
// (26.7) fails to put it in itself.

import { z } from "zod";
import { defineStatement } from "../../schemas/clickhouse/store.ts";
import { ENDED_AT, MODEL, PERSON, ROOT_SESSION } from "./call-facts.ts";
import { CREDIT_COLUMNS, CREDITS, MEASURE_COLUMNS, MEASURES_OF_CALLS } from "./measures.ts";
import { inSlice, sliceParams } from "./slices.ts";
import { TOUCHED_RUNS } from "./touched-runs.ts";
import { WINDOWS } from "./windows.ts";

/** Models that are listed of one run; the sums run over all. */
const MODELS_MAX = 100;
/** Tags likewise. */
const TAGS_MAX = 100;

export const sumRuns = defineStatement({
  name: "analytics: runs",
  sql: `
INSERT INTO runs (person_id, run_id, run_source, session_id, client, workload_class, class_source, started_at, ended_at, models, tags, turns,
  agents, version, inputs_expire_at, expires_at, ${MEASURE_COLUMNS}, ${CREDIT_COLUMNS})
WITH
  affected AS (${TOUCHED_RUNS} AND ${inSlice("person_id")}),
  former AS (
    SELECT person_id AS person, run_id, started_at, inputs_expire_at <= {now:DateTime64(3)} AS is_frozen
    FROM runs FINAL WHERE (person_id, run_id) GLOBAL IN (SELECT person_id, run_id FROM affected)
  ),
  (SELECT least({from_at:DateTime64(3)}, ifNull(minOrNull(started_at), {from_at:DateTime64(3)}))
    FROM former WHERE NOT is_frozen) AS first_at,
  assigned AS (
    SELECT event_id, person_id AS person, run_id, run_source, turn_id AS turn, agent_id AS agent, workload_class AS class,
      class_source AS class_source_of_call, reason
    FROM calls FINAL
    WHERE (person_id, run_id) GLOBAL IN (SELECT person_id, run_id FROM affected)
      AND (person_id, run_id) GLOBAL NOT IN (SELECT person, run_id FROM former WHERE is_frozen)
      AND started_at >= first_at AND ${inSlice("person_id")}
  )
SELECT
  assigned.person, assigned.run_id, argMin(assigned.run_source, (started_at, event_id)),
  argMinIf(${ROOT_SESSION}, (started_at, event_id), ${ROOT_SESSION} != ''),
  argMin(client, (started_at, event_id)),
  argMinIf(class, (started_at, event_id), class != ''), argMinIf(class_source_of_call, (started_at, event_id), class != ''),
  min(started_at), max(${ENDED_AT}),
  arraySort(groupUniqArrayIf(${MODELS_MAX})(${MODEL}, ${MODEL} != '')),
  arraySort(groupUniqArrayArray(${TAGS_MAX})(arrayMap((name, value) -> concat(name, '=', value), mapKeys(tags), mapValues(tags)))),
  uniqExactIf(turn, turn != ''), uniqExact(agent),
  {version:UInt64}, min(expires_at), max(expires_at) + toIntervalDay({kept_days:Int32}),
  ${MEASURES_OF_CALLS},
  ${CREDITS}
FROM token_events FINAL INNER JOIN assigned ON assigned.event_id = token_events.event_id
WHERE started_at >= first_at AND ${inSlice(PERSON)}
GROUP BY 1, 2`,
  params: z.object({
    version: z.int(),
    now: z.date(),
    from_at: z.date(),
    /** Days that a run is kept for longer than its records. */
    kept_days: z.int(),
    ...sliceParams,
  }),
});

/** Runs of a window that no call belongs to any longer, as when a late call made two runs one. */
export const retireRuns = defineStatement({
  name: "analytics: retire runs",
  sql: `
INSERT INTO runs (person_id, run_id, version, is_deleted, expires_at)
SELECT runs.person_id, run_id, {version:UInt64}, 1, expires_at
FROM runs FINAL INNER JOIN (${WINDOWS}) AS windows ON windows.person_id = runs.person_id
WHERE ended_at >= {from_at:DateTime64(3)} AND ended_at >= windows.from_at
  AND runs.version < {version:UInt64} AND inputs_expire_at > {now:DateTime64(3)}`,
  params: z.object({ version: z.int(), now: z.date(), from_at: z.date() }),
});
