// Cache-bust: what stands before a conversation changes from call to call, so that the provider's cache is written and never read.
//
// Looked at are calls that follow another of their run and use a cache. A cache that expired was written again for an unchanged prefix, and
// says nothing; so does no answer how long anybody waited. Some versions of clients change their prefix by themselves, for everybody: there is
// no null, and a week stands against others of its class.

import { OF_WEEK } from "./evidence.ts";
import type { Signal } from "./signal.ts";

export const changingPrefixes: Signal = {
  name: "changing_prefixes",
  family: "cache_bust",
  question: "How often was the cache written anew because the beginning of the conversation had changed?",
  rule: "The share of calls that continue a run with a cache, wrote more to it than they read, and whose system prompt or earlier messages had changed.",
  innocents: [
    "a version of the client that is known for it",
    "tools or instructions that are changed during the work",
    "a conversation that was compacted or cleared",
  ],
  reads: [
    "signal_calls.person_id",
    "signal_calls.run_id",
    "signal_calls.event_id",
    "signal_calls.started_at",
    "signal_calls.is_agent",
    "signal_calls.is_opening",
    "signal_calls.prefix",
    "signal_calls.parent_prefix",
    "signal_calls.system",
    "signal_calls.cache_read_tokens",
    "signal_calls.cache_write_tokens",
  ],
  sql: ({ signals }) => `
    SELECT person_id, avg(is_busted) AS effect, count() AS cases, map('busted', toFloat64(sum(is_busted))) AS counts,
      groupUniqArrayIf(run_id, is_busted) AS run_ids
    FROM (
      SELECT person_id, run_id, is_opening, cache_read_tokens + cache_write_tokens AS cache_tokens,
        cache_write_tokens > cache_read_tokens AND (
          (system != 0 AND earlier_system != 0 AND system != earlier_system)
          OR (parent_prefix != 0 AND earlier_prefix != 0 AND parent_prefix != earlier_prefix)
        ) AS is_busted
      FROM (
        SELECT person_id, run_id, is_opening, system, parent_prefix, cache_read_tokens, cache_write_tokens,
          lagInFrame(system) OVER earlier AS earlier_system, lagInFrame(prefix) OVER earlier AS earlier_prefix,
          row_number() OVER earlier AS place
        FROM signal_calls WHERE ${OF_WEEK} AND NOT is_agent
        WINDOW earlier AS (PARTITION BY person_id, run_id ORDER BY started_at, event_id
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
      )
      WHERE place > 1 AND NOT is_opening AND cache_tokens > 0
    )
    GROUP BY person_id
    HAVING cases >= ${signals.cacheBustCallsMin}`,
  floor: ({ signals }) => signals.cacheBustShareFloor,
};
