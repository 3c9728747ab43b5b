// The calls that carry no id of a client, and by what each of them can meet the call that it continues. They are put into a
// working table once, because every step after reads them.
//
// What a call offers is what a later one would have to know of it: its response id, the hash of its messages, alone and with that
// of its answer, and the texts that it hands to sub-agents. What it seeks is the same from the other side. Each is hashed together
// with the owner, and the key where the rule asks for the same one, so that equal hashes are all that is left to compare.
//
// Also the calls that started in the 28 hours before a window are taken: they may be continued, but are not linked again.

import { z } from "zod";
import { defineQuery, defineStatement } from "../../schemas/clickhouse/store.ts";
import {
  ENDED_AT,
  HAS_FAILED,
  KEY,
  NAMED_BY,
  NONE,
  OPERATION_KEY,
  OWNER,
  PERSON,
  REACH_HOURS,
} from "./call-facts.ts";
import { repeats } from "./operations.ts";
import { repeatedImports } from "./repeated-imports.ts";
import { WINDOWS } from "./windows.ts";

/** How sure a link is: of several, the surest counts. `kept`: what was found when there were features. */
export const STRENGTH = { response: 7, kept: 6, answer: 5, prefix: 4, retry: 3, spawn: 2, auxiliary: 1 };

const FIRST_AT = `{from_at:DateTime64(3)} - INTERVAL ${REACH_HOURS} HOUR`;

/** One kind of meeting. */
const meeting = (kind: string, ...parts: string[]): string =>
  `reinterpretAsUInt128(sipHash128(${[`'${kind}'`, "toString(owner)", ...parts].join(", ")}))`;

const KEY_TEXT = "toString(key)";

/** An array with a meeting, or without one where a part of it is unknown. */
const offerOf = (kind: string, ...parts: string[]): string =>
  `if(${parts.map((part) => `isNotNull(${part})`).join(" AND ")},
        [${meeting(kind, KEY_TEXT, ...parts.map((part) => `assumeNotNull(${part})`))}], [])`;

const seekOf = (strength: number, kind: string, ...parts: string[]): string =>
  `if(${parts.map((part) => `isNotNull(${part})`).join(" AND ")},
        [(toUInt8(${strength}), ${meeting(kind, KEY_TEXT, ...parts.map((part) => `assumeNotNull(${part})`))})], [])`;

const OFFERS = `arrayConcat(
      ${offerOf("response", "response_id")},
      ${offerOf("answer", "prefix_hash", "answer_hash")},
      ${offerOf("prefix", "prefix_hash")},
      arrayMap(spawned -> ${meeting("spawn", "client", "spawned")}, spawn_hashes))`;

const spawnSeek = (hash: string): string =>
  `if(isNotNull(${hash}), [(toUInt8(${STRENGTH.spawn}), ${meeting("spawn", "client", `assumeNotNull(${hash})`)})], [])`;

const SEEKS = `arrayConcat(
      ${seekOf(STRENGTH.response, "response", "previous_response_id")},
      ${seekOf(STRENGTH.answer, "answer", "parent_prefix_hash", "parent_answer_hash")},
      ${seekOf(STRENGTH.answer, "answer", "parent_prefix_hash_previous", "parent_answer_hash_previous")},
      ${seekOf(STRENGTH.prefix, "prefix", "parent_prefix_hash")},
      ${seekOf(STRENGTH.prefix, "prefix", "parent_prefix_hash_previous")},
      ${spawnSeek("delta_hash")}, ${spawnSeek("delta_hash_previous")})`;

/** What nothing was before: no answer of the model's stands in the request. */
const IS_OPENING = `(isNull(parent_prefix_hash) AND isNull(previous_response_id)
        AND request_kind IN ('main', 'auxiliary') AND isNotNull(delta_hash))`;

const FEATURES = `
    SELECT event_id AS featured_id, 1 AS has_features, prefix_hash, parent_prefix_hash, answer_hash, parent_answer_hash,
      parent_prefix_hash_previous, parent_answer_hash_previous, delta_hash, delta_hash_previous, spawn_hashes
    FROM call_features FINAL
    WHERE started_at >= ${FIRST_AT} AND expires_at > {now:DateTime64(3)}
      AND ${PERSON} GLOBAL IN (SELECT person_id FROM windows)`;

export const gatherLinkableCalls = defineStatement({
  name: "analytics: linkable calls",
  sql: `
INSERT INTO analysis_calls (version, person_id, event_id, started_at, ended_at, place, is_new, has_features, offers, seeks,
  repeated_id, companion, is_auxiliary)
WITH
  windows AS (${WINDOWS}),
  facts AS (
    SELECT event_id, started_at, response_id, previous_response_id, client, request_kind, body_hash, client_retry_count,
      ${PERSON} AS person, ${OWNER} AS owner, ${KEY} AS key, ${ENDED_AT} AS ended_at, ${HAS_FAILED} AS has_failed,
      ${OPERATION_KEY} AS operation_key
    FROM token_events FINAL
    WHERE started_at >= ${FIRST_AT} AND expires_at > {now:DateTime64(3)} AND ${NAMED_BY} = ''
      AND event_id GLOBAL NOT IN ${repeatedImports(FIRST_AT)}
  ),
  ordered AS (
    SELECT *,
      lagInFrame(has_failed, 1, false) OVER operation AS follows_failure,
      lagInFrame(ended_at) OVER operation AS failed_at,
      lagInFrame(event_id) OVER operation AS failed_id
    FROM facts INNER JOIN windows ON windows.person_id = person
    WINDOW operation AS (PARTITION BY owner, operation_key ORDER BY started_at, event_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
  )
SELECT
  {version:UInt64}, person, event_id, started_at, ended_at, row_number() OVER (ORDER BY started_at, event_id),
  started_at >= from_at, has_features,
  ${OFFERS},
  ${SEEKS},
  if(${repeats("follows_failure", "failed_at")}, failed_id, ${NONE}),
  if(${IS_OPENING}, ${meeting("companion", "client", "assumeNotNull(coalesce(delta_hash_previous, delta_hash))")}, 0),
  request_kind = 'auxiliary'
FROM ordered LEFT JOIN (${FEATURES}) AS features ON featured_id = event_id`,
  params: z.object({
    version: z.int(),
    /** The beginning of the earliest window. */
    from_at: z.date(),
    now: z.date(),
  }),
});

export const countLinkableCalls = defineQuery({
  name: "analytics: number of linkable calls",
  sql: "SELECT count() AS calls FROM analysis_calls WHERE version = {version:UInt64}",
  params: z.object({ version: z.int() }),
  row: z.object({ calls: z.coerce.number() }),
});
