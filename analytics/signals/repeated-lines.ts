// Padding: prompts that say the same lines, or the same words, over and over within themselves.
//
// Read are repetition and compressibility of what a person wrote, which know no language and no style; never its length, which has no part in
// either. Tool results, files that tools read and retrieval of programs (entrypoint `sdk`) are no prompts of a person. A table that is pasted
// every day is honest, so there is no null: a week stands against others of its class.

import { OF_WEEK } from "./evidence.ts";
import type { Signal } from "./signal.ts";

export const repeatedLines: Signal = {
  name: "repeated_lines",
  family: "padding",
  question: "How many prompts are mostly repetition of their own lines?",
  rule: "The share of a person's longer prompts whose lines repeat and that compress to a small part.",
  innocents: ["logs, tables or generated code that are pasted into a prompt", "test data"],
  reads: [
    "signal_calls.person_id",
    "signal_calls.run_id",
    "signal_calls.is_prompt",
    "signal_calls.trigger",
    "signal_calls.entrypoint",
    "signal_calls.repetition",
    "signal_calls.compression",
  ],
  sql: ({ signals }) => `
    SELECT person_id, avg(is_padded) AS effect, count() AS cases, map('padded', toFloat64(sum(is_padded))) AS counts,
      groupUniqArrayIf(run_id, is_padded) AS run_ids
    FROM (
      SELECT person_id, run_id,
        compressed <= ${signals.fillerCompressionMax}
          OR (compressed <= ${signals.paddingCompressionMax} AND repeated >= ${signals.paddingRepetitionMin}) AS is_padded
      FROM (
        SELECT person_id, run_id, assumeNotNull(compression) AS compressed, ifNull(repetition, 0) AS repeated
        FROM signal_calls
        WHERE ${OF_WEEK} AND is_prompt AND trigger IN ('human', 'unknown') AND entrypoint != 'sdk' AND isNotNull(compression)
      )
    )
    GROUP BY person_id
    HAVING cases >= ${signals.paddingPromptsMin}`,
  floor: ({ signals }) => signals.paddingShareFloor,
};
