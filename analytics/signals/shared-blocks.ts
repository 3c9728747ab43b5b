// Padding: the same paragraphs are put into prompts that have nothing else in common.
//
// A block is a paragraph that occurs in ten runs or more whose prompts differ; prompts that are alike as a whole are replay, and say nothing
// here. A house style that everybody pastes is honest, so there is no null: a week stands against others of its class.

import { OF_WEEK } from "./evidence.ts";
import type { Signal } from "./signal.ts";

export const sharedBlocks: Signal = {
  name: "shared_blocks",
  family: "padding",
  question: "How many prompts consist of paragraphs that stand in prompts about other things too?",
  rule: "The share of a person's prompts of whose longer paragraphs half or more occur in ten or more runs with different prompts.",
  innocents: [
    "a style guide or a command of the team that is pasted",
    "the same file, asked about again and again",
  ],
  reads: [
    "signal_calls.person_id",
    "signal_calls.run_id",
    "signal_calls.event_id",
    "signal_calls.is_prompt",
    "signal_calls.trigger",
    "signal_calls.entrypoint",
    "signal_calls.blocks",
    "signal_prompts.event_id",
    "signal_prompts.cluster",
  ],
  sql: ({ signals }) => `
    SELECT person_id, avg(is_padded) AS effect, count() AS cases, map('padded', toFloat64(sum(is_padded))) AS counts,
      groupUniqArrayIf(run_id, is_padded) AS run_ids
    FROM (
      SELECT person_id, event_id, any(run_id) AS run_id, 2 * countIf(is_shared) >= count() AS is_padded
      FROM (
        SELECT person_id, event_id, run_id,
          uniqExact(run_id) OVER same_block >= ${signals.sharedBlockRunsMin}
            AND uniqExact(cluster) OVER same_block >= ${signals.sharedBlockRunsMin} AS is_shared
        FROM (
          SELECT person_id, event_id, run_id, arrayJoin(blocks) AS block
          FROM signal_calls
          WHERE ${OF_WEEK} AND is_prompt AND trigger IN ('human', 'unknown') AND entrypoint != 'sdk'
        ) AS blocks
        INNER JOIN (SELECT event_id, cluster FROM signal_prompts WHERE ${OF_WEEK}) AS prompts USING (event_id)
        WINDOW same_block AS (PARTITION BY person_id, block)
      )
      GROUP BY person_id, event_id
    )
    GROUP BY person_id
    HAVING cases >= ${signals.paddingPromptsMin}`,
  floor: ({ signals }) => signals.sharedBlocksShareFloor,
};
