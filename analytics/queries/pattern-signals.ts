// Which signals speak in the weeks of some people, and which runs do they name?

import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
import { P_VALUE_SOURCES, SIGNAL_FAMILIES, WORKLOAD_CLASSES } from "../../schemas/closed-lists.ts";
import { SPEAKS, speakingParams } from "./pattern-people.ts";

export const patternSignals = defineQuery({
  name: "analytics: signals of patterns",
  sql: `
SELECT
  person_id, week, signal, family, nullIf(row.workload_class, '') AS workload_class, effect, floor, cases, p_value,
  p_value_source, run_ids, named_cost_usd, method_version, version
FROM week_signals AS row FINAL
WHERE week BETWEEN {from_week:Date} AND {to_week:Date} AND person_id IN {person_ids:Array(UUID)} AND ${SPEAKS}
ORDER BY person_id, week, family, signal`,
  params: z.object({ ...speakingParams, person_ids: z.array(z.uuid()) }),
  row: z.object({
    person_id: z.uuid(),
    week: z.iso.date(),
    signal: z.string(),
    family: z.enum(SIGNAL_FAMILIES),
    workload_class: z.enum(WORKLOAD_CLASSES).nullable(),
    effect: z.number(),
    floor: z.number(),
    cases: z.coerce.number().int(),
    p_value: z.number(),
    p_value_source: z.enum(P_VALUE_SOURCES),
    run_ids: z.array(z.string()),
    named_cost_usd: z.number(),
    method_version: z.string(),
    version: z.coerce.number(),
  }),
});

export type SignalRow = z.infer<(typeof patternSignals)["row"]>;
