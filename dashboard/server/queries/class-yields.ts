// What is a person's yield, by class, as of the newest week of a span that has a figure, and how was the expectation made?

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { VERDICTS, WORKLOAD_CLASSES } from "../../../schemas/closed-lists.ts";
import { subjectIdParam } from "../access/scope.ts";

const figure = z.number().nullable();

export const classYields = defineQuery({
  name: "yields by class",
  sql: `
SELECT
  nullIf(score.workload_class, '') AS workload_class,
  score.week AS week,
  score.yield_outcomes AS outcomes,
  score.yield_expected AS expected,
  score.yield AS yield,
  score.yield_low AS yield_low,
  score.yield_high AS yield_high,
  score.verdict AS verdict,
  base.coverage AS coverage,
  base.is_shipped AS is_shipped
FROM (
  SELECT * FROM week_scores FINAL
  WHERE person_id = {person_id:UUID} AND week BETWEEN toMonday({from:Date}) AND {to:Date} AND expires_at > {now:DateTime64(3)}
  ORDER BY week DESC
  LIMIT 1 BY workload_class
) AS score
LEFT JOIN (
  -- Of all tiers of a class: one with expectations of its own is enough.
  SELECT week, workload_class, any(coverage) AS coverage, min(is_default) AS is_shipped
  FROM class_baselines FINAL
  WHERE week BETWEEN toMonday({from:Date}) AND {to:Date}
  GROUP BY week, workload_class
) AS base ON base.week = score.week AND base.workload_class = score.workload_class
ORDER BY expected DESC, workload_class`,
  params: z.object({ person_id: subjectIdParam, from: z.iso.date(), to: z.iso.date(), now: z.date() }),
  row: z.object({
    workload_class: z.enum(WORKLOAD_CLASSES).nullable(),
    week: z.iso.date(),
    outcomes: z.number(),
    expected: z.number(),
    yield: figure,
    yield_low: figure,
    yield_high: figure,
    verdict: z.enum(VERDICTS),
    coverage: figure,
    is_shipped: z.coerce.boolean(),
  }),
});
