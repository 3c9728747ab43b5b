// What did a person use by day, model, client, class, kind and reason, oldest first? For their own export.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { TOKEN_FIELDS } from "../../../schemas/token-event.ts";
import { afterPlace, ownCount, ownPageParams, placeRow } from "./own-page.ts";

const AT = "toDateTime64(day, 3, 'UTC')";
const ID = "toString((model, client, usage_days.workload_class, request_kind, usage_days.reason))";

export const ownUsage = defineQuery({
  name: "own export: usage",
  sql: `
SELECT day, model, client, nullIf(usage_days.workload_class, '') AS workload_class, request_kind,
  nullIf(usage_days.reason, '') AS reason, calls, unknown_usage_calls, unpriced_calls, ${TOKEN_FIELDS.join(", ")}, cost_usd,
  ${AT} AS place_at, ${ID} AS place_id
FROM usage_days FINAL
WHERE person_id = {person_id:UUID} AND expires_at > {now:DateTime64(3)} AND ${afterPlace(AT, ID)}`,
  params: ownPageParams,
  row: z.looseObject({
    day: z.iso.date(),
    model: z.string(),
    client: z.string(),
    workload_class: z.string().nullable(),
    request_kind: z.string(),
    reason: z.string().nullable(),
    calls: ownCount,
    unknown_usage_calls: ownCount,
    unpriced_calls: ownCount,
    ...Object.fromEntries(TOKEN_FIELDS.map((field) => [field, ownCount])),
    cost_usd: z.string(),
    ...placeRow,
  }),
});
