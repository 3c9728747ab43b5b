// What each person used in each whole week, for the test of a target: values without a name.

import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
import { TARGET_MEASURES, type TargetMeasure } from "../../schemas/closed-lists.ts";
import { TOKEN_FIELDS } from "../../schemas/token-event.ts";
import { NONE } from "./call-facts.ts";

const COLUMNS: Readonly<Record<TargetMeasure, string>> = {
  weekly_cost_usd: "toFloat64(cost_usd)",
  weekly_tokens: TOKEN_FIELDS.join(" + "),
  weekly_calls: "calls",
};

export const targetWeeks = defineQuery({
  name: "analytics: weeks of a target",
  sql: `
SELECT groupArray(value) AS values
FROM (
  SELECT person_id, week, toFloat64(sum(multiIf(${TARGET_MEASURES.map((measure) => `{measure:String} = '${measure}', toFloat64(${COLUMNS[measure]})`).join(", ")}, 0))) AS value
  FROM person_weeks FINAL
  WHERE person_id != ${NONE} AND week >= {from_week:Date} AND week < {until_week:Date}
  GROUP BY person_id, week
  HAVING value > 0
)
GROUP BY person_id
ORDER BY sipHash64(person_id)`,
  params: z.object({
    measure: z.enum(TARGET_MEASURES),
    from_week: z.iso.date(),
    /** The Monday of the week that is not over yet. */
    until_week: z.iso.date(),
  }),
  row: z.object({ values: z.array(z.number()) }),
});

export const TARGET_FINDINGS_TABLE = "target_findings";

/** Targets that were tested in a week. */
export const findTestedTargets = defineQuery({
  name: "analytics: tested targets",
  sql: `SELECT DISTINCT target_id FROM ${TARGET_FINDINGS_TABLE} FINAL WHERE week = {week:Date}`,
  params: z.object({ week: z.iso.date() }),
  row: z.object({ target_id: z.uuid() }),
});
