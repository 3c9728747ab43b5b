// Which outcomes happened in a span of time, each once, and which runs have a share in each?

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { LINKED_BY } from "../../../schemas/closed-lists.ts";
import { outcomeSchema } from "../../../schemas/outcome.ts";

const FIELDS = Object.keys(outcomeSchema.shape);

export const exportedOutcomes = defineQuery({
  name: "exported outcomes",
  sql: `
SELECT ${FIELDS.map((field) => `row.${field} AS ${field}`).join(", ")}, shared.reversed AS reversed_at, shared.links AS links
FROM (
  SELECT * FROM outcomes FINAL
  WHERE occurred_at >= {from:DateTime64(3)} AND occurred_at < {to:DateTime64(3)} AND expires_at > {now:DateTime64(3)}
) AS row
LEFT JOIN (
  SELECT outcome_id AS linked_id, any(reversed_at) AS reversed,
    arraySort(groupArray((toString(person_id), run_id, toString(linked_by), share))) AS links
  FROM outcome_links FINAL WHERE expires_at > {now:DateTime64(3)}
  GROUP BY outcome_id
) AS shared ON shared.linked_id = row.outcome_id
ORDER BY row.occurred_at, row.outcome_id`,
  params: z.object({ from: z.date(), to: z.date(), now: z.date() }),
  row: z.strictObject({
    ...outcomeSchema.shape,
    /** When a reversal took it back. */
    reversed_at: z.iso.datetime().nullable(),
    links: z.array(z.tuple([z.uuid(), z.string(), z.enum(LINKED_BY), z.number()])),
  }),
});
