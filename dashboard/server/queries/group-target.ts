// How do people's weeks spread around a target? One row for each person and column of weeks, for columns that are merged until there
// are enough people in each; no row of it leaves the server. And what analytics found when it tested the target.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { TARGET_MEASURES, type TargetMeasure } from "../../../schemas/closed-lists.ts";
import { TOKEN_FIELDS } from "../../../schemas/token-event.ts";
import { organisationParam } from "../access/scope.ts";

const NOBODY = "toUUID('00000000-0000-0000-0000-000000000000')";

/** Columns up to the target, and as many beyond it; the last one has no end. */
export const COLUMNS_EACH_SIDE = 5;
/** Whoever reaches for a target lands between it and so many times it: analytics/stats/excess-mass.ts. */
const REACHED_FACTOR = Math.exp(0.1);

const COLUMNS: Readonly<Record<TargetMeasure, string>> = {
  weekly_cost_usd: "toFloat64(cost_usd)",
  weekly_tokens: TOKEN_FIELDS.join(" + "),
  weekly_calls: "calls",
};

export const groupTarget = defineQuery({
  name: "weeks around a target",
  sql: `
SELECT person_id, least(toUInt8(floor(value / {threshold:Float64} * ${COLUMNS_EACH_SIDE})), ${2 * COLUMNS_EACH_SIDE}) AS column,
  week >= {newest_from:Date} AS is_newest, count() AS person_weeks,
  countIf(value >= {threshold:Float64} AND value < {threshold:Float64} * ${REACHED_FACTOR}) AS reached
FROM (
  SELECT person_id, week, toFloat64(sum(multiIf(${TARGET_MEASURES.map((measure) => `{measure:String} = '${measure}', toFloat64(${COLUMNS[measure]})`).join(", ")}, 0))) AS value
  FROM person_weeks FINAL
  WHERE person_id != ${NOBODY} AND week >= {from:Date} AND week < {until:Date}
  GROUP BY person_id, week
  HAVING value > 0
)
WHERE (SELECT uniqExact(person_id) FROM person_weeks FINAL WHERE week >= {from:Date} AND week < {until:Date}) >= {min_group:UInt32}
GROUP BY person_id, column, is_newest`,
  params: z.object({
    min_group: organisationParam,
    measure: z.enum(TARGET_MEASURES),
    threshold: z.number().positive(),
    from: z.iso.date(),
    /** Not included. */
    until: z.iso.date(),
    /** The first day of the newest release. */
    newest_from: z.iso.date(),
  }),
  row: z.object({
    person_id: z.uuid(),
    column: z.coerce.number().int(),
    is_newest: z.coerce.boolean(),
    person_weeks: z.coerce.number(),
    reached: z.coerce.number(),
  }),
});
export type GroupTargetRow = z.infer<(typeof groupTarget)["row"]>;

/** The newest test of a target that looked at no week after the frame. */
export const targetFinding = defineQuery({
  name: "finding of a target",
  sql: `
SELECT row.verdict AS verdict, row.person_weeks AS person_weeks, row.excess AS excess, row.p_value AS p_value
FROM target_findings AS row FINAL
WHERE row.target_id = {target_id:UUID} AND row.week <= {until:Date}
ORDER BY row.week DESC LIMIT 1`,
  params: z.object({ min_group: organisationParam, target_id: z.uuid(), until: z.iso.date() }),
  row: z.object({
    verdict: z.enum(["bunching", "none_seen", "too_few"]),
    person_weeks: z.coerce.number(),
    excess: z.number().nullable(),
    p_value: z.number().nullable(),
  }),
});
