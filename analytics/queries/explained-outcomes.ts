// Which outcomes have a run a share in, by what do they belong to it, and do they count now?

import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
import { LINKED_BY } from "../../schemas/closed-lists.ts";
import { OUTCOME_KINDS } from "../../schemas/outcome.ts";
import { dueAt, IS_OF_VALUE } from "./judged-runs.ts";

export const explainedOutcomes = defineQuery({
  name: "explained outcomes",
  sql: `
SELECT outcome_id, kind, source, trust, linked_by, share, occurred_at, credited_at, reversed_at,
  ${IS_OF_VALUE} AND ${dueAt("{now:DateTime64(3)}")} AS counts
FROM outcome_links FINAL
WHERE person_id = {person_id:UUID} AND run_id = {run_id:String} AND expires_at > {now:DateTime64(3)}
ORDER BY occurred_at, outcome_id
LIMIT {rows_max:UInt32}`,
  params: z.object({
    person_id: z.uuid(),
    run_id: z.string(),
    now: z.date(),
    /** Of outcomes that are of value. */
    kinds: z.array(z.string()),
    rows_max: z.int(),
  }),
  row: z.object({
    outcome_id: z.string(),
    kind: z.enum(OUTCOME_KINDS),
    source: z.string(),
    trust: z.string(),
    linked_by: z.enum(LINKED_BY),
    share: z.number(),
    occurred_at: z.iso.datetime(),
    credited_at: z.iso.datetime(),
    reversed_at: z.iso.datetime().nullable(),
    counts: z.coerce.boolean(),
  }),
});
