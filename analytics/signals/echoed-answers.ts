// Echo: a run is fed with its own answers, round after round.
//
// A round is a call whose new text is the answer before it: equal, alike to four fifths (with a line of instruction before it), or half of its
// paragraphs. A call that also brings results of tools has another source. Translating there and back is honest, so there is no null: a week
// stands against others of its class.

import { SKETCH_SIZE } from "../../schemas/call-features.ts";
import { OF_WEEK } from "./evidence.ts";
import type { Signal } from "./signal.ts";

export const echoedAnswers: Signal = {
  name: "echoed_answers",
  family: "echo",
  question: "How much of the cost is in rounds in which a run gets its own answer back as the next prompt?",
  rule: "The share of cost in rounds whose new text is the answer before and nothing else, in runs with ten such rounds or more.",
  innocents: ["polishing a text in rounds", "checking a translation by translating it back"],
  reads: [
    "signal_calls.person_id",
    "signal_calls.run_id",
    "signal_calls.event_id",
    "signal_calls.started_at",
    "signal_calls.is_agent",
    "signal_calls.cost_usd",
    "signal_calls.has_tool_results",
    "signal_calls.text",
    "signal_calls.sketch",
    "signal_calls.sketch_epoch",
    "signal_calls.blocks",
    "signal_calls.output",
    "signal_calls.output_sketch",
    "signal_calls.output_blocks",
  ],
  sql: ({ signals }) => `
    SELECT person_id, if(sum(cost) = 0, 0, sumIf(round_cost, rounds >= ${signals.echoRoundsMin}) / sum(cost)) AS effect,
      max(rounds) AS cases, map('rounds', toFloat64(sumIf(rounds, rounds >= ${signals.echoRoundsMin}))) AS counts,
      groupArrayIf(run_id, rounds >= ${signals.echoRoundsMin}) AS run_ids
    FROM (
      SELECT person_id, run_id, sum(cost_usd) AS cost, countIf(is_round) AS rounds, sumIf(cost_usd, is_round) AS round_cost
      FROM (
        SELECT person_id, run_id, cost_usd,
          NOT is_agent AND NOT has_tool_results AND (
            (text != 0 AND text = lagInFrame(output) OVER earlier)
            OR (notEmpty(sketch) AND sketch_epoch = lagInFrame(sketch_epoch) OVER earlier
              AND arrayCount((one, other) -> one = other, sketch,
                arrayResize(lagInFrame(output_sketch) OVER earlier, ${SKETCH_SIZE})) >= ${signals.replaySimilarity * SKETCH_SIZE})
            OR (notEmpty(blocks) AND 2 * length(arrayIntersect(blocks, lagInFrame(output_blocks) OVER earlier)) >= length(blocks))
          ) AS is_round
        FROM signal_calls WHERE ${OF_WEEK}
        WINDOW earlier AS (PARTITION BY person_id, run_id, is_agent ORDER BY started_at, event_id
          ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
      )
      GROUP BY person_id, run_id
    )
    GROUP BY person_id
    HAVING cases > 0`,
  floor: ({ signals }) => signals.echoShareFloor,
};
