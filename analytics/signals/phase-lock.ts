// Schedule: runs of the same opening begin at the same phase of some minutes, as a timer starts them. Whoever triggered them.
//
// Read of a start is its time modulo a period of at most an hour, and never the hour or the day: working hours alone have R = .83 over a
// day. The null: phases are uniform, and periods independent of each other (stats/rayleigh.ts). It is asked of six periods, so the p-value
// is six times as large.

import { rayleighPValue } from "../stats/rayleigh.ts";
import { OF_WEEK } from "./evidence.ts";
import type { Signal } from "./signal.ts";

/** Minutes. Longer ones see when people work. */
const PERIODS = [1, 5, 10, 15, 30, 60] as const;
const MINUTE_MS = 60_000;

export const phaseLock: Signal = {
  name: "phase_lock",
  family: "schedule",
  question: "Do runs that say the same begin as if a timer started them?",
  rule: "The resultant length of the starts' phases in periods of 1, 5, 10, 15, 30 or 60 minutes, whichever is longest.",
  innocents: [
    "a scheduled report or monitor that was not registered",
    "a job of continuous integration under a person's key",
  ],
  reads: [
    "signal_prompts.person_id",
    "signal_prompts.run_id",
    "signal_prompts.cluster",
    "signal_prompts.started_at",
    "signal_prompts.is_opening",
    "signal_prompts.is_agent",
  ],
  sql: ({ signals }) => `
    SELECT person_id,
      max(length) AS effect,
      argMax(starts, (length, minutes)) AS cases,
      map('resultant_squared', argMax(resultant_squared, (length, minutes)),
        'lengths_squared', argMax(lengths_squared, (length, minutes)),
        'minutes', toFloat64(argMax(minutes, (length, minutes)))) AS counts,
      argMax(runs, (length, minutes)) AS run_ids
    FROM (
      SELECT person_id, minutes,
        sum(group_starts) AS starts,
        least(sqrt(pow(sum(x), 2) + pow(sum(y), 2)) / starts, 1) AS length,
        pow(sum(x / group_starts), 2) + pow(sum(y / group_starts), 2) AS resultant_squared,
        sum((pow(x, 2) + pow(y, 2)) / pow(group_starts, 2)) AS lengths_squared,
        groupUniqArrayArray(group_runs) AS runs
      FROM (
        SELECT person_id, minutes, period, count() AS group_starts, sum(cos(phase)) AS x, sum(sin(phase)) AS y,
          groupUniqArray(run_id) AS group_runs
        FROM (
          SELECT person_id, run_id, minutes, intDiv(at_ms, minutes * ${MINUTE_MS}) AS period,
            2 * pi() * (at_ms % (minutes * ${MINUTE_MS})) / (minutes * ${MINUTE_MS}) AS phase
          FROM (
            SELECT person_id, run_id, toUnixTimestamp64Milli(started_at) AS at_ms,
              count() OVER (PARTITION BY person_id, cluster) AS alike
            FROM signal_prompts
            WHERE ${OF_WEEK} AND is_opening AND NOT is_agent
          )
          ARRAY JOIN [${PERIODS.join(", ")}] AS minutes
          WHERE alike > 1
        )
        GROUP BY person_id, minutes, period
      )
      GROUP BY person_id, minutes
      HAVING starts >= ${signals.phaseLockStartsMin} AND count() >= ${signals.phaseLockPeriodsMin}
    )
    GROUP BY person_id`,
  floor: ({ signals }) => signals.phaseLockFloor,
  toPValue: ({ counts }) =>
    Math.min(
      1,
      PERIODS.length * rayleighPValue(counts["resultant_squared"] ?? 0, counts["lengths_squared"] ?? 0),
    ),
};
