// Echo: a run is fed with its own answers, round after round.
//
// A round is a call whose new text is the answer before it: equal, alike to four fifths (with a line of instruction before it), or half of its
// paragraphs. A call that also brings results of tools has another source. Translating there and back is honest, so there is no null: a week
// stands against others of its class.

import { SKETCH_SIZE } from "../../schemas/call-features.ts";
import { OF_WEEK } from "./evidence.ts";
import type { Signal } from "./signal.ts";

const IS_SAID = "NOT is_agent AND NOT has_tool_results";

/** Calls of runs that have enough without tools, and whether each is a round. */
const CALLS = (similarity: number, roundsMin: number): string => `
          SELECT person_id, run_id, cost_usd,
            ${IS_SAID} AND (
              (text != 0 AND text = lagInFrame(output) OVER earlier)
              OR (notEmpty(sketch) AND sketch_epoch = lagInFrame(sketch_epoch) OVER earlier
                AND arrayCount((one, other) -> one = other, sketch,
                  arrayResize(lagInFrame(output_sketch) OVER earlier, ${SKETCH_SIZE})) >= ${similarity * SKETCH_SIZE})
              OR (notEmpty(blocks) AND 2 * length(arrayIntersect(blocks, lagInFrame(output_blocks) OVER earlier)) >= length(blocks))
            ) AS is_round
          FROM signal_calls
          WHERE ${OF_WEEK} AND NOT is_agent AND (person_id, run_id) GLOBAL IN (
            SELECT person_id, run_id FROM signal_calls WHERE ${OF_WEEK}
            GROUP BY person_id, run_id HAVING countIf(${IS_SAID}) >= ${roundsMin})
          WINDOW earlier AS (PARTITION BY person_id, run_id ORDER BY started_at, event_id
            ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)`;

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
    SELECT whole.person_id AS person_id, if(cost = 0, 0, round_cost / cost) AS effect, said AS cases,
      map('rounds', toFloat64(all_rounds)) AS counts, runs AS run_ids
    FROM (
      SELECT person_id, sum(cost_usd) AS cost, countIf(${IS_SAID}) AS said FROM signal_calls WHERE ${OF_WEEK}
      GROUP BY person_id
      HAVING said >= ${signals.echoRoundsMin}
    ) AS whole
    LEFT JOIN (
      SELECT person_id, sum(cost) AS round_cost, sum(rounds) AS all_rounds, groupArray(run_id) AS runs
      FROM (
        SELECT person_id, run_id, countIf(is_round) AS rounds, sumIf(cost_usd, is_round) AS cost
        FROM (${CALLS(signals.replaySimilarity, signals.echoRoundsMin)})
        GROUP BY person_id, run_id
        HAVING rounds >= ${signals.echoRoundsMin}
      )
      GROUP BY person_id
    ) AS echoed ON echoed.person_id = whole.person_id`,
  floor: ({ signals }) => signals.echoShareFloor,
};
