// When was each key last used, of those calls that are still kept? No row for a key without one. An empty list of keys asks for all.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";

export const lastUses = defineQuery({
  name: "last uses",
  sql: `
SELECT call.key_id AS key_id, max(call.started_at) AS last_used_at
FROM token_events AS call
WHERE call.started_at >= {from:DateTime64(3)}
  AND call.expires_at > {now:DateTime64(3)}
  AND call.key_id IS NOT NULL
  AND (empty({key_ids:Array(UUID)}) OR has({key_ids:Array(UUID)}, assumeNotNull(call.key_id)))
GROUP BY key_id`,
  params: z.object({ key_ids: z.array(z.uuid()), from: z.date(), now: z.date() }),
  row: z.object({ key_id: z.uuid(), last_used_at: z.iso.datetime() }),
});
