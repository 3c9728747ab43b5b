// Turns that a client takes by itself, over and over: the same text of one person in one client, a short answer, and nothing done.
//
// A turn is a prompt and the calls after it in its run, up to the next prompt or another turn of the client's, with those of its
// sub-agents. It is a heartbeat's if the features of all its calls are known: what can't be told may have done something.
// Only runs with a text that is frequent enough are read.

import { defineStatement } from "../../schemas/clickhouse/store.ts";
import type { Method } from "../../schemas/method.ts";
import { creditParams, idsOfPeople, OWN_REASONS } from "./credits.ts";

/** Tools of these kinds did something. */
const ACTS = "hasAny(tool_kinds, ['write', 'execute', 'communicate'])";

export function findHeartbeats({ credit }: Method) {
  const turns = credit.heartbeatTurnsMin;
  return defineStatement({
    name: "analytics: heartbeats",
    sql: `
INSERT INTO analysis_credits (version, is_change, person_id, event_id, started_at, reason, inputs_expire_at)
WITH
  frequent AS (
    SELECT person_id, text FROM analysis_prompts ARRAY JOIN texts AS text
    WHERE version = {version:UInt64}
    GROUP BY person_id, text HAVING count() >= ${turns}
  ),
  suspected AS (
    SELECT DISTINCT person_id, run_id FROM analysis_prompts ARRAY JOIN texts AS text
    WHERE version = {version:UInt64} AND (person_id, text) IN (SELECT person_id, text FROM frequent)
  ),
  sequence AS (
    SELECT calls.person_id AS person, run_id, turn_id, event_id, started_at, texts, features_expire_at, is_known AND NOT acts
        AND answer_chars <= ${credit.heartbeatAnswerCharsMax} AS is_idle,
      prompted OR turn_id != lagInFrame(turn_id) OVER (PARTITION BY person, run_id ORDER BY started_at, event_id) AS starts_turn
    FROM calls FINAL
    LEFT JOIN (
      SELECT event_id AS prompt_id, texts, starts_turn AS prompted FROM analysis_prompts WHERE version = {version:UInt64}
    ) AS prompts ON prompt_id = event_id
    LEFT JOIN (
      SELECT event_id AS featured_id, expires_at AS features_expire_at, isNotNull(output_chars) AS is_known,
        ifNull(output_chars, 0) AS answer_chars, ${ACTS} AS acts
      FROM call_features FINAL
      WHERE started_at >= {read_from:DateTime64(3)} AND expires_at > {now:DateTime64(3)}
        AND event_id GLOBAL IN ${idsOfPeople("SELECT person_id FROM suspected")}
    ) AS features ON featured_id = event_id
    WHERE calls.person_id GLOBAL IN (SELECT person_id FROM suspected) AND (calls.person_id, run_id) GLOBAL IN (SELECT person_id, run_id FROM suspected)
      AND started_at >= {read_from:DateTime64(3)} AND reason NOT IN (${OWN_REASONS}) AND expires_at > {now:DateTime64(3)}
  ),
  numbered AS (
    SELECT *, sum(starts_turn) OVER (PARTITION BY person, run_id ORDER BY started_at, event_id) AS turn FROM sequence
  ),
  turns AS (
    SELECT person, min((started_at, event_id)) AS opened, argMin(texts, (started_at, event_id)) AS turn_texts,
      min(features_expire_at) AS turn_expires_at, groupArray((event_id, started_at)) AS turn_calls
    FROM numbered
    GROUP BY person, run_id, turn
    HAVING min(is_idle)
  ),
  repeated AS (
    SELECT person, text, opened, turn_calls,
      row_number() OVER earlier >= ${turns}
        AND lagInFrame(opened.1, ${turns - 1}) OVER earlier >= opened.1 - INTERVAL ${credit.heartbeatDays} DAY AS is_tenth,
      min(turn_expires_at) OVER (PARTITION BY person, text ORDER BY opened
        ROWS BETWEEN ${turns} PRECEDING AND ${turns} FOLLOWING) AS evidence_expires_at
    FROM turns ARRAY JOIN turn_texts AS text
    WINDOW earlier AS (PARTITION BY person, text ORDER BY opened ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
  ),
  beating AS (
    SELECT *, max(is_tenth) OVER (PARTITION BY person, text ORDER BY opened
      ROWS BETWEEN CURRENT ROW AND ${turns - 1} FOLLOWING) AS is_heartbeat
    FROM repeated
  )
SELECT {version:UInt64}, false, person, call.1 AS event_id, call.2 AS started_at, 'heartbeat', min(evidence_expires_at)
FROM beating ARRAY JOIN turn_calls AS call
WHERE is_heartbeat
GROUP BY person, event_id, started_at`,
    params: creditParams.omit({ read_days: true }),
  });
}
