// Gathers all that signals may look at of one week: calls of kind main, and of sub-agents, with their features.
//
// Left out are calls that say nothing of anyone's doing (heartbeats, retries, errors of providers, what clients do for themselves), service
// keys, and runs that a registered schedule covers. Calls that are not credited because they repeat are kept: repeating is what is looked
// for. A declared class leaves nothing out; it says with whom a week is compared.

import { z } from "zod";
import { SKETCH_EPOCH_MS } from "../../schemas/call-features.ts";
import { defineStatement } from "../../schemas/clickhouse/store.ts";

const EFFECTS = "['write', 'execute', 'communicate']";
const FROM_AT = "toDateTime64(toDateTime({week:Date}, {timezone:String}), 3, 'UTC')";
const TO_AT = "toDateTime64(toDateTime({week:Date} + 7, {timezone:String}), 3, 'UTC')";
const IN_WEEK = `started_at >= ${FROM_AT} AND started_at < ${TO_AT}`;
const OF_PEOPLE =
  "person_id GLOBAL IN (SELECT person_id FROM signal_weeks WHERE version = {version:UInt64} AND week = {week:Date})";

/** Of sketch keys: which one the week began in. */
const FIRST_EPOCH = `intDiv(toUnixTimestamp64Milli(${FROM_AT}), ${SKETCH_EPOCH_MS})`;
/** In a week in which keys change, under the key of its beginning, so that one text is one text in all of it. */
const TEXT = `if(sketch_epoch = ${FIRST_EPOCH} + 1 AND isNotNull(delta_hash_previous), delta_hash_previous, delta_hash)`;
const shortened = (hash: string): string => `if(isNull(${hash}), 0, cityHash64(assumeNotNull(${hash})))`;

const ASSIGNED = `
    SELECT calls.event_id AS event_id, calls.person_id AS person, calls.run_id AS run_id, calls.run_source AS run_source,
      agent_id AS agent, parent_agent_id AS parent_agent, calls.workload_class AS class,
      runs.started_at >= ${FROM_AT} AS begins_here
    FROM calls FINAL
    INNER JOIN (
      SELECT person_id, run_id, started_at FROM runs FINAL
      WHERE ${OF_PEOPLE} AND ended_at >= ${FROM_AT} AND started_at >= {scored_from:DateTime64(3)}
    ) AS runs ON runs.person_id = calls.person_id AND runs.run_id = calls.run_id
    WHERE calls.started_at >= ${FROM_AT} AND calls.started_at < ${TO_AT} AND calls.${OF_PEOPLE}
      AND reason IN ('', 'exact_replay', 'near_replay', 'loop') AND calls.class_source != 'schedule'`;

/** A run that was put together by silence alone is as many conversations as it has calls that answer nothing. */
const FACTS = `
    SELECT token_events.event_id AS call_id, started_at, person, run_id, agent, parent_agent, class, trigger, entrypoint,
      toFloat64(ifNull(cost_usd, 0)) AS cost, stop_kind = 'length' AS is_cut_off,
      ifNull(cache_read_tokens, 0) AS cache_read, ifNull(cache_write_5m_tokens, 0) + ifNull(cache_write_1h_tokens, 0) AS cache_write,
      request_kind = 'subagent' AS is_agent,
      row_number() OVER (PARTITION BY person, run_id, is_agent, if(is_agent, agent, '') ORDER BY started_at, call_id) = 1 AS is_first,
      multiIf(is_agent, is_first AND agent != '', is_first AND begins_here, 1,
        run_source = 'idle' AND trigger NOT IN ('tool', 'agent')) AS is_opening,
      NOT is_agent AND (is_opening OR trigger = 'human') AS is_prompt,
      NOT is_agent AND trigger IN ('human', 'unknown') AS is_said
    FROM token_events FINAL INNER JOIN assigned ON assigned.event_id = token_events.event_id
    WHERE ${IN_WEEK} AND ${OF_PEOPLE} AND key_kind != 'service' AND request_kind IN ('main', 'subagent')`;

export const gatherSignalCalls = defineStatement({
  name: "signals: calls",
  sql: `
INSERT INTO signal_calls (version, person_id, week, run_id, agent_id, parent_agent_id, started_at, event_id, is_agent, is_opening,
  is_prompt, trigger, entrypoint, workload_class, cost_usd, text, sketch_epoch, sketch, has_tool_results, repetition, compression,
  blocks, output, output_sketch, output_blocks, is_cut_off, has_effect, targets, prefix, parent_prefix, system, cache_read_tokens,
  cache_write_tokens)
WITH
  assigned AS (${ASSIGNED}
  ),
  facts AS (${FACTS}
  ),
  features AS (
    SELECT event_id, sketch_epoch, ${shortened(TEXT)} AS text, delta_sketch, notEmpty(tool_result_hashes) AS has_results,
      delta_repetition, delta_compression, delta_blocks, ${shortened("output_hash")} AS output,
      if(empty(tool_names), call_features.output_sketch, []) AS answer_sketch,
      if(empty(tool_names), call_features.output_blocks, []) AS answer_blocks,
      hasAny(tool_kinds, ${EFFECTS}) AS has_effect,
      arrayMap(target -> cityHash64(target), arrayFilter(target -> target != '', tool_target_hashes)) AS targets,
      ${shortened("prefix_hash")} AS prefix, ${shortened("parent_prefix_hash")} AS parent_prefix, ${shortened("system_hash")} AS system
    FROM call_features FINAL
    WHERE ${IN_WEEK} AND ${OF_PEOPLE}
  )
SELECT {version:UInt64}, person, {week:Date}, run_id, agent, parent_agent, started_at, call_id, is_agent, is_opening, is_prompt, trigger,
  entrypoint, class, cost, text, sketch_epoch, if(is_said OR is_opening, delta_sketch, []),
  has_results OR trigger = 'tool', delta_repetition, delta_compression, if(is_said, delta_blocks, []), output, answer_sketch,
  answer_blocks, is_cut_off, has_effect, if(is_agent, targets, []), prefix, parent_prefix, system, cache_read, cache_write
FROM features RIGHT JOIN facts ON features.event_id = facts.call_id`,
  params: z.object({ version: z.int(), week: z.iso.date(), timezone: z.string(), scored_from: z.date() }),
});
