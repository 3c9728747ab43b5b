// Which people were touched since the last pass, and from when on their calls have to be looked at again.
//
// A call can change what comes after it: which run the next call belongs to, which attempt it is. So a window has a
// beginning and no end. Before its beginning only one thing can change: a failed attempt that the new call repeats is no
// longer the last of its operation. A window therefore begins at the oldest failed call that a touched one might repeat.
//
// No window reaches into a week that is frozen, one whose first record has been dropped (`inputs_expire_at`): summed again
// from the rest, it would shrink. A call that arrives for such a week is kept as a record and not analysed.

import { z } from "zod";
import { defineQuery, defineStatement } from "../../schemas/clickhouse/store.ts";
import { CALL_HOURS_MAX, ENDED_AT, HAS_FAILED, PERSON } from "./call-facts.ts";
import { RUN_PAUSE_HOURS } from "./calls.ts";

export const writeWindows = defineStatement({
  name: "analytics: windows",
  sql: `
INSERT INTO analysis_windows (version, person_id, from_at, from_day)
WITH
  frozen AS (
    SELECT person_id, toDateTime64(toDateTime(max(week) + 7, {timezone:String}), 3, 'UTC') AS until
    FROM person_weeks FINAL
    WHERE inputs_expire_at <= {now:DateTime64(3)}
    GROUP BY person_id
  ),
  arrived AS (
    SELECT ${PERSON} AS person, started_at
    FROM token_events
    WHERE ingested_at >= {since:DateTime64(3)} AND expires_at > {now:DateTime64(3)}
  ),
  touched AS (
    SELECT arrived.person AS person, frozen.until AS until, min(arrived.started_at) AS first_at
    FROM arrived LEFT JOIN frozen ON frozen.person_id = arrived.person
    WHERE arrived.started_at >= frozen.until
    GROUP BY person, until
  ),
  failed AS (
    SELECT ${PERSON} AS person, started_at, ${ENDED_AT} AS ended_at
    FROM token_events
    WHERE started_at >= (SELECT min(first_at) FROM touched) - INTERVAL ${CALL_HOURS_MAX + RUN_PAUSE_HOURS} HOUR
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
  if(repeatable.first_at = 0, touched.first_at, repeatable.first_at) AS from_at,
  toDate(from_at, {timezone:String})
FROM touched LEFT JOIN repeatable ON repeatable.person = touched.person`,
  params: z.object({
    version: z.int(),
    /** Records that came in at this time or later, by the clock that stamped them. */
    since: z.date(),
    now: z.date(),
    timezone: z.string(),
  }),
});

export const readWindows = defineQuery({
  name: "analytics: extent of the windows",
  sql: `
SELECT count() AS people, min(from_at) AS from_at, min(from_day) AS from_day
FROM analysis_windows WHERE version = {version:UInt64}`,
  params: z.object({ version: z.int() }),
  row: z.object({ people: z.coerce.number(), from_at: z.coerce.date(), from_day: z.iso.date() }),
});
