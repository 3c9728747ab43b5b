// Replay: the same content is sent again and again in runs of its own.
//
// Prompts whose sketches are alike (group-prompts.ts) and that come in 20 runs or more. Its null: at each prompt of an honest person the
// chance that it repeats an earlier one of another run is at most `repeatRateBenign`. Repeats are prompts of a cluster without its first, so
// that their number is at most binomial, however repeats hang together. What is alike to a template of the organisation is neither here nor there.

import { binomialUpperTail } from "../stats/exact-binomial.ts";
import { OWN_PROMPTS, REPEATING_CLASSES } from "./evidence.ts";
import type { Signal } from "./signal.ts";

export const replayClusters: Signal = {
  name: "replay_clusters",
  family: "replay",
  question: "How much of what was asked is nearly the same text, sent in run after run?",
  rule: "The share of openings and human turns that are in clusters of 20 or more near-duplicates across runs.",
  innocents: [
    "a template or a command of the team that fills in other data; whoever runs Assay can allow it: assay templates add",
    "an evaluation or a batch that was not declared",
    "teaching, or showing the same thing to many",
    "alerts that are pasted on call",
  ],
  reads: [
    "signal_prompts.person_id",
    "signal_prompts.run_id",
    "signal_prompts.cluster",
    "signal_prompts.is_opening",
    "signal_prompts.is_short",
    "signal_prompts.is_agent",
    "signal_prompts.is_template",
  ],
  sql: ({ signals }) => `
    SELECT person_id,
      sumIf(size, is_large) / sum(size) AS effect,
      sum(size) AS cases,
      map('repeats', toFloat64(sumIf(size - 1, is_large))) AS counts,
      arrayDistinct(arrayFlatten(groupArrayIf(runs, is_large))) AS run_ids
    FROM (
      SELECT person_id, cluster, is_short_turn, sum(prompts) AS size, groupArray(run_id) AS runs,
        size >= ${signals.replayClusterMin} AND NOT is_short_turn AS is_large
      FROM (${OWN_PROMPTS})
      GROUP BY person_id, cluster, is_short_turn
    )
    GROUP BY person_id
    HAVING cases >= ${signals.replayClusterMin}`,
  floor: ({ signals }) => signals.replayShareFloor,
  toPValue: ({ cases, counts }, { signals }) =>
    binomialUpperTail(cases, counts["repeats"] ?? 0, signals.repeatRateBenign),
  classesWithoutNull: REPEATING_CLASSES,
};
