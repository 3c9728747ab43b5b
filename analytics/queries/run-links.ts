// What outcomes may meet a run by: its ids, the requests of its calls, and the files that it wrote.
//
// The runs of a window are put together again as those of runs.ts are, and one whose first record has been dropped stays as it was.
// Features are dropped earlier than calls: once the first of a run's has gone, what was found in them is kept, and only added to.
// Runs that are nobody's have no row, because nobody is scored for them.

import { z } from "zod";
import { defineStatement } from "../../schemas/clickhouse/store.ts";
import { ENDED_AT, NONE, PERSON } from "./call-facts.ts";
import { linkKey } from "./link-keys.ts";
import { inSlice, sliceParams } from "./slices.ts";
import { TOUCHED_RUNS } from "./touched-runs.ts";
import { WINDOWS } from "./windows.ts";

/** Of one run; one that writes more ends of paths has long met what there is to meet. */
const FILE_HASHES_MAX = 4096;

const FAR = "toDateTime('2100-01-01 00:00:00', 'UTC')";

/** What calls and features of the windows say, one beside the other. Sets and extremes are the same however often a row is there. */
const FACTS = `
    SELECT event_id, started_at, ${ENDED_AT} AS ended_at, ifNull(client_run_id, '') AS name, ifNull(session_id, '') AS session,
      ifNull(parent_session_id, '') AS parent_session, ifNull(request_id, '') AS request,
      CAST([], 'Array(String)') AS files, false AS is_write, ${FAR} AS features_expire, expires_at AS inputs_expire
    FROM token_events
    WHERE started_at >= first_at AND ${inSlice(PERSON)}
    UNION ALL
    SELECT event_id, started_at, started_at, '', '', '', '', written_file_hashes, true, expires_at, ${FAR}
    FROM call_features
    WHERE started_at >= first_at AND expires_at > {now:DateTime64(3)} AND (has(tool_kinds, 'write') OR notEmpty(written_file_hashes))
      AND ${inSlice(PERSON)}`;

export const gatherRunLinks = defineStatement({
  name: "analytics: run_links",
  sql: `
INSERT INTO run_links (person_id, run_id, client_run_ids, session_ids, request_keys, started_at, ended_at, file_hashes, has_writes,
  features_expire_at, inputs_expire_at, version, expires_at)
WITH
  affected AS (${TOUCHED_RUNS} AND person_id != ${NONE} AND ${inSlice("person_id")}),
  former AS (
    SELECT person_id AS former_person, run_id AS former_run, started_at, file_hashes AS former_files,
      has_writes AS has_former_writes, features_expire_at AS former_features_expire,
      former_features_expire <= {now:DateTime64(3)} AS lacks_features, inputs_expire_at <= {now:DateTime64(3)} AS is_frozen
    FROM run_links FINAL WHERE (person_id, run_id) GLOBAL IN (SELECT person_id, run_id FROM affected)
  ),
  (SELECT least({from_at:DateTime64(3)}, ifNull(minOrNull(started_at), {from_at:DateTime64(3)}))
    FROM former WHERE NOT is_frozen) AS first_at,
  assigned AS (
    SELECT event_id AS assigned_id, person_id AS person, run_id AS run
    FROM calls FINAL
    WHERE (person_id, run_id) GLOBAL IN (SELECT person_id, run_id FROM affected)
      AND (person_id, run_id) GLOBAL NOT IN (SELECT former_person, former_run FROM former WHERE is_frozen)
      AND started_at >= first_at AND ${inSlice("person_id")}
  ),
  gathered AS (
    SELECT person, run,
      arraySort(groupUniqArrayIf(name, name != '')) AS names,
      arraySort(groupUniqArrayArray(arrayFilter(id -> id != '', [session, parent_session]))) AS sessions,
      arraySort(groupUniqArrayIf(${linkKey("request", "request")}, request != '')) AS requests,
      min(started_at) AS began_at, max(ended_at) AS stopped_at,
      groupUniqArrayArray(files) AS written, max(is_write) AS has_written,
      min(features_expire) AS features_until, min(inputs_expire) AS inputs_until, maxIf(inputs_expire, NOT is_write) AS kept_until
    FROM (${FACTS}
    ) AS facts INNER JOIN assigned ON assigned_id = event_id
    GROUP BY person, run
  )
SELECT person, run, names, sessions, requests, began_at, stopped_at,
  arraySlice(arraySort(if(lacks_features, arrayDistinct(arrayConcat(written, former_files)), written)), 1, ${FILE_HASHES_MAX}),
  has_written OR (lacks_features AND has_former_writes),
  if(lacks_features, former_features_expire, features_until), inputs_until,
  {version:UInt64}, kept_until + toIntervalDay({kept_days:Int32})
FROM gathered LEFT JOIN former ON former_person = person AND former_run = run`,
  params: z.object({
    version: z.int(),
    now: z.date(),
    from_at: z.date(),
    /** Days that a run is kept for longer than its records. */
    kept_days: z.int(),
    ...sliceParams,
  }),
});

/** Runs of a window that no call belongs to any longer. */
export const retireRunLinks = defineStatement({
  name: "analytics: retire run_links",
  sql: `
INSERT INTO run_links (person_id, run_id, version, is_deleted, expires_at)
SELECT run_links.person_id, run_id, {version:UInt64}, 1, expires_at
FROM run_links FINAL INNER JOIN (${WINDOWS}) AS windows ON windows.person_id = run_links.person_id
WHERE ended_at >= {from_at:DateTime64(3)} AND ended_at >= windows.from_at
  AND run_links.version < {version:UInt64} AND inputs_expire_at > {now:DateTime64(3)}`,
  params: z.object({ version: z.int(), now: z.date(), from_at: z.date() }),
});
