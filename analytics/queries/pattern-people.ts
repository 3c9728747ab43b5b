// In whose weeks do several families of signals speak? People in the order of their ids, a page at a time.

import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";

/** A signal that speaks: above its floor, and hardly by chance. */
export const SPEAKS = "is_above_floor AND p_value <= {p_value_max:Float64}";
export const speakingParams = {
  /** Mondays; both are included. */
  from_week: z.iso.date(),
  to_week: z.iso.date(),
  p_value_max: z.number(),
};

export const patternPeople = defineQuery({
  name: "analytics: people with a pattern's week",
  sql: `
SELECT DISTINCT person_id FROM (
  SELECT person_id, week FROM week_signals FINAL
  WHERE week BETWEEN {from_week:Date} AND {to_week:Date} AND person_id > {after:UUID} AND ${SPEAKS}
  GROUP BY person_id, week
  HAVING uniqExact(family) >= {families_min:UInt32}
)
ORDER BY person_id
LIMIT {people_max:UInt32}`,
  params: z.object({ ...speakingParams, families_min: z.int(), after: z.uuid(), people_max: z.int() }),
  row: z.object({ person_id: z.uuid() }),
});
