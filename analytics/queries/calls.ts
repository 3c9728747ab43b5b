// Which run, operation and attempt each call belongs to, and whether it is credited.
//
// A run is, surest first: the calls of one x-assay-run-id (`explicit`); those of one session of the client, cut where the
// owner was silent in it for 4 hours (`client`); those of one key and client that are less than 30 minutes apart (`idle`).
// A run's id is a hash of its owner, source, key and first call, so that every pass gives it the same one. A pause is from
// the end of the latest call so far to the start of the next: somebody who waits for a long answer is not silent.
//
// An operation is what the client wanted once: an attempt that failed, and the call that repeats it. A call repeats the one
// before it with the same body when it starts within 10 minutes after that one failed, or, as some wait longer when a
// provider tells them to, when the client itself counts it as a retry. Where the body's hash is unknown only the client's
// count can tell, among the calls of one run key and model.
//
// What lies before a window is not computed again but read: calls that a call of the window may continue are put before it
// with what was stored about them. So a window gives the same answer as a rebuild of everything.

import { z } from "zod";
import { defineStatement } from "../../schemas/clickhouse/store.ts";
import {
  CALL_HOURS_MAX,
  ENDED_AT,
  HAS_FAILED,
  IS_AUXILIARY,
  IS_PROVIDER_ERROR,
  KEY,
  MODEL,
  OWNER,
  PERSON,
  ROOT_SESSION,
  WORKLOAD_CLASS,
} from "./call-facts.ts";

/** A session that was silent for so long begins a new run. No call reaches further than this for any rule. */
export const RUN_PAUSE_HOURS = 4;
/** Without a session, calls that are so far apart are two runs. */
export const IDLE_PAUSE_MINUTES = 30;
/** The same body after a failure is a retry for so long, the last moment included. */
export const RETRY_MINUTES = 10;

const REACH_HOURS = CALL_HOURS_MAX + RUN_PAUSE_HOURS;

export const assignCalls = defineStatement({
  name: "analytics: calls",
  sql: `
INSERT INTO calls (event_id, person_id, started_at, run_id, run_source, operation_id, attempt, credited, reason,
  workload_class, computed_at, version, expires_at)
WITH
  windows AS (SELECT person_id, from_at FROM analysis_windows WHERE version = {version:UInt64}),
  stored AS (
    SELECT event_id AS stored_event_id, run_id AS stored_run_id, operation_id AS stored_operation_id,
      attempt AS stored_attempt
    FROM calls FINAL INNER JOIN windows ON windows.person_id = calls.person_id
    WHERE started_at >= {from_at:DateTime64(3)} - INTERVAL ${REACH_HOURS} HOUR AND started_at < windows.from_at
  ),
  facts AS (
    SELECT
      event_id, started_at, expires_at, body_hash,
      ${PERSON} AS person, ${OWNER} AS owner, ${ENDED_AT} AS ended_at, ${WORKLOAD_CLASS} AS class,
      multiIf(ifNull(client_run_id, '') != '', 'explicit', ${ROOT_SESSION} != '', 'client', 'idle') AS run_source,
      multiIf(run_source = 'explicit', assumeNotNull(client_run_id), run_source = 'client', ${ROOT_SESSION},
        concat(toString(${KEY}), ' ', client)) AS run_key,
      ifNull(body_hash, concat(run_source, ' ', run_key, ' ', ${MODEL})) AS operation_key,
      ifNull(client_retry_count, 0) > 0 AS is_counted_retry,
      ${HAS_FAILED} AS has_failed, ${IS_PROVIDER_ERROR} AS is_provider_error, ${IS_AUXILIARY} AS is_auxiliary
    FROM token_events FINAL
    WHERE started_at >= {from_at:DateTime64(3)} - INTERVAL ${REACH_HOURS} HOUR AND expires_at > {now:DateTime64(3)}
  ),
  input AS (
    SELECT *
    FROM facts
    INNER JOIN windows ON windows.person_id = person
    LEFT JOIN stored ON stored_event_id = event_id
    WHERE started_at >= from_at
      OR (stored_run_id != '' AND ended_at > from_at - INTERVAL ${RUN_PAUSE_HOURS} HOUR)
  ),
  linked AS (
    SELECT *,
      run_source != 'explicit' AND started_at >= max(ended_at) OVER earlier_in_run_key
        + if(run_source = 'client', toIntervalMinute(${RUN_PAUSE_HOURS * 60}), toIntervalMinute(${IDLE_PAUSE_MINUTES}))
        AS starts_run,
      lagInFrame(has_failed, 1, false) OVER operation_order AS follows_failure,
      lagInFrame(ended_at) OVER operation_order AS failed_at,
      NOT (follows_failure AND started_at >= failed_at AND (
        (isNotNull(body_hash) AND started_at <= failed_at + INTERVAL ${RETRY_MINUTES} MINUTE)
        OR (is_counted_retry AND started_at < failed_at + INTERVAL ${RUN_PAUSE_HOURS} HOUR))) AS starts_operation
    FROM input
    WINDOW
      earlier_in_run_key AS (PARTITION BY owner, run_source, run_key ORDER BY started_at, event_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
      operation_order AS (PARTITION BY owner, operation_key ORDER BY started_at, event_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
  ),
  numbered AS (
    SELECT *,
      sum(starts_run) OVER (PARTITION BY owner, run_source, run_key ORDER BY started_at, event_id) AS run_number,
      sum(starts_operation) OVER (PARTITION BY owner, operation_key ORDER BY started_at, event_id) AS operation_number
    FROM linked
  ),
  grouped AS (
    SELECT *,
      first_value(event_id) OVER run AS first_in_run,
      first_value(stored_run_id) OVER run AS known_run_id,
      first_value(event_id) OVER operation AS first_in_operation,
      first_value(stored_operation_id) OVER operation AS known_operation_id,
      first_value(stored_attempt) OVER operation AS known_attempt,
      row_number() OVER operation AS place,
      count() OVER (PARTITION BY owner, operation_key, operation_number) AS places
    FROM numbered
    WINDOW
      run AS (PARTITION BY owner, run_source, run_key, run_number ORDER BY started_at, event_id),
      operation AS (PARTITION BY owner, operation_key, operation_number ORDER BY started_at, event_id)
  )
SELECT
  event_id, person, started_at,
  multiIf(
    known_run_id != '', known_run_id,
    lower(hex(sipHash128(toString(owner), run_source, run_key,
      if(run_source = 'explicit', '', toString(first_in_run)))))),
  run_source,
  if(known_operation_id != '', known_operation_id, toString(first_in_operation)),
  toUInt16(least(place + if(known_operation_id != '', known_attempt - 1, 0), 65535)),
  reason = '',
  multiIf(is_provider_error, 'provider_error', place < places, 'retry', is_auxiliary, 'auxiliary', '') AS reason,
  class, {computed_at:DateTime64(3)}, {version:UInt64}, expires_at
FROM grouped
WHERE started_at >= from_at`,
  params: z.object({
    version: z.int(),
    /** The beginning of the earliest window; no record that started more than 28 hours before it is read. */
    from_at: z.date(),
    now: z.date(),
    computed_at: z.date(),
  }),
});

/** Calls that were in a window and that no record stands for any longer. */
export const retireCalls = defineStatement({
  name: "analytics: retire calls",
  sql: `
INSERT INTO calls (event_id, person_id, started_at, version, is_deleted, expires_at)
SELECT event_id, calls.person_id, started_at, {version:UInt64}, 1, expires_at
FROM calls FINAL INNER JOIN analysis_windows AS windows ON windows.person_id = calls.person_id
WHERE windows.version = {version:UInt64} AND started_at >= {from_at:DateTime64(3)}
  AND started_at >= windows.from_at AND calls.version < {version:UInt64}`,
  params: z.object({ version: z.int(), from_at: z.date() }),
});
