// Which call each call without ids continues: at most one, and one that started before it, so that the links of a conversation
// make a tree whose root is its first call.
//
//   response    it names the answer that it goes on from
//   prefix      its messages, up to the last answer in them, are the messages of that call; of several such calls, the one with
//               that answer, else the latest
//   retry       it repeats that call, which had failed
//   spawn       it opens a sub-agent with a text that an answer of that call handed over; found where nothing above is
//   auxiliary   it opens with the same text in the same client within 10 minutes, the one for its person and the other for the
//               client's own use (a title): the auxiliary call goes with the nearest of the others
// Responses and prefixes count up to 4 hours after the end of what they continue, under the same key; a spawn under any, but in the
// same client.
//
// Not handled: a client that replaces its conversation by a summary (compaction) and gives no ids continues nothing that anybody
// could know: no message of the old conversation is in the new one. Its calls from then on are a run of their own.
//
// A link whose features have been dropped stays as it was found.

import { z } from "zod";
import { defineStatement } from "../../schemas/clickhouse/store.ts";
import { COMPANION_MINUTES, NONE, RUN_PAUSE_HOURS } from "./call-facts.ts";
import { STRENGTH } from "./linkable-calls.ts";
import { WINDOWS } from "./windows.ts";

/** Where there is no main opening on that side. */
const FAR_MS = "toInt64(1e15)";
const OF_PASS = "version = {version:UInt64}";

/** The latest call before it that offers what it seeks. */
const MEETINGS = `
    SELECT seekers.person_id AS person_id, seekers.event_id AS event_id, seekers.seek.1 AS strength,
      transform(strength, [${STRENGTH.response}, ${STRENGTH.spawn}], ['response', 'spawn'], 'prefix') AS link,
      offers.event_id AS parent_id, offers.place AS parent_place
    FROM (
      SELECT person_id, event_id, place, started_at, arrayJoin(seeks) AS seek, seek.2 AS meeting
      FROM analysis_calls WHERE ${OF_PASS} AND is_new
    ) AS seekers
    ASOF INNER JOIN (
      SELECT event_id, place, ended_at, arrayJoin(offers) AS meeting FROM analysis_calls WHERE ${OF_PASS}
    ) AS offers ON offers.meeting = seekers.meeting AND offers.place < seekers.place
    WHERE seekers.started_at < offers.ended_at + INTERVAL ${RUN_PAUSE_HOURS} HOUR`;

/** Openings with the same companion: each auxiliary one goes to the nearest main one, and those that go together follow each other. */
const COMPANIONS = `
    SELECT person_id, event_id, ${STRENGTH.auxiliary}, 'auxiliary', parent_id, 0
    FROM (
      SELECT *, lagInFrame(event_id) OVER (PARTITION BY companion, nearest_id ORDER BY place
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS parent_id
      FROM (
        SELECT *,
          maxIf((place, started_at, event_id), NOT is_auxiliary) OVER (PARTITION BY companion ORDER BY place
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS main_before,
          minIf((place, started_at, event_id), NOT is_auxiliary) OVER (PARTITION BY companion ORDER BY place DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS main_after,
          if(main_before.1 = 0, ${FAR_MS}, dateDiff('millisecond', main_before.2, started_at)) AS before_ms,
          if(main_after.1 = 0, ${FAR_MS}, dateDiff('millisecond', started_at, main_after.2)) AS after_ms,
          multiIf(NOT is_auxiliary, event_id,
            least(before_ms, after_ms) > ${COMPANION_MINUTES * 60_000}, ${NONE},
            before_ms <= after_ms, main_before.3, main_after.3) AS nearest_id
        FROM analysis_calls
        WHERE ${OF_PASS} AND companion != 0
          AND companion GLOBAL IN (SELECT companion FROM analysis_calls WHERE ${OF_PASS} AND is_auxiliary)
      )
      WHERE nearest_id != ${NONE}
    )
    WHERE is_new AND parent_id != ${NONE}`;

/** What an earlier pass found, where one of the two features has been dropped since. */
const KEPT_LINKS = `
    SELECT calls.person_id, event_id, ${STRENGTH.kept}, toString(link), parent_event_id, 0
    FROM calls FINAL INNER JOIN (${WINDOWS}) AS windows ON windows.person_id = calls.person_id
    WHERE started_at >= {from_at:DateTime64(3)} AND started_at >= windows.from_at
      AND link IN ('prefix', 'spawn', 'auxiliary')
      AND event_id GLOBAL IN (SELECT event_id FROM analysis_calls WHERE ${OF_PASS} AND is_new)
      AND parent_event_id GLOBAL IN (SELECT event_id FROM analysis_calls WHERE ${OF_PASS})
      AND (event_id GLOBAL IN (SELECT event_id FROM analysis_calls WHERE ${OF_PASS} AND NOT has_features)
        OR parent_event_id GLOBAL IN (SELECT event_id FROM analysis_calls WHERE ${OF_PASS} AND NOT has_features))`;

export const findLinks = defineStatement({
  name: "analytics: links",
  sql: `
INSERT INTO analysis_links (version, person_id, step, is_final, event_id, parent_event_id, link, above_id, agents)
WITH
  candidates AS (${MEETINGS}
    UNION ALL
    SELECT person_id, event_id, ${STRENGTH.retry}, 'retry', repeated_id, 0
    FROM analysis_calls WHERE ${OF_PASS} AND is_new AND repeated_id != ${NONE}
    UNION ALL${COMPANIONS}
    UNION ALL${KEPT_LINKS}
  )
SELECT {version:UInt64}, person_id, 0, false, event_id, (argMax((parent_id, link), (strength, parent_place)) AS surest).1, surest.2, surest.1, if(surest.2 = 'spawn', [event_id], [])
FROM candidates GROUP BY person_id, event_id`,
  params: z.object({ version: z.int(), from_at: z.date() }),
});

/** Where a window was widened: the links of the calls that it now has besides, which are as they were. */
export const carryLinks = defineStatement({
  name: "analytics: carried links",
  sql: `
INSERT INTO analysis_links (version, person_id, step, is_final, event_id, parent_event_id, link, above_id, agents)
SELECT {version:UInt64}, calls.person_id, 0, false, event_id, parent_event_id, link, parent_event_id,
  if(link = 'spawn', [event_id], [])
FROM calls FINAL INNER JOIN (${WINDOWS}) AS windows ON windows.person_id = calls.person_id
WHERE started_at >= {from_at:DateTime64(3)} AND started_at >= windows.from_at AND started_at < windows.first_from_at
  AND link != ''`,
  params: z.object({ version: z.int(), from_at: z.date() }),
});
