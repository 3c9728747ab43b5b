// Calls whose credit shows only beside other calls: whose it may be, and how what was found (heartbeats.ts, replays.ts, loops.ts)
// becomes what is stored.
//
// A call can change the credit of others on both sides of it: the tenth heartbeat takes that of the nine before. So a pass looks
// back from where its windows begin, judges what lies within the method's longest span before that, and reads further back for what
// those are judged by. What is stored of the judged calls is held against what was found, and what differs is written anew, after
// the windows have been widened to it, so that days, runs and weeks of these calls are summed again.
//
// Most people repeat nothing often enough for a rule. That shows in counts over features alone, so that only the others are looked at:
// whose groups of equal texts or bands a changed call may be one of, and of whom repetitions are stored within reach of the change.
//
// Always holds: a reason outlives the features behind it. Once the first of them is dropped it stays, and goes only where the call is
// exempt by now: by a registered schedule, or by an outcome of its run. Calls of a frozen week stay as they are.

import { z } from "zod";
import { UNCREDITED_REASONS, type UncreditedReason } from "../../schemas/closed-lists.ts";
import { defineQuery, defineStatement } from "../../schemas/clickhouse/store.ts";
import type { Method } from "../../schemas/method.ts";
import { NONE, PERSON } from "./call-facts.ts";
import { bandsOf } from "./sketch-bands.ts";
import { TOUCHED_FROM, TOUCHED_RUNS } from "./touched-runs.ts";
import { FROZEN, WINDOWS } from "./windows.ts";

const quoted = (reasons: readonly string[]): string => reasons.map((reason) => `'${reason}'`).join(", ");

/** Reasons that a call has by itself or by its operation (calls.ts); it is compared with no other. */
export const OWN_REASONS = quoted(["provider_error", "retry", "auxiliary"] satisfies UncreditedReason[]);

/** Those of what is sent again. */
const REPETITIONS = quoted(["heartbeat", "exact_replay", "near_replay"] satisfies UncreditedReason[]);
/** All that this step finds. */
export const FOUND_REASONS = `${REPETITIONS}, 'loop'`;

/** With which call of each person something may have changed first. An outcome that was linked or taken away may exempt its run. */
const CHANGED = `
    SELECT person_id, min(touched.from_at) AS changed_from
    FROM (
      SELECT person_id, from_at FROM analysis_windows WHERE version = {version:UInt64}
      UNION ALL
      SELECT linked.person_id, run_links.started_at
      FROM (SELECT DISTINCT person_id, run_id FROM outcome_links WHERE version = {version:UInt64}) AS linked
      INNER JOIN run_links FINAL ON run_links.person_id = linked.person_id AND run_links.run_id = linked.run_id
    ) AS touched
    WHERE person_id != ${NONE}
    GROUP BY person_id`;

/** Of whom repetitions are looked for, and the first of their calls that may have changed. */
export const CONCERNED =
  "SELECT person_id, changed_from FROM analysis_people WHERE version = {version:UInt64}";

/** Runs that something came of. One's own rating does not count: it would buy credit. */
export const REWARDED = `
    SELECT person_id, run_id FROM outcome_links FINAL
    WHERE trust != 'low' AND source != 'self' AND isNull(reversed_at)
      AND person_id GLOBAL IN (SELECT person_id FROM (${CONCERNED}))`;

/** A run's opening is judged by those alike within a span on both sides, these by the first of theirs within a span before. */
const SPANS_READ = 3;

/** Where a pass begins to read; `toIntervalDay` of a parameter, because a person's own beginning is a column. */
export const READ_FROM = "(changed_from - toIntervalDay({read_days:UInt16}))";

/** The longest span of the method's rules: so far before what changed may be judged otherwise. */
export const spanDays = ({ credit }: Method): number => Math.max(credit.heartbeatDays, credit.replayDays);

export const readDays = (method: Method): number => SPANS_READ * spanDays(method);

export const creditParams = z.object({
  version: z.int(),
  now: z.date(),
  /** Where the earliest of the concerned begin to be read, or the first features that are kept. */
  read_from: z.date(),
  read_days: z.int(),
});

/**
 * Ids of the calls of some people whose features are kept, as a subquery. The engine looks for ids before it brings versions of rows
 * together, and for people only afterwards.
 */
export const idsOfPeople = (people: string): string => `(
      SELECT event_id FROM call_features
      WHERE started_at >= {read_from:DateTime64(3)} AND ${PERSON} GLOBAL IN (${people}))`;

const IS_KEPT_TEXT = "expires_at > {now:DateTime64(3)} AND isNotNull(person_id) AND isNotNull(delta_hash)";

/** Later than any call. */
const ANY_TIME = "toDateTime64('2200-01-01 00:00:00', 3, 'UTC')";

/**
 * Texts of a person, and places of sketches of what may open a run, that are there often enough for a rule, as a subquery of `person`
 * and when each was there last. Also those that a rule leaves out for other reasons.
 */
const repeated = ({ credit }: Method): string => `
    SELECT any(person_id) AS person, if(count() >= ${credit.heartbeatTurnsMin}, ${ANY_TIME}, max(started_at)) AS last_at
    FROM (
      SELECT person_id, started_at, notEmpty(delta_sketch) AS is_long, arrayJoin([delta_hash, delta_hash_previous]) AS text
      FROM call_features WHERE ${IS_KEPT_TEXT}
    )
    WHERE isNotNull(text)
    GROUP BY cityHash64(person_id, text)
    HAVING count() >= ${credit.heartbeatTurnsMin} OR countIf(is_long) > ${credit.replayTimesMax}
    UNION ALL
    SELECT any(person_id), max(started_at)
    FROM (
      SELECT person_id, started_at, cityHash64(sketch_epoch, arrayJoin(${bandsOf("delta_sketch")})) AS band
      FROM call_features WHERE ${IS_KEPT_TEXT} AND notEmpty(delta_sketch) AND isNull(parent_prefix_hash)
    )
    GROUP BY cityHash64(person_id, band)
    HAVING count() >= ${credit.nearReplayOpeningsMin}`;

/**
 * Finds the concerned: those who repeat something that a changed call may be one of, and those of whom repetitions are stored that a
 * change may reach. All others keep their credit. A heartbeat's turn may go on after its text, so for its texts any time will do.
 */
export const gatherConcerned = (method: Method) =>
  defineStatement({
    name: "analytics: whose credit may have changed",
    sql: `
INSERT INTO analysis_people (version, person_id, changed_from)
WITH
  changed AS (${CHANGED}),
  suspected AS (${repeated(method)}
    UNION ALL
    SELECT person_id, max(started_at) + INTERVAL ${spanDays(method)} DAY FROM calls
    WHERE started_at >= {judged_from:DateTime64(3)} AND reason IN (${REPETITIONS})
    GROUP BY person_id
  )
SELECT DISTINCT {version:UInt64}, person_id, changed_from
FROM changed INNER JOIN suspected ON person = person_id
WHERE last_at >= changed_from`,
    params: z.object({ version: z.int(), now: z.date(), judged_from: z.date() }),
  });

/** Where the first features lie that are kept. */
export const findFeaturesKept = defineQuery({
  name: "analytics: first features",
  sql: "SELECT min(started_at) AS kept_from FROM call_features WHERE expires_at > {now:DateTime64(3)}",
  params: z.object({ now: z.date() }),
  row: z.object({ kept_from: z.coerce.date() }),
});

/** Whether anything changed at all: most passes of an idle night find nothing. */
export const findChanged = defineQuery({
  name: "analytics: people with changes",
  sql: `SELECT count() AS people, min(changed.changed_from) AS changed_from FROM (${CHANGED}) AS changed`,
  params: z.object({ version: z.int() }),
  row: z.object({ people: z.coerce.number(), changed_from: z.coerce.date() }),
});

/** Whether a reason stays although the features behind it have gone. */
const OUTLIVES = `(reason IN (${FOUND_REASONS}) AND inputs_expire_at <= {now:DateTime64(3)}
    AND NOT (class_source = 'schedule' AND reason IN ('exact_replay', 'near_replay'))
    AND NOT (reason = 'near_replay' AND (calls.person_id, run_id) GLOBAL IN (${REWARDED})))`;

/** Runs of which another reason no longer holds: a loop may show there instead. */
export const gatherFreedRuns = (method: Method) =>
  defineStatement({
    name: "analytics: runs of which a reason no longer holds",
    sql: `
INSERT INTO analysis_runs (version, is_suspected, person_id, run_id)
SELECT DISTINCT {version:UInt64}, false, calls.person_id, run_id
FROM calls FINAL INNER JOIN (${CONCERNED}) AS concerned ON concerned.person_id = calls.person_id
WHERE started_at >= {judged_from:DateTime64(3)} AND calls.person_id GLOBAL IN (SELECT person_id FROM (${CONCERNED}))
  AND started_at >= changed_from - INTERVAL ${spanDays(method)} DAY AND reason IN (${REPETITIONS}) AND NOT ${OUTLIVES}
  AND event_id GLOBAL NOT IN (SELECT event_id FROM analysis_credits WHERE version = {version:UInt64} AND NOT is_change)`,
    params: z.object({ version: z.int(), now: z.date(), judged_from: z.date() }),
  });

/** First match wins. */
const PLACE = `indexOf([${quoted(UNCREDITED_REASONS)}], reason)`;

/**
 * Holds what was found against what is stored. Repetitions are judged of the concerned, within the longest span before what changed, and
 * loops of the touched runs; whatever else is stored is kept.
 */
export function compareCredits(method: Method) {
  return defineStatement({
    name: "analytics: changes of credit",
    sql: `
INSERT INTO analysis_credits (version, is_change, person_id, event_id, started_at, reason, inputs_expire_at)
WITH
  ${TOUCHED_FROM},
  found AS (
    SELECT event_id AS found_id, argMinIf((reason, inputs_expire_at), ${PLACE}, reason != 'loop') AS repetition,
      anyIf((reason, inputs_expire_at), reason = 'loop') AS loop
    FROM analysis_credits WHERE version = {version:UInt64} AND NOT is_change
    GROUP BY found_id
  ),
  due_calls AS (
    SELECT person_id, started_at, event_id FROM analysis_credits WHERE version = {version:UInt64} AND NOT is_change
    UNION DISTINCT
    SELECT person_id, started_at, event_id FROM calls
    WHERE started_at >= {judged_from:DateTime64(3)} AND person_id GLOBAL IN (SELECT person_id FROM (${CONCERNED}))
      AND reason IN (${REPETITIONS})
    UNION DISTINCT
    SELECT person_id, started_at, event_id FROM calls
    WHERE started_at >= first_at AND reason = 'loop' AND (person_id, run_id) GLOBAL IN (${TOUCHED_RUNS})
  ),
  judged AS (
    SELECT calls.person_id AS person, event_id, started_at, reason, inputs_expire_at,
      concerned.changed_from != 0 AND started_at >= changed_from - INTERVAL ${spanDays(method)} DAY AS is_judged,
      if(is_judged, repetition, ('', toDateTime(0))) AS repeats,
      multiIf(${OUTLIVES}
          OR (reason IN (${REPETITIONS}) AND NOT is_judged)
          OR (reason = 'loop' AND repeats.1 = '' AND (calls.person_id, run_id) GLOBAL NOT IN (${TOUCHED_RUNS})),
        (reason, inputs_expire_at), repeats.1 != '', repeats, loop) AS due
    FROM calls FINAL
    LEFT JOIN found ON found_id = event_id
    LEFT JOIN (${CONCERNED}) AS concerned ON concerned.person_id = calls.person_id
    WHERE (started_at >= first_at OR calls.person_id GLOBAL IN (SELECT person_id FROM (${CONCERNED})))
      AND (calls.person_id, started_at, event_id) GLOBAL IN (SELECT * FROM due_calls)
      AND expires_at > {now:DateTime64(3)} AND reason NOT IN (${OWN_REASONS})
  )
SELECT {version:UInt64}, true, person, event_id, started_at, due.1, due.2
FROM judged LEFT JOIN (${FROZEN}) AS frozen ON frozen_person = person
WHERE started_at >= until AND (reason, inputs_expire_at) != due`,
    params: z.object({
      version: z.int(),
      now: z.date(),
      judged_from: z.date(),
      from_at: z.date(),
      timezone: z.string(),
    }),
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
