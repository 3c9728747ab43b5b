// No-op: runs that did nothing and that the same opening begins over and over.
//
// A run did nothing where no call of it asked to write, execute or communicate, no outcome is linked to it, and nobody came back to it
// with anything but what is sent everywhere. Its null is that of replay-clusters.ts, asked of openings: how much of the cost it is, is
// a matter of the floor.

import { binomialUpperTail } from "../stats/exact-binomial.ts";
import { OF_WEEK, PROMPTS, REPEATING_CLASSES } from "./evidence.ts";
import type { Signal } from "./signal.ts";

export const noOpRuns: Signal = {
  name: "no_op_runs",
  family: "no_op",
  question: "How much of the cost is in runs that changed nothing and begin with the same words?",
  rule: "The share of cost in runs without a writing, executing or communicating tool, without an outcome and without a further human turn, whose opening occurs 10 times or more.",
  innocents: [
    "exploration that was not declared",
    "questions that are answered, where the answer was all that was wanted",
    "a monitor that has had nothing to report",
  ],
  reads: [
    "signal_runs.person_id",
    "signal_runs.run_id",
    "signal_runs.cost_usd",
    "signal_runs.has_effect",
    "signal_runs.has_outcome",
    "signal_prompts.person_id",
    "signal_prompts.run_id",
    "signal_prompts.cluster",
    "signal_prompts.is_opening",
    "signal_prompts.is_short",
    "signal_prompts.is_agent",
  ],
  sql: ({ signals }) => `
    SELECT person_id,
      if(sum(cost) = 0, 0, sumIf(cost, is_no_op) / sum(cost)) AS effect,
      count() AS cases,
      map('openings', toFloat64(sum(run_openings)),
        'repeats', toFloat64(sumIf(run_openings, is_no_op)) - length(groupUniqArrayArrayIf(opening_texts, is_no_op))) AS counts,
      groupArrayIf(run_id, is_no_op) AS run_ids
    FROM (
      SELECT runs.person_id AS person_id, runs.run_id AS run_id, cost_usd AS cost, prompts.run_openings AS run_openings,
        prompts.opening_texts AS opening_texts, NOT has_effect AND NOT has_outcome AND prompts.is_all_repeated AS is_no_op
      FROM (SELECT * FROM signal_runs WHERE ${OF_WEEK}) AS runs
      LEFT JOIN (
        SELECT person_id, run_id, sum(openings) AS run_openings, groupUniqArrayIf(cluster, openings > 0) AS opening_texts,
          run_openings > 0 AND min(alike >= ${signals.noOpRepeatsMin} AND NOT is_short_turn) AS is_all_repeated
        FROM (
          SELECT *, sum(openings) OVER (PARTITION BY person_id, cluster) AS alike FROM (${PROMPTS})
        )
        GROUP BY person_id, run_id
      ) AS prompts ON prompts.person_id = runs.person_id AND prompts.run_id = runs.run_id
    )
    GROUP BY person_id
    HAVING sum(run_openings) >= ${signals.noOpRepeatsMin}`,
  floor: ({ signals }) => signals.noOpShareFloor,
  toPValue: ({ counts }, { signals }) =>
    binomialUpperTail(counts["openings"] ?? 0, counts["repeats"] ?? 0, signals.repeatRateBenign),
  classesWithoutNull: [...REPEATING_CLASSES, "exploration"],
};
