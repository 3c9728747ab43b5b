// Of how many people is each week measured, and how many people is the largest reference of it made of?

import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
import { NONE } from "./call-facts.ts";

export const testedWeeks = defineQuery({
  name: "analytics: tested weeks",
  sql: `
SELECT week, sum(people) AS tested, max(people_of_reference) AS people_of_largest_reference
FROM (
  SELECT week, uniqExact(person_id) AS people, 0 AS people_of_reference FROM person_weeks FINAL
  WHERE week BETWEEN {from_week:Date} AND {to_week:Date} AND person_id != ${NONE}
  GROUP BY week
  UNION ALL
  SELECT week, 0, max(length(effects)) FROM signal_references FINAL
  WHERE week BETWEEN {from_week:Date} AND {to_week:Date}
  GROUP BY week
)
GROUP BY week ORDER BY week`,
  params: z.object({
    /** Mondays; both are included. */
    from_week: z.iso.date(),
    to_week: z.iso.date(),
  }),
  row: z.object({
    week: z.iso.date(),
    /** Also those in whom no signal found enough to look at. */
    tested: z.coerce.number(),
    /** 0: there is no reference. */
    people_of_largest_reference: z.coerce.number(),
  }),
});
