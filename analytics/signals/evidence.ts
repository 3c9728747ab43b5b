// What signals measure, as SQL over the rows that the pass has gathered (gather-calls.ts, sum-runs.ts, group-prompts.ts).

import type { WorkloadClass } from "../../schemas/closed-lists.ts";

/** The rows of one week of one pass, in any of the three tables. */
export const OF_WEEK = "version = {version:UInt64} AND week = {week:Date}";

/**
 * Prompts by run and what they say, as a subquery: openings, and a person's turns. A turn that repeats within its run counts once, because
 * clients and people say "go on" in the same words again (one of six real developers had 78 in a week). A short turn can't be told from
 * that in other runs either.
 */
export const PROMPTS = promptsWhere("NOT is_agent");

/** The same without what is alike to a template of the organisation: whoever sends that repeats what they were handed. */
export const OWN_PROMPTS = promptsWhere("NOT is_agent AND NOT is_template");

function promptsWhere(condition: string): string {
  return `
    SELECT person_id, run_id, cluster,
      countIf(is_opening) AS openings,
      greatest(openings, 1) AS prompts,
      openings = 0 AND max(is_short) AS is_short_turn
    FROM signal_prompts
    WHERE ${OF_WEEK} AND ${condition}
    GROUP BY person_id, run_id, cluster`;
}

/** Classes whose work is to send the same again, with other data. */
export const REPEATING_CLASSES: readonly WorkloadClass[] = ["evaluation", "batch"];
