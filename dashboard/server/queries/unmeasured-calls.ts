// Of which models are there calls whose usage nobody reported, or whose price nobody knows? Those with neither have no row. Such calls
// are few, so the others are left out before anything is counted by model.

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
  countIf(call.usage_source = 'none') AS unmetered,
  countIf(call.usage_source != 'none') AS unpriced
FROM token_events AS call FINAL
WHERE call.started_at >= {from:DateTime64(3)} AND {scope:Bool}
  AND if(call.usage_source = 'none', call.error_kind IS NULL, call.cost_usd IS NULL)
GROUP BY provider, model
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
