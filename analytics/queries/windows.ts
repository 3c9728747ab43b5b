// Which people were touched since the last pass, and from when on their calls have to be looked at again.
//
// A call can change what comes after it: which run the next call belongs to, which attempt it is. So a window has a
// beginning and no end. Before a touched call only these can change:
//   * a failed attempt that it repeats is no longer the last of its operation
//   * an auxiliary call of the minutes before may now be nearest to it (links.ts)
//   * an imported call that the gateway recorded as well counts no longer (repeated-imports.ts)
//   * a call that it continues no longer stands alone (widenWindows)
// A window begins before the earliest of these. A pass may widen a window later on, by a further row: the earliest counts.
//
// Features and declared classes come in after their calls, and touch them as the calls themselves do. Windows of a pass that did
// not end are done again by the next, because its rows may be in some tables and not in others.
//
// No window reaches into a week that is frozen, one whose first record has been dropped (`inputs_expire_at`): summed again
// from the rest, it would shrink. A call that arrives for such a week is kept as a record and not analysed.

import { z } from "zod";
import { defineQuery, defineStatement } from "../../schemas/clickhouse/store.ts";
import {
  COMPANION_MINUTES,
  ENDED_AT,
  HAS_FAILED,
  PERSON,
  REACH_HOURS,
  RUN_PAUSE_HOURS,
} from "./call-facts.ts";
import { REPEATED_HOURS_MAX } from "./repeated-imports.ts";

/** A person's window, as a subquery: `from_at` now, and `first_from_at` before the pass widened it. */
export const WINDOWS = `
    SELECT person_id, min(part.from_at) AS from_at, min(part.from_day) AS from_day, max(part.from_at) AS first_from_at
    FROM analysis_windows AS part WHERE version = {version:UInt64} GROUP BY person_id`;

/** The first moment after a person's frozen weeks, as a subquery. */
export const FROZEN = `
    SELECT person_id AS frozen_person, toDateTime64(toDateTime(max(week) + 7, {timezone:String}), 3, 'UTC') AS until
    FROM person_weeks FINAL
    WHERE inputs_expire_at <= {now:DateTime64(3)}
    GROUP BY frozen_person`;

export const writeWindows = defineStatement({
  name: "analytics: windows",
  sql: `
INSERT INTO analysis_windows (version, person_id, from_at, from_day)
WITH
  frozen AS (${FROZEN}),
  arrived_events AS (
    SELECT ${PERSON} AS person, started_at, gateway_id, response_id
    FROM token_events
    WHERE ingested_at >= {since:DateTime64(3)} AND expires_at > {now:DateTime64(3)}
  ),
  arrived AS (
    SELECT person, started_at FROM arrived_events
    UNION ALL
    SELECT ${PERSON}, started_at FROM call_features
    WHERE ingested_at >= {since:DateTime64(3)} AND expires_at > {now:DateTime64(3)}
    UNION ALL
    SELECT person_id, from_at FROM declared_classes WHERE ingested_at >= {since:DateTime64(3)}
    UNION ALL
    SELECT ${PERSON}, started_at FROM token_events
    WHERE started_at >= (SELECT min(started_at) FROM arrived_events) - INTERVAL ${REPEATED_HOURS_MAX} HOUR
      AND gateway_id = '' AND response_id GLOBAL IN (
        SELECT response_id FROM arrived_events
        WHERE gateway_id != '' AND response_id GLOBAL IN (SELECT response_id FROM token_events WHERE gateway_id = ''))
    UNION ALL
    SELECT person_id, from_at FROM analysis_windows WHERE version > {after:UInt64}
  ),
  touched AS (
    SELECT arrived.person AS person, frozen.until AS until, min(arrived.started_at) AS first_at
    FROM arrived LEFT JOIN frozen ON frozen_person = arrived.person
    WHERE arrived.started_at >= frozen.until
    GROUP BY person, until
  ),
  failed AS (
    SELECT ${PERSON} AS person, started_at, ${ENDED_AT} AS ended_at
    FROM token_events
    WHERE started_at >= (SELECT min(first_at) FROM touched) - INTERVAL ${REACH_HOURS} HOUR
      AND expires_at > {now:DateTime64(3)} AND ${HAS_FAILED}
  ),
  repeatable AS (
    SELECT touched.person AS person, min(failed.started_at) AS first_at
    FROM failed INNER JOIN touched ON touched.person = failed.person
    WHERE failed.started_at >= touched.until AND failed.started_at < touched.first_at
      AND failed.ended_at > touched.first_at - INTERVAL ${RUN_PAUSE_HOURS} HOUR
    GROUP BY person
  )
SELECT
  {version:UInt64},
  touched.person,
  greatest(touched.until, least(touched.first_at - INTERVAL ${COMPANION_MINUTES} MINUTE,
    if(repeatable.first_at = 0, touched.first_at, repeatable.first_at))) AS from_at,
  toDate(from_at, {timezone:String})
FROM touched LEFT JOIN repeatable ON repeatable.person = touched.person`,
  params: z.object({
    version: z.int(),
    /** The last pass that ended. */
    after: z.int(),
    /** Records that came in at this time or later, by the clock that stamped them. */
    since: z.date(),
    now: z.date(),
    timezone: z.string(),
  }),
});

/**
 * A call that nothing continued until now stands alone no longer, or does so from now on; that changes the idle run around it.
 * What is stored of the calls before a window is held against the links as they are now.
 */
export const widenWindows = defineStatement({
  name: "analytics: wider windows",
  sql: `
INSERT INTO analysis_windows (version, person_id, from_at, from_day)
WITH
  stored AS (
    SELECT calls.person_id AS person, event_id, started_at, run_source, link, parent_event_id
    FROM calls FINAL INNER JOIN (${WINDOWS}) AS windows ON windows.person_id = calls.person_id
    WHERE started_at >= {from_at:DateTime64(3)} - INTERVAL ${REACH_HOURS} HOUR AND started_at < windows.from_at
      AND run_source IN ('idle', 'chain')
  ),
  continued AS (
    SELECT parent_event_id FROM analysis_links WHERE version = {version:UInt64} AND step = 0
    UNION DISTINCT
    SELECT parent_event_id FROM stored WHERE link != ''
  )
SELECT {version:UInt64}, stored.person, min(started_at) AS from_at, toDate(from_at, {timezone:String})
FROM stored LEFT JOIN (${FROZEN}) AS frozen ON frozen_person = stored.person
WHERE started_at >= frozen.until AND (run_source = 'chain') != (link != '' OR event_id GLOBAL IN (SELECT * FROM continued))
GROUP BY stored.person`,
  params: z.object({ version: z.int(), from_at: z.date(), now: z.date(), timezone: z.string() }),
});

export const readWindows = defineQuery({
  name: "analytics: extent of the windows",
  sql: `
SELECT uniqExact(person_id) AS people, min(part.from_at) AS from_at, min(part.from_day) AS from_day,
  count() > people AS is_widened
FROM analysis_windows AS part WHERE version = {version:UInt64}`,
  params: z.object({ version: z.int() }),
  row: z.object({
    people: z.coerce.number(),
    from_at: z.coerce.date(),
    from_day: z.iso.date(),
    is_widened: z.coerce.boolean(),
  }),
});
