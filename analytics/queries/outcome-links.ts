// Which runs have a share in an outcome, and how much of it.
//
// Of all runs that an outcome meets those count that it meets by the surest way: the run that it names, the request, the session, and only
// where none of these is known the runs of the same person that wrote the same files shortly before. Runs that began only after
// it happened are left out where there are others: a session that is resumed has runs on both sides of a merge.
// Shares are in proportion to the files that outcome and run have in common, where all of the runs have some; otherwise equal.
//
// An outcome that a person disputes is linked to none of their runs. The shares of others stay: nobody gains by what another one says.
//
// What holds is compared with what is stored, and only what differs is written. What a pass before this one wrote and did not finish
// counts as different, so that the rows of this version are all that the steps after it have to look at.

import { z } from "zod";
import { defineStatement } from "../../schemas/clickhouse/store.ts";
import { LINKED_BY } from "../../schemas/closed-lists.ts";
import { levelOf, OFFERS } from "./link-keys.ts";
import { OVERLAP_ONLY } from "./sought-outcomes.ts";

const WORDS = `[${LINKED_BY.map((word) => `'${word}'`).join(", ")}]`;

/** Sources in which somebody speaks of their own runs alone. */
const OF_THEIR_OWN = "source IN ('self', 'otlp')";

const SOUGHT = `
    SELECT DISTINCT outcome_id, person_id AS named_person, source, occurred_at, names, seek.1 AS level, seek.2 AS key
    FROM analysis_outcomes ARRAY JOIN seeks AS seek WHERE version = {version:UInt64}`;

const OFFERED = `
    SELECT * FROM (
      SELECT person_id AS person, run_id AS run, started_at AS began_at, expires_at AS run_expires_at, arrayJoin(${OFFERS}) AS key
      FROM run_links FINAL)
    WHERE key GLOBAL IN (SELECT key FROM sought)`;

const MET = `
    SELECT outcome_id AS met, person, run, any(began_at) AS began, any(run_expires_at) AS kept_until, any(occurred_at) AS happened,
      max(named_person = person) AS is_theirs, any(names) AS named_runs,
      minIf(level, multiIf(
        level = ${OVERLAP_ONLY}, false,
        level = ${levelOf("files")}, named_person = person AND began_at >= occurred_at - toIntervalDay({days_before:UInt32})
          AND began_at <= occurred_at + toIntervalDay({days_after:UInt32}),
        named_person = person OR NOT ${OF_THEIR_OWN})) AS surest,
      uniqExactIf(offered.key, level IN (${levelOf("files")}, ${OVERLAP_ONLY})) AS overlap
    FROM offered INNER JOIN sought ON sought.key = offered.key
    GROUP BY met, person, run
    HAVING surest > 0`;

/** One name that runs of several people bear, as "nightly", means that of the person whom the outcome names. */
const CHOSEN = `
    SELECT *,
      if(min(overlap) OVER outcome > 0, overlap / sum(overlap) OVER outcome, 1 / count() OVER outcome) AS part
    FROM (
      SELECT *, min(surest) OVER (PARTITION BY met) AS least,
        max(began <= happened) OVER (PARTITION BY met, surest) AS has_earlier,
        max(is_theirs) OVER (PARTITION BY met, surest) AS has_theirs
      FROM met)
    WHERE surest = least AND (began <= happened OR NOT has_earlier)
      AND (is_theirs OR NOT has_theirs OR surest != ${levelOf("run")} OR named_runs != 1)
    WINDOW outcome AS (PARTITION BY met)`;

/** Outcomes that a person says did not come of their runs, by any of those that tell of it. */
const DISPUTED = `
    SELECT disputing, analysis_outcomes.outcome_id AS disputed_id
    FROM analysis_outcomes
    INNER JOIN (SELECT person_id AS disputing, outcome_id AS told_id FROM outcome_disputes FINAL) AS disputes ON told_id = member_id
    WHERE version = {version:UInt64}`;

const SAID =
  "kind, source, trust, linked_by, share, quantity, repo_hash, occurred_at, credited_at, reversed_at, told_by, expires_at";
const TUPLE = `(toString(kind), toString(source), toString(trust), toString(linked_by), share, quantity, repo_hash, occurred_at, credited_at,
        reversed_at, told_by, expires_at)`;

export const writeOutcomeLinks = defineStatement({
  name: "analytics: outcome_links",
  sql: `
INSERT INTO outcome_links (person_id, run_id, outcome_id, ${SAID}, version, is_deleted)
WITH
  sought AS (${SOUGHT}
  ),
  offered AS (${OFFERED}
  ),
  met AS (${MET}
  ),
  disputed AS (${DISPUTED}
  ),
  chosen AS (
    SELECT * FROM (${CHOSEN}) WHERE (person, met) GLOBAL NOT IN (SELECT disputing, disputed_id FROM disputed)
  ),
  facts AS (
    SELECT outcome_id, any(kind) AS kind, any(source) AS source, any(trust) AS trust, any(quantity) AS quantity,
      any(repo_hash) AS repo_hash,
      any(occurred_at) AS occurred_at, any(credited_at) AS credited_at, any(reversed_at) AS reversed_at, any(told_by) AS told_by
    FROM analysis_outcomes WHERE version = {version:UInt64} GROUP BY outcome_id
  ),
  compared AS (
    SELECT person, run, outcome_id AS id, ${WORDS}[surest] AS linked_by, part AS share, kept_until AS expires_at, ${TUPLE} AS said,
      true AS is_due, toUInt64(0) AS stored_version
    FROM chosen INNER JOIN facts ON outcome_id = met
    UNION ALL
    SELECT person_id, run_id, outcome_id, '', 0, expires_at, ${TUPLE}, false, version
    FROM outcome_links FINAL
    WHERE outcome_id GLOBAL IN (SELECT member_id FROM analysis_outcomes WHERE version = {version:UInt64})
    UNION ALL
    SELECT person_id, run_id, outcome_id, '', 0, expires_at, ${TUPLE}, false, version
    FROM outcome_links WHERE version > {after:UInt64} AND is_deleted = 1
  ),
  settled AS (
    SELECT person, run, id, max(is_due) AS holds, anyIf(said, is_due) AS due, argMaxIf(said, stored_version, NOT is_due) AS stored,
      max(stored_version) AS newest
    FROM compared GROUP BY person, run, id
  )
SELECT person, run, id, ${SAID.split(", ")
    .map((_column, index) => `if(holds, due, stored).${index + 1}`)
    .join(", ")}, {version:UInt64}, NOT holds
FROM settled
WHERE NOT holds OR newest = 0 OR newest > {after:UInt64} OR toString(due) != toString(stored)`,
  params: z.object({
    version: z.int(),
    /** The last pass that ended. */
    after: z.int(),
    days_before: z.int(),
    days_after: z.int(),
  }),
});
