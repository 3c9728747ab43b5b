// Which signals were measured of a person in the weeks of a run, against which floors, and which of them name the run?

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { SIGNAL_FAMILIES } from "../../../schemas/closed-lists.ts";
import { subjectIdParam } from "../access/scope.ts";

export const runSignals = defineQuery({
  name: "signals of a run",
  sql: `
SELECT week, signal, family, effect, floor, cases, p_value,
  is_above_floor AND ifNull(p_value <= {p_value_max:Float64}, false) AS speaks,
  has(run_ids, {run_id:String}) AS names_run
FROM week_signals FINAL
WHERE person_id = {person_id:UUID} AND expires_at > {now:DateTime64(3)}
  AND week BETWEEN toMonday(toDate({from:DateTime64(3)}, {timezone:String})) AND toMonday(toDate({to:DateTime64(3)}, {timezone:String}))
ORDER BY week, family, signal
LIMIT {rows_max:UInt32}`,
  params: z.object({
    person_id: subjectIdParam,
    run_id: z.string(),
    /** Of the run. */
    from: z.date(),
    to: z.date(),
    timezone: z.string(),
    p_value_max: z.number(),
    now: z.date(),
    rows_max: z.int(),
  }),
  row: z.object({
    week: z.iso.date(),
    signal: z.string(),
    family: z.enum(SIGNAL_FAMILIES),
    effect: z.number(),
    floor: z.number(),
    cases: z.coerce.number().int(),
    p_value: z.number().nullable(),
    speaks: z.coerce.boolean(),
    names_run: z.coerce.boolean(),
  }),
});
