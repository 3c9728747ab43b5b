// Agents that go round in a circle: the same tool calls with the same arguments and the same results, again and again. It is a bug
// that its owner is told of.
//
// A step is what one answer asks of tools, in order, with the results that the next call of the same agent brings. A cycle is as many
// steps as the method says at most; from its fifth time on its calls are not credited. A step without tools, or of which the results
// are not known, is like no other: so a person's prompt ends a cycle.
//
// Innocent and never found: trying again with other arguments; tests after each edit, because edits differ; asking until the
// answer changes, which is known by the answer that is another one after the same steps; tools that are made for asking again.
//
// Of the runs that may have changed only those are read in which a person has the same step after the same results often enough: that
// shows in the features alone.

import { z } from "zod";
import { defineQuery, defineStatement } from "../../schemas/clickhouse/store.ts";
import type { Method } from "../../schemas/method.ts";
import { PERSON } from "./call-facts.ts";
import { OWN_REASONS } from "./credits.ts";
import { TOUCHED_FROM, TOUCHED_RUNS } from "./touched-runs.ts";

/** Tools that look whether something in the background is done: of Claude Code, Codex and OpenClaw. */
const POLLING_TOOLS = ["BashOutput", "TaskOutput", "write_stdin", "process"];

const STEP = "cityHash64(tool_names, tool_args_hashes)";
const RESULTS = "cityHash64(tool_result_hashes)";
const SAME_AGAIN = `cityHash64(${PERSON}, ${STEP}, ${RESULTS})`;

/** Features that ask for a tool after results: a cycle has them from its second time on. */
const ASKED_AGAIN = `
      FROM call_features
      WHERE started_at >= first_at AND expires_at > {now:DateTime64(3)}
        AND notEmpty(tool_args_hashes) AND notEmpty(tool_result_hashes)
        AND ${PERSON} GLOBAL IN (SELECT person_id FROM (${TOUCHED_RUNS}))`;

const loopParams = z.object({
  version: z.int(),
  now: z.date(),
  /** Where the earliest window begins. */
  from_at: z.date(),
});

const IS_SUSPECTED = "version = {version:UInt64} AND is_suspected";

/** The runs to look through. */
export const suspectRuns = ({ credit }: Method) =>
  defineStatement({
    name: "analytics: runs that may have loops",
    sql: `
INSERT INTO analysis_runs (version, is_suspected, person_id, run_id)
WITH
  ${TOUCHED_FROM},
  again AS (
    SELECT ${SAME_AGAIN} AS same ${ASKED_AGAIN}
    GROUP BY same HAVING count() >= ${credit.loopTimesMin - 1}
  )
SELECT DISTINCT {version:UInt64}, true, person_id, run_id
FROM calls FINAL
WHERE started_at >= first_at AND (person_id, run_id) GLOBAL IN (${TOUCHED_RUNS})
  AND event_id GLOBAL IN (SELECT event_id ${ASKED_AGAIN} AND ${SAME_AGAIN} IN (SELECT same FROM again))`,
    params: loopParams,
  });

export const countSuspected = defineQuery({
  name: "analytics: number of runs that may have loops",
  sql: `SELECT count() AS runs FROM analysis_runs WHERE ${IS_SUSPECTED}`,
  params: z.object({ version: z.int() }),
  row: z.object({ runs: z.coerce.number() }),
});

/** For cycles of so many steps: how many calls so far are as the one a cycle before, with and without their results. */
const inARow = (steps: number): string => `arrayCumSumNonNegative(
        arrayMap(place -> if(place > ${steps} AND done[place] = done[place - ${steps}], 1, -size), arrayEnumerate(done)))`;

/**
 * Which calls belong to a cycle's last times. A row that ends with another result of the same step was a wait. Of each place in a row
 * the next place after the row says which: 2 another result, 1 something else, 0 nothing came after it.
 */
function cycleOf(steps: number, times: number): string {
  const whole = (times - 1) * steps;
  return `arrayMap((place, before, end) -> before > ${whole - steps} AND end != 2
        AND arrayExists(later -> later >= ${whole}, arraySlice(row_${steps}, place, ${steps})),
      arrayEnumerate(done), row_${steps}, arrayReverseFill(end -> end != 0, arrayMap((place, before) -> multiIf(before > 0, 0,
        place > ${steps} AND has_ended[place] AND asked[place] = asked[place - ${steps}], 2, 1), arrayEnumerate(done), row_${steps})))`;
}

export function findLoops(method: Method) {
  const { credit } = method;
  const cycles = Array.from({ length: credit.loopCycleCallsMax }, (_, index) => index + 1);
  const times = credit.loopTimesMin;
  return defineStatement({
    name: "analytics: loops",
    sql: `
INSERT INTO analysis_credits (version, is_change, person_id, event_id, started_at, reason, inputs_expire_at)
WITH
  ${TOUCHED_FROM},
  suspected AS (SELECT person_id, run_id FROM analysis_runs WHERE ${IS_SUSPECTED}),
  sequence AS (
    SELECT calls.person_id AS person, run_id, agent_id, event_id, started_at, features_expire_at,
      if(features_expire_at = 0 OR step = 0, cityHash64(event_id), step) AS asks,
      leadInFrame(results) OVER (PARTITION BY person, run_id, agent_id ORDER BY started_at, event_id
        ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS next_results,
      step != 0 AND next_results != 0 AND NOT is_poll AS ends,
      if(ends, cityHash64(asks, next_results), cityHash64(event_id)) AS does
    FROM calls FINAL
    LEFT JOIN (
      SELECT event_id AS featured_id, expires_at AS features_expire_at, if(empty(tool_args_hashes), 0, ${STEP}) AS step,
        if(empty(tool_result_hashes), 0, ${RESULTS}) AS results, hasAny(tool_names, [${POLLING_TOOLS.map((name) => `'${name}'`).join(", ")}]) AS is_poll
      FROM call_features FINAL
      WHERE started_at >= first_at AND expires_at > {now:DateTime64(3)}
        AND ${PERSON} GLOBAL IN (SELECT person_id FROM suspected)
    ) AS features ON featured_id = event_id
    WHERE (calls.person_id, run_id) GLOBAL IN (SELECT person_id, run_id FROM suspected)
      AND started_at >= first_at AND reason NOT IN (${OWN_REASONS}) AND expires_at > {now:DateTime64(3)}
  ),
  rowed AS (
    SELECT person, minIf(features_expire_at, features_expire_at != 0) AS evidence_expires_at,
      arraySort(groupArray((started_at, event_id, asks, does, ends))) AS calls_in_order, toInt64(length(calls_in_order)) AS size,
      calls_in_order.3 AS asked, calls_in_order.4 AS done, calls_in_order.5 AS has_ended,
      ${cycles.map((steps) => `${inARow(steps)} AS row_${steps}`).join(",\n      ")}
    FROM sequence
    GROUP BY person, run_id, agent_id
    HAVING size >= ${times}
  ),
  looping AS (
    SELECT person, evidence_expires_at, arrayJoin(arrayFilter((call, ${cycles.map((steps) => `of_${steps}`).join(", ")}) ->
        ${cycles.map((steps) => `of_${steps}`).join(" OR ")}, calls_in_order, ${cycles.map((steps) => cycleOf(steps, times)).join(",\n      ")})) AS call
    FROM rowed
  )
SELECT {version:UInt64}, false, person, call.2, call.1, 'loop', evidence_expires_at
FROM looping`,
    params: loopParams,
  });
}
