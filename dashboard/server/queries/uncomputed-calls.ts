// How many calls came in since analytics last finished a pass? A call that was delivered twice since then counts twice: it is a rough
// measure of work that waits.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { operatorParam } from "../access/scope.ts";

export const uncomputedCalls = defineQuery({
  name: "uncomputed calls",
  sql: `
SELECT count() AS calls FROM token_events AS call
WHERE call.ingested_at > {since:DateTime64(3)} AND {scope:Bool}`,
  params: z.object({ scope: operatorParam, since: z.date() }),
  row: z.object({ calls: z.coerce.number() }),
});
