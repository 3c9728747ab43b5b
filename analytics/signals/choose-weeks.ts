// Which person-weeks a pass measures: of the weeks that have ended, those with a call in a window, those of runs whose outcomes changed,
// and those that ended since the pass before; all of them where the organisation's templates have changed.
//
// A week is looked at once it has ended, and not while it goes on: shares of a part of a week say little, and who looks at a p-value every
// minute until it is small enough will find it so (Armitage, McPherson & Rowe 1969).
//
// A week is frozen as soon as the first feature behind it is dropped, which is some days before its first call is: from then on what was
// found stays. Nobody's calls say nothing of anybody.

import { z } from "zod";
import { defineQuery, defineRemoval, defineStatement } from "../../schemas/clickhouse/store.ts";
import { NONE } from "../queries/call-facts.ts";
import { WINDOWS } from "../queries/windows.ts";

const TOUCHED = `
    SELECT person_weeks.person_id AS person, week
    FROM person_weeks FINAL INNER JOIN (${WINDOWS}) AS windows ON windows.person_id = person_weeks.person_id
    WHERE week >= toMonday(windows.from_day)
    UNION DISTINCT
    SELECT person_id AS person, arrayJoin(arrayMap(
      weeks -> toMonday(toDate(started_at, {timezone:String})) + 7 * weeks,
      range(toUInt32(1 + dateDiff('week', toMonday(toDate(started_at, {timezone:String})), toDate(ended_at, {timezone:String})))))) AS week
    FROM runs FINAL
    WHERE (person_id, run_id) GLOBAL IN (SELECT person_id, run_id FROM outcome_links WHERE version = {version:UInt64})`;

export const chooseSignalWeeks = defineStatement({
  name: "signals: weeks",
  sql: `
INSERT INTO signal_weeks (version, person_id, week, inputs_expire_at, expires_at)
WITH touched AS (${TOUCHED}
  )
SELECT {version:UInt64}, person_id, week,
  min(inputs_expire_at) - toIntervalDay({features_days_less:Int32}) AS features_expire_at, max(expires_at)
FROM person_weeks FINAL
WHERE ({is_every:Bool} OR week >= {ended_from:Date} OR (person_id, week) GLOBAL IN (SELECT person, week FROM touched))
  AND week < {running_week:Date} AND person_id != ${NONE}
  AND week + 7 > toDate({scored_from:DateTime64(3)}, {timezone:String})
GROUP BY person_id, week
HAVING features_expire_at > {now:DateTime64(3)}`,
  params: z.object({
    version: z.int(),
    now: z.date(),
    timezone: z.string(),
    scored_from: z.date(),
    is_every: z.boolean(),
    /** The Monday of the week that went on when the pass before looked: it, and later ones, may have ended since. */
    ended_from: z.iso.date(),
    running_week: z.iso.date(),
    /** Days that features are kept for less than calls. */
    features_days_less: z.int(),
  }),
});

export const readSignalWeeks = defineQuery({
  name: "signals: weeks of the pass",
  sql: "SELECT DISTINCT week FROM signal_weeks WHERE version = {version:UInt64} ORDER BY week",
  params: z.object({ version: z.int() }),
  row: z.object({ week: z.iso.date() }),
});

/** Findings of measured weeks, and of weeks without a call left, that this pass has not written again. */
export const retireWeekSignals = defineStatement({
  name: "signals: retire week_signals",
  sql: `
INSERT INTO week_signals (person_id, week, signal, version, is_deleted, expires_at)
SELECT week_signals.person_id, week, signal, {version:UInt64}, 1, expires_at
FROM week_signals FINAL
LEFT JOIN (SELECT person_id AS person, from_day FROM (${WINDOWS})) AS windows ON person = week_signals.person_id
WHERE version < {version:UInt64} AND inputs_expire_at > {now:DateTime64(3)}
  AND ((person != ${NONE} AND week >= toMonday(from_day))
    OR (person_id, week) GLOBAL IN (SELECT person_id, week FROM signal_weeks WHERE version = {version:UInt64}))`,
  params: z.object({ version: z.int(), now: z.date() }),
});

/** What a pass gathered; of no use once it has ended. A pass that dies leaves it to the tables' TTL. */
export const GATHERED = [
  "signal_weeks",
  "signal_calls",
  "signal_runs",
  "signal_prompts",
  "signal_templates",
].map((table) =>
  defineRemoval({
    name: `signals: clear ${table}`,
    table,
    where: "version = {version:UInt64}",
    params: z.object({ version: z.int() }),
  }),
);
