// Which call of a person came last? No row where there was none in the time looked at. A call that was delivered twice has two equal
// rows until a merge, and any of them is the answer, so there is no FINAL.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { subjectIdParam } from "../access/scope.ts";

export const newestCall = defineQuery({
  name: "newest call",
  sql: `
SELECT
  call.started_at AS started_at,
  call.client AS client,
  coalesce(call.model_served, call.model_requested) AS model,
  call.status AS status,
  call.key_id AS key_id
FROM token_events AS call
WHERE call.person_id = {person_id:UUID}
  AND call.started_at >= {from:DateTime64(3)}
  AND call.expires_at > {now:DateTime64(3)}
ORDER BY call.started_at DESC, call.row_version DESC
LIMIT 1`,
  params: z.object({ person_id: subjectIdParam, from: z.date(), now: z.date() }),
  row: z.object({
    started_at: z.iso.datetime(),
    client: z.string(),
    model: z.string().nullable(),
    status: z.int(),
    key_id: z.uuid().nullable(),
  }),
});
