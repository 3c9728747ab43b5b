// What one signal measures in the person-weeks of a pass, with what the runs it names cost.

import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
import type { Method } from "../../schemas/method.ts";
import { OF_WEEK } from "./evidence.ts";
import type { Signal } from "./signal.ts";

/** Runs that a finding lists, dearest first; their cost is of all that it names. */
export const NAMED_RUNS_MAX = 500;

const measurementSchema = z.object({
  person_id: z.uuid(),
  effect: z.number(),
  cases: z.coerce.number(),
  counts: z.record(z.string(), z.number()),
  run_ids: z.array(z.string()),
  named_cost_usd: z.number(),
  workload_class: z.string(),
  inputs_expire_at: z.coerce.date(),
  expires_at: z.coerce.date(),
});

export type Measurement = z.output<typeof measurementSchema>;

/** The class that most of a cost is of; of equal ones the first by name. */
const dearest = (costs: string): string =>
  `arraySort(class -> (-${costs}[class], class), mapKeys(${costs}))[1]`;

/** The class is that of most of the named cost, or where no run is named, of the week's. */
export const measure = (signal: Signal, method: Method) =>
  defineQuery({
    name: `signals: ${signal.name}`,
    sql: `
WITH
  measured AS (${signal.sql(method)}
  ),
  named AS (
    SELECT person_id, any(effect) AS effect, any(cases) AS cases, any(counts) AS counts,
      arrayMap(run -> run.2, arraySlice(arraySort(groupArrayIf((-cost, run_id), run_id != '')), 1, ${NAMED_RUNS_MAX})) AS run_ids,
      sum(cost) AS named_cost_usd, sumMapIf(map(class, cost), run_id != '') AS named_costs
    FROM (SELECT person_id, effect, cases, counts, run_id FROM measured LEFT ARRAY JOIN run_ids AS run_id) AS one
    LEFT JOIN (
      SELECT person_id, run_id, cost_usd AS cost, workload_class AS class FROM signal_runs WHERE ${OF_WEEK}
    ) AS runs USING (person_id, run_id)
    GROUP BY person_id
  ),
  whole AS (
    SELECT person_id, sumMap(map(workload_class, cost_usd)) AS costs FROM signal_runs WHERE ${OF_WEEK} GROUP BY person_id
  )
SELECT named.person_id AS person_id, effect, cases, counts, run_ids, named_cost_usd,
  if(empty(run_ids), ${dearest("costs")}, ${dearest("named_costs")}) AS workload_class,
  inputs_expire_at, expires_at
FROM named
INNER JOIN whole ON whole.person_id = named.person_id
INNER JOIN (SELECT * FROM signal_weeks WHERE ${OF_WEEK}) AS weeks ON weeks.person_id = named.person_id`,
    params: z.object({ version: z.int(), week: z.iso.date() }),
    row: measurementSchema,
  });
