// The prices: which table is installed, how many are the organisation's own, and which models of the last days have none.

import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
import { TOKEN_FIELDS } from "../../schemas/token-event.ts";
import { toPhrase, UNPRICED_MODELS_MAX } from "../pricing/unpriced-models.ts";
import { readTableVersion } from "../sink/price-list.ts";
import { ok, warning, type Deployment, type Finding } from "./finding.ts";

const DAYS = 7;
const DAY_MS = 86_400_000;

const unpricedModels = defineQuery({
  name: "doctor: unpriced models",
  sql: `
    SELECT provider, coalesce(model_served, model_requested) AS model, service_tier, count() AS calls
    FROM token_events FINAL
    WHERE started_at >= {from:DateTime64(3)} AND started_at <= {to:DateTime64(3)} AND cost_usd IS NULL
      AND (${TOKEN_FIELDS.map((field) => `isNotNull(${field})`).join(" OR ")})
    GROUP BY provider, model, service_tier
    ORDER BY calls DESC, provider, model, service_tier
    LIMIT ${UNPRICED_MODELS_MAX}`,
  params: z.object({ from: z.date(), to: z.date() }),
  row: z.object({
    provider: z.string(),
    model: z.string().nullable(),
    service_tier: z.string().nullable(),
    calls: z.coerce.number(),
  }),
});

export async function checkPrices({ clickhouse, config, now }: Deployment): Promise<Finding[]> {
  const version = readTableVersion();
  const table = config.prices.length === 0 ? version : `${version} with ${config.prices.length} of your own`;
  if (clickhouse.state !== "open") return [ok(`It is that of ${table}.`)];
  const to = new Date(now());
  const models = await clickhouse.store.query(unpricedModels, { from: new Date(now() - DAYS * DAY_MS), to });
  if (models.length === 0)
    return [ok(`It is that of ${table}, and every model of the last ${DAYS} days has a price.`)];
  const sentence = `${table} has no price for ${toPhrase(models)}, called in the last ${DAYS} days.`;
  const remedy =
    "Newer models: update @pydantic/genai-prices. Models, tiers and tools without a list price: set one in ASSAY_PRICES. " +
    "Then run assay reprice.";
  return [{ ...warning(sentence, remedy), details: { unpriced_models: models } }];
}
