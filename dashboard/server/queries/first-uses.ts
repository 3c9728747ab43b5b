// When did each person use anything for the first time, as far as it is kept? For who belonged to the organisation in a frame of weeks: an
// import brings weeks of people whom Assay was told of later.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { organisationParam } from "../access/scope.ts";

export const firstUses = defineQuery({
  name: "first uses",
  sql: `
SELECT row.person_id AS person_id, min(row.day) AS first_day
FROM usage_days AS row FINAL
WHERE row.expires_at > {now:DateTime64(3)} AND {min_group:UInt32} > 0
GROUP BY row.person_id`,
  params: z.object({ min_group: organisationParam, now: z.date() }),
  row: z.object({ person_id: z.uuid(), first_day: z.iso.date() }),
});
