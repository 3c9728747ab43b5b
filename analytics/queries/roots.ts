// The first call above each linked call, found by pointer doubling: in each step every call takes over what the call above it
// knows, so that a conversation of n calls takes log2(n) steps. (J. JáJá, An Introduction to Parallel Algorithms, 1992, § 2.2.)
//
// Each step is one statement over the working table, because a query that refers to itself would work out what it refers to again
// and again. A call whose root is known takes no part in further steps. On the way the openings of sub-agents are gathered.

import { z } from "zod";
import { defineQuery, defineStatement } from "../../schemas/clickhouse/store.ts";

/** 2^24 calls one after the other. Links lead back in time, so that there are no circles. */
export const STEPS_MAX = 24;

/** The opening of the agent that a call belongs to, and that of the agent which opened it. */
const AGENTS_MAX = 2;

const OF_PASS = "version = {version:UInt64}";

export const climb = defineStatement({
  name: "analytics: roots",
  sql: `
INSERT INTO analysis_links (version, person_id, step, is_final, event_id, parent_event_id, link, above_id, agents)
SELECT {version:UInt64}, person_id, {step:UInt8} + 1, NOT is_linked OR is_above_final, event_id, parent_event_id, link,
  if(is_linked, further_id, above_id), arraySlice(arrayConcat(agents, further_agents), 1, ${AGENTS_MAX})
FROM (SELECT * FROM analysis_links WHERE ${OF_PASS} AND step = {step:UInt8} AND NOT is_final) AS lower
LEFT JOIN (
  SELECT event_id AS upper_id, is_final AS is_above_final, above_id AS further_id, agents AS further_agents, true AS is_linked
  FROM analysis_links WHERE ${OF_PASS} AND (is_final OR step = {step:UInt8})
) AS upper ON upper_id = lower.above_id`,
  params: z.object({ version: z.int(), step: z.int() }),
});

/** How many calls are on their way up after a step. */
export const countClimbing = defineQuery({
  name: "analytics: calls without a root",
  sql: `SELECT count() AS calls FROM analysis_links WHERE ${OF_PASS} AND step = {step:UInt8} AND NOT is_final`,
  params: z.object({ version: z.int(), step: z.int() }),
  row: z.object({ calls: z.coerce.number() }),
});
