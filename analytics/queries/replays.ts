// What a person sent again and again: the same text with the same beginning (exact), and openings of runs that are nearly alike.
//
// Near replays are found by bands of sketches (sketch-bands.ts): openings with an equal band lie in one bucket, and each is compared with
// one other: the first of the bucket within the span before it. So the work is at most 8 comparisons an opening, however many are alike. Compared with each other,
// paraphrases would chain into one cluster.
//
// Always holds: both rules look a span of days back, and count by the order of start, so that the answer does not depend on where a
// pass begins.

import { z } from "zod";
import { SKETCH_SIZE } from "../../schemas/call-features.ts";
import { defineStatement } from "../../schemas/clickhouse/store.ts";
import type { Method } from "../../schemas/method.ts";
import { bandsOf } from "./sketch-bands.ts";

const DAY_SECONDS = 86_400;

const COLUMNS = "(version, is_change, person_id, event_id, started_at, reason, inputs_expire_at)";
const params = z.object({ version: z.int() });

export function findExactReplays({ credit }: Method) {
  const times = credit.replayTimesMax;
  return defineStatement({
    name: "analytics: exact replays",
    sql: `
INSERT INTO analysis_credits ${COLUMNS}
SELECT {version:UInt64}, false, person_id, event_id, started_at, 'exact_replay', min(evidence_expires_at)
FROM (
  SELECT person_id, event_id, started_at,
    row_number() OVER earlier > ${times} AND lagInFrame(started_at, ${times}) OVER earlier >= started_at - INTERVAL ${credit.replayDays} DAY
      AS is_replay,
    min(inputs_expire_at) OVER (PARTITION BY person_id, beginning ORDER BY started_at, event_id
      ROWS BETWEEN ${times} PRECEDING AND CURRENT ROW) AS evidence_expires_at
  FROM analysis_prompts ARRAY JOIN beginnings AS beginning
  WHERE version = {version:UInt64}
  WINDOW earlier AS (PARTITION BY person_id, beginning ORDER BY started_at, event_id
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
WHERE is_replay
GROUP BY person_id, event_id, started_at`,
    params,
  });
}

export function findNearReplays({ credit }: Method) {
  const { replayTimesMax: times, nearReplayOpeningsMin: openings, replayDays: days } = credit;
  const equalMin = Math.ceil(credit.nearReplaySimilarity * SKETCH_SIZE);
  return defineStatement({
    name: "analytics: near replays",
    sql: `
INSERT INTO analysis_credits ${COLUMNS}
WITH
  banded AS (
    SELECT person_id, event_id, started_at, inputs_expire_at, sketch, toDateTime(started_at) AS second,
      cityHash64(sketch_epoch, arrayJoin(${bandsOf("sketch")})) AS bucket
    FROM analysis_prompts
    WHERE version = {version:UInt64} AND notEmpty(sketch)
  ),
  led AS (
    SELECT *, first_value(sketch) OVER (PARTITION BY person_id, bucket, second ORDER BY started_at, event_id) AS leader
    FROM banded
    WHERE (person_id, bucket) IN (SELECT person_id, bucket FROM banded GROUP BY person_id, bucket HAVING count() >= ${openings})
  ),
  compared AS (
    SELECT * EXCEPT (sketch, leader),
      nth_value(leader, 1) OVER (PARTITION BY person_id, bucket ORDER BY second
        RANGE BETWEEN ${days * DAY_SECONDS} PRECEDING AND CURRENT ROW) AS first_sketch,
      arrayCount((one, other) -> one = other, sketch, first_sketch) >= ${equalMin} AS is_alike
    FROM led
  ),
  counted AS (
    SELECT *,
      row_number() OVER earlier > ${times} AND lagInFrame(started_at, ${times}) OVER earlier >= started_at - INTERVAL ${days} DAY
        AS is_beyond,
      row_number() OVER earlier >= ${openings}
        AND lagInFrame(started_at, ${openings - 1}) OVER earlier >= started_at - INTERVAL ${days} DAY AS fills_cluster,
      min(inputs_expire_at) OVER (PARTITION BY person_id, bucket ORDER BY started_at, event_id
        ROWS BETWEEN ${openings} PRECEDING AND ${openings} FOLLOWING) AS evidence_expires_at
    FROM compared
    WHERE is_alike
    WINDOW earlier AS (PARTITION BY person_id, bucket ORDER BY started_at, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
  ),
  clustered AS (
    SELECT *, max(fills_cluster) OVER (PARTITION BY person_id, bucket ORDER BY started_at, event_id
      ROWS BETWEEN CURRENT ROW AND ${openings - 1} FOLLOWING) AS is_clustered
    FROM counted
  )
SELECT {version:UInt64}, false, person_id, event_id, started_at, 'near_replay', min(evidence_expires_at)
FROM clustered
WHERE is_clustered AND is_beyond
GROUP BY person_id, event_id, started_at`,
    params,
  });
}
