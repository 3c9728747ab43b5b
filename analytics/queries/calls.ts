// Which run, operation and attempt each call belongs to, which turn and agent of the run, and whether it is credited. Its class is
// at first the call's own (classes.ts).
//
// A run is, surest first: the calls of one x-assay-run-id (`explicit`); those of one session, or one run id, of the client, cut
// where the owner was silent in it for 4 hours (`client`); without such ids those that are linked (`chain`, links.ts), and the
// rest: calls of one key and client that are less than 30 minutes apart (`idle`).
// A run's id is a hash of its owner, source, name and first call, so that every pass gives it the same one. A pause is from
// the end of the latest call so far to the start of the next: somebody who waits for a long answer is not silent.
//
// An operation is what the client wanted once: an attempt that failed, and the call that repeats it (operations.ts).
// A turn is the client's own, where a prompt began it; else the run's prompts by a person are numbered.
//
// Whose calls belong together is one owner's, so a pass over many calls assigns them a slice of the owners at a time: the engine sorts
// in memory what one statement assigns.
//
// What lies before a window is not computed again but read: calls that a call of the window may continue are put before it
// with what was stored about them. So a window gives the same answer as a rebuild of everything.

import { z } from "zod";
import { defineStatement } from "../../schemas/clickhouse/store.ts";
import {
  ENDED_AT,
  HAS_FAILED,
  IDLE_KEY,
  IS_AUXILIARY,
  IS_PROVIDER_ERROR,
  KEY,
  NAME,
  NAMED_BY,
  NONE,
  OPERATION_KEY,
  OWNER,
  PERSON,
  REACH_HOURS,
  RUN_PAUSE_HOURS,
} from "./call-facts.ts";
import { FOUND_REASONS } from "./credits.ts";
import { repeats } from "./operations.ts";
import { repeatedImports } from "./repeated-imports.ts";
import { inSlice, sliceParams } from "./slices.ts";
import { WINDOWS } from "./windows.ts";

/** Without a session, calls that are so far apart are two runs. */
export const IDLE_PAUSE_MINUTES = 30;

const FIRST_AT = `{from_at:DateTime64(3)} - INTERVAL ${REACH_HOURS} HOUR`;
/** What had ended by then is continued by no call of any window. */
const SILENT_AT = `{from_at:DateTime64(3)} - INTERVAL ${RUN_PAUSE_HOURS} HOUR`;

/** Of a call's run: `firstId` is the run's first call, which says nothing where the run has a name of its caller's. */
const runId = (firstId: string): string => `lower(hex(sipHash128(toString(owner), run_source,
      if(run_source = 'chain', '', run_key), if(run_source = 'explicit', '', toString(${firstId})))))`;

/** What is stored of the slice's calls, and of all that are nobody's: their slice goes by their key. */
const MAY_BE_IN_SLICE = `(${inSlice("calls.person_id")} OR calls.person_id = ${NONE})`;

const STORED = `
    SELECT event_id AS stored_event_id, run_id AS stored_run_id, run_source AS stored_run_source,
      operation_id AS stored_operation_id, attempt AS stored_attempt, agent_id AS stored_agent_id,
      parent_agent_id AS stored_parent_agent_id
    FROM calls FINAL INNER JOIN windows ON windows.person_id = calls.person_id
    WHERE started_at >= ${FIRST_AT} AND started_at < windows.from_at AND ${MAY_BE_IN_SLICE}`;

/**
 * The client's turn, where the call may begin one. What answers a tool or an agent goes on in the turn before: Claude Code names a
 * turn for each report that comes in from an agent.
 */
const NAMED_TURN = "if(trigger IN ('tool', 'agent'), NULL, nullIf(turn_id, ''))";

const FACTS = `
    SELECT
      event_id, started_at, expires_at, body_hash, client_retry_count, request_kind, trigger,
      agent_id AS said_agent, parent_agent_id AS said_parent_agent,
      ${NAMED_TURN} AS named_turn, ifNull(workload_class, '') AS own_class,
      if(own_class = '' OR class_source = 'none', '', class_source) AS own_class_source,
      ${PERSON} AS person, ${OWNER} AS owner, ${KEY} AS key, ${ENDED_AT} AS ended_at,
      ${NAMED_BY} AS named_by, ${NAME} AS name, ${IDLE_KEY} AS idle_key, sipHash64(${OPERATION_KEY}) AS operation,
      ${HAS_FAILED} AS has_failed, ${IS_PROVIDER_ERROR} AS is_provider_error, ${IS_AUXILIARY} AS is_auxiliary
    FROM token_events FINAL
    WHERE started_at >= ${FIRST_AT} AND ended_at > ${SILENT_AT} AND expires_at > {now:DateTime64(3)}
      AND ${inSlice(OWNER)}
      AND event_id GLOBAL NOT IN ${repeatedImports(FIRST_AT)}`;

/** Calls that are linked, and the first ones above them, with what is stored of the first. */
const ROOTS = `
    SELECT linked.*, stored_run_id AS above_run_id, stored_agent_id AS above_agent_id, stored_parent_agent_id AS above_parent_agent_id
    FROM (
      SELECT event_id AS linked_id, parent_event_id, link, above_id AS root_id, agents
      FROM analysis_links WHERE version = {version:UInt64} AND is_final
      UNION ALL
      SELECT DISTINCT above_id, ${NONE}, '', above_id, []
      FROM analysis_links WHERE version = {version:UInt64} AND is_final
    ) AS linked
    LEFT JOIN stored ON stored_event_id = root_id`;

/** Calls of the windows, and those before them that they may continue. */
const ENTRANTS = `
    SELECT *, started_at >= from_at AS is_in_window
    FROM facts
    INNER JOIN windows ON windows.person_id = person
    LEFT JOIN stored ON stored_event_id = event_id
    WHERE started_at >= from_at
      OR (stored_run_id != '' AND ended_at > from_at - INTERVAL ${RUN_PAUSE_HOURS} HOUR)`;

/** The same, with the runs that they are looked for in. */
const INPUT = `
    SELECT *,
      multiIf(started_at < from_at, stored_run_source, named_by != '', named_by, root_id != ${NONE}, 'chain', 'idle') AS run_source,
      multiIf(run_source = 'idle', idle_key, run_source != 'chain', name, started_at < from_at, stored_run_id,
        above_run_id != '', above_run_id, toString(root_id)) AS run_key,
      sipHash64(run_source, run_key) AS run_group
    FROM entrants
    LEFT JOIN roots ON linked_id = event_id`;

/**
 * Who tries again failed before. The few calls of which that can be so are put into operations; any other is one of its own. Not
 * FINAL: a version that counts no longer only adds operations of one call.
 */
const TROUBLED = `operation GLOBAL IN (
      SELECT sipHash64(${OPERATION_KEY}) FROM token_events
      WHERE started_at >= ${FIRST_AT} AND ${HAS_FAILED} AND ${inSlice(OWNER)})`;

const ATTEMPTS = `
    SELECT *,
      lagInFrame(has_failed, 1, false) OVER operation_order AS follows_failure,
      lagInFrame(ended_at) OVER operation_order AS failed_at,
      ${repeats("follows_failure", "failed_at")} AS repeats_failure
    FROM entrants WHERE ${TROUBLED}
    WINDOW operation_order AS (PARTITION BY owner, operation ORDER BY started_at, event_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;

const OPERATIONS = `
    SELECT event_id AS attempt_id, repeats_failure,
      first_value(event_id) OVER operation_order AS first_in_operation,
      first_value(stored_operation_id) OVER operation_order AS known_operation_id,
      first_value(stored_attempt) OVER operation_order AS known_attempt,
      row_number() OVER operation_order AS place,
      count() OVER (PARTITION BY owner, operation, operation_number) AS places
    FROM (
      SELECT *, sum(NOT repeats_failure) OVER (PARTITION BY owner, operation ORDER BY started_at, event_id) AS operation_number
      FROM attempts
    )
    WINDOW operation_order AS (PARTITION BY owner, operation, operation_number ORDER BY started_at, event_id)`;

/** As the client says; in a chain the opening of the sub-agent that the call belongs to, else the agent of what it continues. */
const AGENT = `multiIf(ifNull(said_agent, '') != '', said_agent, run_source != 'chain', '',
        notEmpty(agents), toString(agents[1]), above_agent_id)`;
const PARENT_AGENT = `multiIf(ifNull(said_parent_agent, '') != '', said_parent_agent, ifNull(said_agent, '') != '', '',
        run_source != 'chain', '', length(agents) > 1, toString(agents[2]), notEmpty(agents), above_agent_id,
        above_parent_agent_id)`;

/** What a call says of itself, and no more than is written: all of it is sorted twice. `run_if_first`: its run, where it is the first. */
const TOLD = `
    SELECT event_id, person, owner, key, started_at, ended_at, expires_at, is_in_window, run_source, run_group, parent_event_id, link,
      own_class, own_class_source, ${AGENT} AS agent, ${PARENT_AGENT} AS parent_agent,
      if(is_in_window, ${runId("event_id")}, stored_run_id) AS run_if_first,
      if(is_in_window, named_turn, NULL) AS turn_named,
      is_in_window AND NOT repeats_failure AND trigger = 'human' AND request_kind = 'main' AS is_prompt,
      multiIf(known_operation_id != '', known_operation_id, place = 0, toString(event_id), toString(first_in_operation)) AS operation_id,
      toUInt16(least(greatest(place, 1) + if(known_operation_id != '', known_attempt - 1, 0), 65535)) AS attempt,
      multiIf(is_provider_error, 'provider_error', place < places, 'retry', is_auxiliary, 'auxiliary', '') AS own_reason
    FROM input LEFT JOIN operations ON attempt_id = event_id`;

/** The hash goes first, because it nearly always decides. */
const IN_RUN_KEY = "PARTITION BY run_group, owner ORDER BY started_at, event_id";

const DIVIDED = `
    SELECT *,
      count() OVER earlier = 0 OR (run_source IN ('client', 'idle') AND started_at >= max(ended_at) OVER earlier
        + if(run_source = 'client', toIntervalMinute(${RUN_PAUSE_HOURS * 60}), toIntervalMinute(${IDLE_PAUSE_MINUTES}))) AS starts_run,
      sum(is_prompt) OVER (${IN_RUN_KEY} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS prompts
    FROM told
    WINDOW earlier AS (${IN_RUN_KEY} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`;

/** Where prompts are counted from: the first call of a run, and any of which the client names the turn. */
const IS_MARK = "(starts_run OR isNotNull(turn_named))";

const TURNED = `
    SELECT *,
      assumeNotNull(anyLast(if(starts_run, run_if_first, NULL)) OVER so_far) AS run,
      anyLast(if(${IS_MARK}, ifNull(turn_named, ''), NULL)) OVER so_far AS newest_named_turn,
      prompts - anyLast(if(${IS_MARK}, prompts - (is_prompt AND isNull(turn_named)), NULL)) OVER so_far AS prompts_since
    FROM divided
    WINDOW so_far AS (${IN_RUN_KEY} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;

/** What was found beside other calls (credits.ts) is carried along, because it can't be found again once the features are gone. */
const FOUND = `
    SELECT event_id AS found_event_id, reason AS found_reason, inputs_expire_at AS found_inputs_expire_at
    FROM calls FINAL INNER JOIN windows ON windows.person_id = calls.person_id
    WHERE started_at >= {from_at:DateTime64(3)} AND started_at >= windows.from_at AND reason IN (${FOUND_REASONS})
      AND ${MAY_BE_IN_SLICE}`;

/** In which turn the runs were that began before a window. One that is named by its caller may have been silent for days. */
const FORMER = `
    SELECT calls.person_id AS former_person, run_id AS former_run_id, argMax(turn_id, (started_at, event_id)) AS former_turn
    FROM calls FINAL INNER JOIN windows ON windows.person_id = calls.person_id
    WHERE started_at < windows.from_at AND ${MAY_BE_IN_SLICE} AND started_at >= least(${FIRST_AT}, ifNull((
      SELECT minOrNull(started_at) FROM runs FINAL
      WHERE run_source = 'explicit' AND (person_id, run_id) GLOBAL IN (
        SELECT person, ${runId("event_id")} FROM (
          SELECT ${PERSON} AS person, ${OWNER} AS owner, ${NAMED_BY} AS run_source, ${NAME} AS run_key, event_id
          FROM token_events WHERE started_at >= {from_at:DateTime64(3)} AND run_source = 'explicit' AND ${inSlice(OWNER)}))), ${FIRST_AT}))
    GROUP BY former_person, former_run_id`;

/** The turn that the client named last, or in which the run was before the window; and one more for each prompt since then. */
const TURN_BEFORE = "if(newest_named_turn = '', former_turn, assumeNotNull(newest_named_turn))";
const TURN = `multiIf(prompts_since = 0, ${TURN_BEFORE}, ${TURN_BEFORE} = '', toString(assumeNotNull(prompts_since)),
    isNull(toUInt32OrNull(${TURN_BEFORE})), ${TURN_BEFORE}, toString(toUInt32OrZero(${TURN_BEFORE}) + assumeNotNull(prompts_since)))`;

export const assignCalls = defineStatement({
  name: "analytics: calls",
  sql: `
INSERT INTO calls (event_id, person_id, started_at, key_id, run_id, run_source, turn_id, agent_id, parent_agent_id, parent_event_id, link,
  operation_id, attempt, credited, reason, inputs_expire_at, workload_class, class_source, own_class, own_class_source, computed_at,
  version, expires_at)
WITH
  windows AS (${WINDOWS}),
  stored AS (${STORED}
  ),
  roots AS (${ROOTS}
  ),
  facts AS (${FACTS}
  ),
  entrants AS (${ENTRANTS}
  ),
  input AS (${INPUT}
  ),
  attempts AS (${ATTEMPTS}
  ),
  operations AS (${OPERATIONS}
  ),
  told AS (${TOLD}
  ),
  divided AS (${DIVIDED}
  ),
  turned AS (${TURNED}
  ),
  former AS (${FORMER}
  ),
  found AS (${FOUND}
  )
SELECT
  event_id, person, started_at, key, run, run_source, ${TURN}, agent, parent_agent, parent_event_id, link, operation_id, attempt,
  reason = '', if(own_reason = '', found_reason, own_reason) AS reason,
  if(reason = found_reason, found_inputs_expire_at, toDateTime(0)),
  own_class, own_class_source, own_class, own_class_source,
  {computed_at:DateTime64(3)}, {version:UInt64}, expires_at
FROM turned
LEFT JOIN former ON former_person = person AND former_run_id = run
LEFT JOIN found ON found_event_id = event_id
WHERE is_in_window`,
  params: z.object({
    version: z.int(),
    /** The beginning of the earliest window; no record that started more than 28 hours before it is read. */
    from_at: z.date(),
    now: z.date(),
    computed_at: z.date(),
    ...sliceParams,
  }),
});

/** Calls that were in a window and that no record stands for any longer. */
export const retireCalls = defineStatement({
  name: "analytics: retire calls",
  sql: `
INSERT INTO calls (event_id, person_id, started_at, version, is_deleted, expires_at)
SELECT event_id, calls.person_id, started_at, {version:UInt64}, 1, expires_at
FROM calls FINAL INNER JOIN (${WINDOWS}) AS windows ON windows.person_id = calls.person_id
WHERE started_at >= {from_at:DateTime64(3)} AND started_at >= windows.from_at AND calls.version < {version:UInt64}`,
  params: z.object({ version: z.int(), from_at: z.date() }),
});
