// Which outcomes have to be linked anew, and what each of them may meet a run by.
//
// Outcomes may tell of one thing: those of one kind with the same change (the hash of the normalised diff, in one repository), or with
// the same number of a pull request. They count once, as the most trusted of them tells it, and the first of those; what a less trusted
// one says of the runs it came from is left out, so that nobody can claim another's merge. A change that was reverted and applied
// again is the same change, and holds.
//
// A reversal takes back what it names, and the changes, tickets and deployments that it shares a hash with. What happened again after the
// last reversal holds. What people say of themselves takes back only their own. A reversal that is reversed itself is none.
//
// All outcomes that are kept are looked at in each pass: they are few beside calls. Linked anew are those that came in, those that meet a
// run which the pass (or one before it that did not end) has put together, those that hang on another outcome, and disputed ones.

import { z } from "zod";
import { defineQuery, defineStatement } from "../../schemas/clickhouse/store.ts";
import type { Outcome } from "../../schemas/outcome.ts";
import { NONE } from "./call-facts.ts";
import { levelOf, linkKey, linkKeys, OFFERS } from "./link-keys.ts";

/** Stands for a file by which nothing is linked, but which says how much of the outcome a run that is linked otherwise has written. */
export const OVERLAP_ONLY = 9;

/** What a reversal takes back, of what has its hash. */
const TAKES_BACK = {
  pr_reverted: ["pr_merged", "lines_survived"],
  ticket_reopened: ["ticket_closed"],
  deploy_rolled_back: ["deploy_succeeded"],
} as const satisfies Partial<Record<Outcome["kind"], readonly Outcome["kind"][]>>;

const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(", ");
const REVERSED_KINDS = `map(${Object.entries(TAKES_BACK)
  .map(([kind, taken]) => `'${kind}', [${quoted(taken)}]`)
  .join(", ")})[toString(kind)]`;
const IS_REVERSAL = `(kind IN (${quoted(Object.keys(TAKES_BACK))}) OR isNotNull(reverses))`;

/** The number of a pull or merge request, as ids of outcomes have it: `github:<repo hash>:pr:123:merged`. */
const NUMBER = "extract(outcome_id, ':(?:pr|mr):([0-9]+)(?::|$)')";

/** Hashes by which a reversal and what it takes back find each other. */
const HASHES = "arrayFilter(hash -> hash != '', [ifNull(change_hash, ''), ifNull(ticket_hash, '')])";

/** A repository that one outcome leaves out is that of the others with the same change. Each step joins what the steps before have. */
const TOLD = `
    SELECT *, min(by_number) OVER (PARTITION BY by_change) AS thing FROM (
      SELECT *, if(number = '' OR isNull(repo_hash), by_change, min(by_change) OVER (PARTITION BY kind, repo_hash, number)) AS by_number
      FROM (
        SELECT *, if(isNull(change_hash), outcome_id, min(outcome_id) OVER (PARTITION BY kind, change_hash, repo)) AS by_change FROM (
          SELECT *, coalesce(repo_hash, min(repo_hash) OVER (PARTITION BY kind, change_hash), '') AS repo,
            ${NUMBER} AS number, multiIf(trust = 'high', 0, trust = 'medium', 1, 2) AS doubt
          FROM outcomes FINAL
          WHERE expires_at > {now:DateTime64(3)} AND NOT ${IS_REVERSAL})))`;

const REVERSALS = `
    SELECT arrayJoin(arrayConcat([concat('id ', ifNull(reverses, ''))],
        arrayFlatten(arrayMap(taken -> arrayMap(hash -> concat(taken, ' ', hash), ${HASHES}), ${REVERSED_KINDS})))) AS meeting,
      occurred_at AS at, ifNull(repo_hash, '') AS reversed_repo, ingested_at >= {since:DateTime64(3)} AS is_new_reversal,
      if(source = 'self', ifNull(person_id, ${NONE}), ${NONE}) AS only_of
    FROM outcomes FINAL
    WHERE expires_at > {now:DateTime64(3)} AND ${IS_REVERSAL}
      AND outcome_id GLOBAL NOT IN (SELECT assumeNotNull(reverses) FROM outcomes FINAL
        WHERE expires_at > {now:DateTime64(3)} AND isNotNull(reverses) AND source != 'self')`;

/** Of each thing: how it is told by the most trusted, when it was last true, and whether something new was said of it. */
const THINGS = `
    SELECT thing AS told_thing, min(doubt) AS least_doubt, max(occurred_at) AS last_at, toUInt32(count()) AS tellings, max(repo) AS told_repo,
      max(ingested_at >= {since:DateTime64(3)}) AS is_new, groupUniqArray(outcome_id) AS members,
      argMin((outcome_id, source, if(kind = 'pr_merged' AND reviewed_by_other = false, 'low', trust), quantity, occurred_at, credited_at),
        (doubt, occurred_at, outcome_id)) AS best
    FROM told GROUP BY thing`;

const TAKEN_BACK = `
    SELECT thing AS reversed_thing, minOrNullIf(at, at >= last_at) AS reversed, max(is_new_reversal) AS is_newly_reversed
    FROM (
      SELECT thing, repo, ifNull(person_id, ${NONE}) AS of_person, arrayJoin(arrayConcat([concat('id ', outcome_id)],
        arrayMap(hash -> concat(kind, ' ', hash), ${HASHES}))) AS meeting
      FROM told
    ) AS meetings
    INNER JOIN reversals ON reversals.meeting = meetings.meeting
    INNER JOIN things ON told_thing = thing
    WHERE only_of IN (${NONE}, of_person) AND (repo = '' OR reversed_repo IN ('', repo))
    GROUP BY thing`;

const NAMES = "arrayFilter(name -> name != '', splitByChar(' ', ifNull(run_id, '')))";
const SESSIONS = "arrayFilter(name -> name != '', splitByChar(' ', ifNull(session_id, '')))";
const seek = (level: number | string, keys: string): string =>
  `arrayMap(key -> (toUInt8(${level}), key), ${keys})`;
const SEEKS = `arrayConcat(
      ${seek(levelOf("run"), linkKeys("run", NAMES))},
      ${seek(levelOf("request"), `if(isNull(request_id), [], [${linkKey("request", "assumeNotNull(request_id)")}])`)},
      ${seek(levelOf("session"), linkKeys("session", SESSIONS))},
      ${seek(
        `if(isNull(person_id) OR ifNull(rewritten_share, 0) > {rewritten_share_max:Float64}, ${OVERLAP_ONLY}, ${levelOf("files")})`,
        linkKeys("files", "file_hashes"),
      )})`;

/** Outcomes whose links may differ from what they were, because of the runs that were put together since, of other outcomes, or of what was disputed. */
const UNSETTLED = `
    SELECT outcome_id FROM outcome_links
    WHERE version > {after:UInt64} OR isNotNull(reversed_at) OR told_by > 1
      OR (person_id, run_id) GLOBAL IN (SELECT person_id, run_id FROM run_links WHERE version > {after:UInt64})
    UNION DISTINCT
    SELECT outcome_id FROM outcome_disputes WHERE ingested_at >= {since:DateTime64(3)}
    UNION DISTINCT
    SELECT outcome_id FROM (SELECT outcome_id, arrayJoin(seeks.2) AS key FROM seeking)
    WHERE key GLOBAL IN (
      SELECT arrayJoin(${OFFERS}) FROM run_links FINAL
      WHERE version > {after:UInt64} AND {since:DateTime64(3)} > toDateTime64(0, 3))`;

export const gatherOutcomes = defineStatement({
  name: "analytics: sought outcomes",
  sql: `
INSERT INTO analysis_outcomes (version, outcome_id, member_id, person_id, kind, source, trust, quantity, repo_hash, occurred_at, credited_at,
  reversed_at, told_by, names, seeks)
WITH
  told AS (${TOLD}
  ),
  reversals AS (${REVERSALS}
  ),
  things AS (${THINGS}
  ),
  taken_back AS (${TAKEN_BACK}
  ),
  seeking AS (SELECT *, ${SEEKS} AS seeks FROM told),
  unsettled AS (${UNSETTLED}
  )
SELECT {version:UInt64}, best.1, outcome_id, ifNull(person_id, ${NONE}), kind, best.2, best.3, best.4, told_repo, best.5, best.6,
  reversed, tellings, length(${NAMES}), if(doubt = least_doubt, seeks, [])
FROM seeking
INNER JOIN things ON told_thing = thing
LEFT JOIN taken_back ON reversed_thing = thing
WHERE is_new OR is_newly_reversed
  OR thing GLOBAL IN (SELECT thing FROM told WHERE outcome_id IN (SELECT outcome_id FROM unsettled))`,
  params: z.object({
    version: z.int(),
    /** The last pass that ended. */
    after: z.int(),
    since: z.date(),
    now: z.date(),
    rewritten_share_max: z.number(),
  }),
});

export const countSought = defineQuery({
  name: "analytics: number of sought outcomes",
  sql: "SELECT count() AS outcomes FROM analysis_outcomes WHERE version = {version:UInt64}",
  params: z.object({ version: z.int() }),
  row: z.object({ outcomes: z.coerce.number() }),
});
