// Long output: answers that run into the length limit and that nobody does anything with.
//
// Looked at is the last answer of each conversation: where somebody says "go on", it was used. An answer also counts as used where its run
// wrote or ran something, has an outcome, or where a paragraph of it comes back in a later prompt. Honest work has all of these ends, so
// there is no null: a week stands against others of its class.

import { OF_WEEK } from "./evidence.ts";
import type { Signal } from "./signal.ts";

export const cutOffAnswers: Signal = {
  name: "cut_off_answers",
  family: "long_output",
  question: "How many conversations end with an answer that was cut off for its length and left lying?",
  rule: "The share of last answers that stopped at the length limit, in runs without an effect or an outcome, of which no paragraph was used again.",
  innocents: [
    "generation of documents or data whose result is kept elsewhere",
    "a limit on answers that is set too low",
  ],
  reads: [
    "signal_calls.person_id",
    "signal_calls.run_id",
    "signal_calls.event_id",
    "signal_calls.started_at",
    "signal_calls.is_agent",
    "signal_calls.is_opening",
    "signal_calls.is_prompt",
    "signal_calls.is_cut_off",
    "signal_calls.blocks",
    "signal_calls.output_blocks",
    "signal_runs.person_id",
    "signal_runs.run_id",
    "signal_runs.has_effect",
    "signal_runs.has_outcome",
  ],
  sql: ({ signals }) => `
    SELECT person_id, avg(is_left) AS effect, count() AS cases, map('left', toFloat64(sum(is_left))) AS counts,
      groupUniqArrayIf(run_id, is_left) AS run_ids
    FROM (
      SELECT ends.person_id AS person_id, ends.run_id AS run_id,
        is_cut_off AND NOT has_effect AND NOT has_outcome AND empty(arrayIntersect(output_blocks, said_blocks)) AS is_left
      FROM (
        SELECT person_id, run_id, is_cut_off, if(is_cut_off, output_blocks, []) AS output_blocks,
          leadInFrame(is_opening, 1, true) OVER (PARTITION BY person_id, run_id ORDER BY started_at, event_id
            ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS is_last
        FROM signal_calls WHERE ${OF_WEEK} AND NOT is_agent
      ) AS ends
      INNER JOIN (SELECT * FROM signal_runs WHERE ${OF_WEEK}) AS runs
        ON runs.person_id = ends.person_id AND runs.run_id = ends.run_id
      LEFT JOIN (
        SELECT person_id, groupUniqArrayArray(blocks) AS said_blocks FROM signal_calls WHERE ${OF_WEEK} AND is_prompt
          AND person_id GLOBAL IN (SELECT person_id FROM signal_calls WHERE ${OF_WEEK} AND is_cut_off)
        GROUP BY person_id
      ) AS said ON said.person_id = ends.person_id
      WHERE is_last
    )
    GROUP BY person_id
    HAVING cases >= ${signals.cutOffAnswersMin}`,
  floor: ({ signals }) => signals.cutOffShareFloor,
};
