// What came of a person's runs in a span of days: shares of outcomes by the day on which they happened, kind, and whether they count.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { OUTCOME_KINDS } from "../../../schemas/outcome.ts";
import { OUTCOME_STATES } from "../../../schemas/usage-value-api.ts";
import { subjectIdParam } from "../access/scope.ts";

/** A span has at most 366 days, and a day seldom more than a few kinds. */
const ROWS_MAX = 20_000;

export const outcomesByDay = defineQuery({
  name: "outcomes by day",
  sql: `
SELECT
  toDate(row.occurred_at, {timezone:String}) AS day,
  row.kind AS kind,
  multiIf(ifNull(row.reversed_at <= {now:DateTime64(3)}, false), 'reversed',
    row.credited_at > {now:DateTime64(3)}, 'waiting', 'due') AS state,
  if(state = 'waiting', toDate(row.credited_at, {timezone:String}), NULL) AS counts_from,
  sum(row.share) AS outcomes
FROM outcome_links AS row FINAL
WHERE row.person_id = {person_id:UUID} AND row.expires_at > {now:DateTime64(3)} AND row.kind IN {kinds:Array(String)}
  AND row.occurred_at >= toDateTime({from:Date}, {timezone:String})
  AND row.occurred_at < toDateTime({to:Date} + 1, {timezone:String})
GROUP BY day, kind, state, counts_from
ORDER BY day, kind, state, counts_from
LIMIT ${ROWS_MAX}`,
  params: z.object({
    person_id: subjectIdParam,
    from: z.iso.date(),
    to: z.iso.date(),
    timezone: z.string(),
    /** Of things of value. */
    kinds: z.array(z.string()),
    now: z.date(),
  }),
  row: z.object({
    day: z.iso.date(),
    kind: z.enum(OUTCOME_KINDS),
    state: z.enum(OUTCOME_STATES),
    counts_from: z.iso.date().nullable(),
    outcomes: z.number(),
  }),
});
