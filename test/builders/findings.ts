// What a pass found, as its readers see it.

import { z } from "zod";
import { defineQuery, type ClickHouseStore } from "../../schemas/clickhouse/store.ts";

const readWeekSignals = defineQuery({
  name: "test: week_signals",
  sql: `
SELECT person_id, week, signal, family, workload_class, effect, floor, cases, p_value, p_value_source, is_above_floor, run_ids,
  named_cost_usd, inputs_expire_at, method_version
FROM week_signals FINAL ORDER BY person_id, week, signal`,
  params: z.object({}),
  row: z.object({
    person_id: z.string(),
    week: z.string(),
    signal: z.string(),
    family: z.string(),
    workload_class: z.string(),
    effect: z.number(),
    floor: z.number(),
    cases: z.coerce.number(),
    p_value: z.number().nullable(),
    p_value_source: z.string(),
    is_above_floor: z.coerce.boolean(),
    run_ids: z.array(z.string()),
    named_cost_usd: z.number(),
    inputs_expire_at: z.string(),
    method_version: z.string(),
  }),
});

export type Finding = Awaited<ReturnType<typeof readFindings>>[number];

export function readFindings(store: ClickHouseStore) {
  return store.query(readWeekSignals, {});
}
