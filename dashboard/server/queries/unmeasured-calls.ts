// Of which models are there calls whose usage nobody reported, or whose price nobody knows? Those with neither have no row.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { operatorParam } from "../access/scope.ts";

/** Models that a page has room for. */
const MODELS_MAX = 50;

export const unmeasuredCalls = defineQuery({
  name: "unmeasured calls",
  sql: `
SELECT
  call.provider AS provider,
  coalesce(call.model_served, call.model_requested) AS model,
  countIf(call.usage_source = 'none' AND call.error_kind IS NULL) AS unmetered,
  countIf(call.usage_source != 'none' AND call.cost_usd IS NULL) AS unpriced
FROM token_events AS call FINAL
WHERE call.started_at >= {from:DateTime64(3)} AND {scope:Bool}
GROUP BY provider, model
HAVING unmetered + unpriced > 0
ORDER BY unmetered + unpriced DESC, provider, model
LIMIT ${MODELS_MAX}`,
  params: z.object({ scope: operatorParam, from: z.date() }),
  row: z.object({
    provider: z.string(),
    model: z.string().nullable(),
    unmetered: z.coerce.number(),
    unpriced: z.coerce.number(),
  }),
});
