// Which signals name a run, in which week, and do they speak?

import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
import { SIGNAL_FAMILIES } from "../../schemas/closed-lists.ts";

export const explainedSignals = defineQuery({
  name: "explained signals",
  sql: `
SELECT week, signal, family, effect, floor, cases, p_value,
  is_above_floor AND ifNull(p_value <= {p_value_max:Float64}, false) AS speaks
FROM week_signals FINAL
WHERE person_id = {person_id:UUID} AND has(run_ids, {run_id:String}) AND expires_at > {now:DateTime64(3)}
ORDER BY week, family, signal`,
  params: z.object({ person_id: z.uuid(), run_id: z.string(), p_value_max: z.number(), now: z.date() }),
  row: z.object({
    week: z.iso.date(),
    signal: z.string(),
    family: z.enum(SIGNAL_FAMILIES),
    effect: z.number(),
    floor: z.number(),
    cases: z.coerce.number().int(),
    p_value: z.number().nullable(),
    speaks: z.coerce.boolean(),
  }),
});
