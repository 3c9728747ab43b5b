// Calls whose credit shows only beside other calls: whose it may be, and how what was found (heartbeats.ts, replays.ts, loops.ts)
// becomes what is stored.
//
// A call can change the credit of others on both sides of it: the tenth heartbeat takes that of the nine before. So a pass looks
// back from where its windows begin, judges what lies within the method's longest span before that, and reads further back for what
// those are judged by. What is stored of the judged calls is held against what was found, and what differs is written anew, after
// the windows have been widened to it, so that days, runs and weeks of these calls are summed again.
//
// Always holds: a reason outlives the features behind it. Once the first of them is dropped it stays, and goes only where the call is
// exempt by now: by a registered schedule, or by an outcome of its run. Calls of a frozen week stay as they are.

import { z } from "zod";
import { UNCREDITED_REASONS, type UncreditedReason } from "../../schemas/closed-lists.ts";
import { defineQuery, defineStatement } from "../../schemas/clickhouse/store.ts";
import type { Method } from "../../schemas/method.ts";
import { FROZEN, WINDOWS } from "./windows.ts";

const quoted = (reasons: readonly string[]): string => reasons.map((reason) => `'${reason}'`).join(", ");

/** Reasons that a call has by itself or by its operation (calls.ts); it is compared with no other. */
export const OWN_REASONS = quoted(["provider_error", "retry", "auxiliary"] satisfies UncreditedReason[]);

/** The others: what this step finds. */
export const FOUND_REASONS = quoted([
  "heartbeat",
  "exact_replay",
  "near_replay",
  "loop",
] satisfies UncreditedReason[]);

/** Whose credit may have changed, and with which calls first. An outcome that was linked or taken away may exempt its run. */
export const CONCERNED = `
    SELECT person_id, min(touched.from_at) AS changed_from
    FROM (
      SELECT person_id, from_at FROM analysis_windows WHERE version = {version:UInt64}
      UNION ALL
      SELECT linked.person_id, run_links.started_at
      FROM (SELECT DISTINCT person_id, run_id FROM outcome_links WHERE version = {version:UInt64}) AS linked
      INNER JOIN run_links FINAL ON run_links.person_id = linked.person_id AND run_links.run_id = linked.run_id
    ) AS touched
    GROUP BY person_id`;

/** Runs that something came of. One's own rating does not count: it would buy credit. */
export const REWARDED = `
    SELECT person_id, run_id FROM outcome_links FINAL
    WHERE trust != 'low' AND source != 'self' AND isNull(reversed_at)
      AND person_id GLOBAL IN (SELECT person_id FROM (${CONCERNED}))`;

/**
 * Runs in which a loop may have begun or ended: those with a call that may have changed, and those of which another reason no longer
 * holds. A loop says nothing of other runs, so that these alone are looked through.
 */
export const TOUCHED_RUNS =
  "SELECT person_id, run_id FROM analysis_runs WHERE version = {version:UInt64} AND NOT is_suspected";

/** A run's opening is judged by those alike within a span on both sides, these by the first of theirs within a span before. */
const SPANS_READ = 3;

/** Where a pass begins to read; `toIntervalDay` of a parameter, because a person's own beginning is a column. */
export const READ_FROM = "(changed_from - toIntervalDay({read_days:UInt16}))";

/** The longest span of the method's rules. */
const spanDays = ({ credit }: Method): number => Math.max(credit.heartbeatDays, credit.replayDays);

export const readDays = (method: Method): number => SPANS_READ * spanDays(method);

export const creditParams = z.object({
  version: z.int(),
  now: z.date(),
  /** Where the earliest of the concerned begin to be read. */
  read_from: z.date(),
  read_days: z.int(),
});

/** Finds them, once heartbeats and replays are found: whoever asks for them afterwards gets the same. */
export const gatherTouchedRuns = (method: Method) =>
  defineStatement({
    name: "analytics: runs in which loops may have changed",
    sql: `
INSERT INTO analysis_runs (version, is_suspected, person_id, run_id)
SELECT DISTINCT {version:UInt64}, false, calls.person_id, run_id
FROM calls FINAL INNER JOIN (${CONCERNED}) AS concerned ON concerned.person_id = calls.person_id
WHERE started_at >= {read_from:DateTime64(3)} AND (started_at >= changed_from
  OR (started_at >= changed_from - INTERVAL ${spanDays(method)} DAY AND reason IN (${FOUND_REASONS}) AND reason != 'loop'
    AND event_id GLOBAL NOT IN (SELECT event_id FROM analysis_credits WHERE version = {version:UInt64} AND NOT is_change)))`,
    params: creditParams.omit({ now: true, read_days: true }),
  });

export const findConcerned = defineQuery({
  name: "analytics: whose credit may have changed",
  sql: `SELECT count() AS people, min(changed_from) AS changed_from FROM (${CONCERNED})`,
  params: z.object({ version: z.int() }),
  row: z.object({ people: z.coerce.number(), changed_from: z.coerce.date() }),
});

/** First match wins. */
const PLACE = `indexOf([${quoted(UNCREDITED_REASONS)}], reason)`;

/** Holds what was found against what is stored. */
export function compareCredits(method: Method) {
  return defineStatement({
    name: "analytics: changes of credit",
    sql: `
INSERT INTO analysis_credits (version, is_change, person_id, event_id, started_at, reason, inputs_expire_at)
WITH
  found AS (
    SELECT event_id AS found_id, argMin((reason, inputs_expire_at), ${PLACE}) AS finding
    FROM analysis_credits WHERE version = {version:UInt64} AND NOT is_change
    GROUP BY found_id
  ),
  stored AS (
    SELECT calls.person_id AS person, event_id, started_at, run_id, reason, inputs_expire_at, class_source
    FROM calls FINAL INNER JOIN (${CONCERNED}) AS concerned ON concerned.person_id = calls.person_id
    WHERE started_at >= {read_from:DateTime64(3)} AND started_at >= changed_from - INTERVAL ${spanDays(method)} DAY
      AND expires_at > {now:DateTime64(3)}
      AND (reason IN (${FOUND_REASONS}) OR (reason = '' AND event_id GLOBAL IN (SELECT found_id FROM found)))
  ),
  judged AS (
    SELECT stored.*,
      reason IN (${FOUND_REASONS}) AND inputs_expire_at <= {now:DateTime64(3)}
        AND NOT (class_source = 'schedule' AND reason IN ('exact_replay', 'near_replay'))
        AND NOT (reason = 'near_replay' AND (person, run_id) GLOBAL IN (${REWARDED}))
        OR (reason = 'loop' AND finding.1 = '' AND (person, run_id) GLOBAL NOT IN (${TOUCHED_RUNS})) AS is_kept,
      if(is_kept, (reason, inputs_expire_at), finding) AS due
    FROM stored LEFT JOIN found ON found_id = event_id
  )
SELECT {version:UInt64}, true, person, event_id, started_at, due.1, due.2
FROM judged LEFT JOIN (${FROZEN}) AS frozen ON frozen_person = person
WHERE started_at >= until AND (reason, inputs_expire_at) != due`,
    params: creditParams.omit({ read_days: true }).extend({ timezone: z.string() }),
  });
}

const OF_CHANGES = "version = {version:UInt64} AND is_change";

export const countChanges = defineQuery({
  name: "analytics: number of changes of credit",
  sql: `SELECT count() AS calls, min(started_at) AS first_at FROM analysis_credits WHERE ${OF_CHANGES}`,
  params: z.object({ version: z.int() }),
  row: z.object({ calls: z.coerce.number(), first_at: z.coerce.date() }),
});

export const widenForCredits = defineStatement({
  name: "analytics: windows of changed credit",
  sql: `
INSERT INTO analysis_windows (version, person_id, from_at, from_day)
SELECT {version:UInt64}, changed.person_id, first_at, toDate(first_at, {timezone:String})
FROM (SELECT person_id, min(started_at) AS first_at FROM analysis_credits WHERE ${OF_CHANGES} GROUP BY person_id) AS changed
LEFT JOIN (${WINDOWS}) AS windows ON windows.person_id = changed.person_id
WHERE windows.from_at = 0 OR first_at < windows.from_at`,
  params: z.object({ version: z.int(), timezone: z.string() }),
});

/** As in classes.ts the rows replace those that this pass wrote with the same version. */
export const writeCredits = defineStatement({
  name: "analytics: credit",
  sql: `
INSERT INTO calls (event_id, person_id, started_at, key_id, run_id, run_source, turn_id, agent_id, parent_agent_id,
  parent_event_id, link, operation_id, attempt, credited, reason, inputs_expire_at, workload_class, class_source, own_class,
  own_class_source, computed_at, version, expires_at)
SELECT event_id, calls.person_id, started_at, key_id, run_id, run_source, turn_id, agent_id, parent_agent_id,
  parent_event_id, link, operation_id, attempt, changed.reason = '', changed.reason, changed.inputs_expire_at, workload_class,
  class_source, own_class, own_class_source, computed_at, {version:UInt64}, expires_at
FROM calls FINAL
INNER JOIN (SELECT event_id AS changed_id, reason, inputs_expire_at FROM analysis_credits WHERE ${OF_CHANGES}) AS changed ON changed_id = event_id
WHERE started_at >= {first_at:DateTime64(3)}`,
  params: z.object({ version: z.int(), first_at: z.date() }),
});
