// Which outcomes name nobody, but a run, a session or a request of this person? They are the person's all the same. One that names runs
// of several people goes with the first of them; what the others have of it stays in their own links.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";

/** What calls of the person say in a column. A `NULL` among them would make nothing equal to anything. */
const SAID_IN_CALLS = (column: string): string =>
  `(SELECT assumeNotNull(${column}) FROM token_events FINAL WHERE person_id = {person_id:UUID} AND isNotNull(${column}))`;

export const outcomesOfRuns = defineQuery({
  name: "outcomes of runs",
  sql: `
SELECT outcome_id
FROM outcomes FINAL
WHERE isNull(person_id) AND (
  hasAny(splitByChar(' ', ifNull(run_id, '')), (
    SELECT groupUniqArray(run_id) FROM runs FINAL WHERE person_id = {person_id:UUID}))
  OR hasAny(splitByChar(' ', ifNull(run_id, '')), (
    SELECT groupUniqArrayArray(arrayFilter(name -> name != '', [ifNull(client_run_id, ''), ifNull(session_id, '')]))
    FROM token_events FINAL WHERE person_id = {person_id:UUID}))
  OR session_id IN ${SAID_IN_CALLS("session_id")}
  OR request_id IN ${SAID_IN_CALLS("request_id")})
ORDER BY outcome_id`,
  params: z.object({ person_id: z.uuid() }),
  row: z.object({ outcome_id: z.string() }),
});
