// Replay: how few different things are asked. What separates best of all that was tried: honest people have 0.87 to 1 distinct prompts a
// prompt. The null is that of replay-clusters.ts.

import { binomialUpperTail } from "../stats/exact-binomial.ts";
import { OWN_PROMPTS, REPEATING_CLASSES } from "./evidence.ts";
import type { Signal } from "./signal.ts";

export const promptVariety: Signal = {
  name: "prompt_variety",
  family: "replay",
  question: "How many of the prompts say something that no other run of the week said?",
  rule: "The share of prompts that repeat an earlier one of another run: 1 - distinct prompts / prompts.",
  innocents: [
    "a template or a command of the team that fills in other data; whoever runs Assay can allow it: assay templates add",
    "an evaluation or a batch that was not declared",
    "starting over with the same question after an outage",
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
      sum(repeats) / sum(size) AS effect,
      sum(size) AS cases,
      map('repeats', toFloat64(sum(repeats))) AS counts,
      arrayDistinct(arrayFlatten(groupArrayIf(runs, repeats > 0))) AS run_ids
    FROM (
      SELECT person_id, cluster, is_short_turn, sum(prompts) AS size, groupArray(run_id) AS runs,
        if(is_short_turn, 0, size - 1) AS repeats
      FROM (${OWN_PROMPTS})
      GROUP BY person_id, cluster, is_short_turn
    )
    GROUP BY person_id
    HAVING cases >= ${signals.promptVarietyPromptsMin}`,
  floor: ({ signals }) => 1 - signals.promptVarietyFloor,
  toPValue: ({ cases, counts }, { signals }) =>
    binomialUpperTail(cases, counts["repeats"] ?? 0, signals.repeatRateBenign),
  classesWithoutNull: REPEATING_CLASSES,
};
