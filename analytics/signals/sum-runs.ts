// What the gathered calls of a week are by run: what each cost, of which class it is, and whether anything came of it. A run that reaches into
// the week after is two here, because a finding is of one week; an outcome is of the whole run.

import { z } from "zod";
import { defineStatement } from "../../schemas/clickhouse/store.ts";
import { OF_WEEK } from "./evidence.ts";

export const sumSignalRuns = defineStatement({
  name: "signals: runs",
  sql: `
INSERT INTO signal_runs (version, person_id, week, run_id, workload_class, cost_usd, has_effect, has_outcome)
SELECT {version:UInt64}, runs.person_id, {week:Date}, runs.run_id, class, cost, has_effect, outcomes.run_id != ''
FROM (
  SELECT person_id, run_id, argMin(workload_class, (started_at, event_id)) AS class, sum(cost_usd) AS cost,
    max(has_effect) AS has_effect
  FROM signal_calls WHERE ${OF_WEEK}
  GROUP BY person_id, run_id
) AS runs
LEFT JOIN (
  SELECT DISTINCT person_id, run_id FROM outcome_links FINAL
  WHERE reversed_at IS NULL AND person_id GLOBAL IN (SELECT person_id FROM signal_weeks WHERE ${OF_WEEK})
) AS outcomes ON outcomes.person_id = runs.person_id AND outcomes.run_id = runs.run_id`,
  params: z.object({ version: z.int(), week: z.iso.date() }),
});
