// In whose week have at least two families a p-value of so much or less, and what are those of all families that have one? A family's is
// the smallest of its signals, which are stored times their number. Whether they are above their floors is not asked: it is no matter of chance.

import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";

export const unlikelyWeeks = defineQuery({
  name: "analytics: unlikely weeks",
  sql: `
SELECT person_id, arraySort(groupArray(smallest)) AS p_values
FROM (
  SELECT person_id, family, min(assumeNotNull(p_value)) AS smallest FROM week_signals FINAL
  WHERE week = {week:Date} AND p_value IS NOT NULL
  GROUP BY person_id, family
)
GROUP BY person_id
HAVING countIf(smallest <= {p_value_max:Float64}) >= 2
ORDER BY person_id`,
  params: z.object({ week: z.iso.date(), p_value_max: z.number() }),
  row: z.object({ person_id: z.uuid(), /** Smallest first. */ p_values: z.array(z.number()) }),
});
