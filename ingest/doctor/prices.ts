// The price table: which one is installed, and which models of the last days it does not know.

import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
import { TOKEN_FIELDS } from "../../schemas/token-event.ts";
import { readTableVersion } from "../sink/price-list.ts";
import { ok, warning, type Deployment, type Finding } from "./finding.ts";

const DAYS = 7;
const DAY_MS = 86_400_000;
const MODELS_TOLD_MAX = 5;

const unpricedModels = defineQuery({
  name: "doctor: unpriced models",
  sql: `
    SELECT provider, ifNull(coalesce(model_served, model_requested), 'unknown') AS model, count() AS calls
    FROM token_events FINAL
    WHERE started_at >= {from:DateTime64(3)} AND started_at <= {to:DateTime64(3)} AND cost_usd IS NULL
      AND (${TOKEN_FIELDS.map((field) => `isNotNull(${field})`).join(" OR ")})
    GROUP BY provider, model
    ORDER BY calls DESC, provider, model
    LIMIT ${MODELS_TOLD_MAX}`,
  params: z.object({ from: z.date(), to: z.date() }),
  row: z.object({ provider: z.string(), model: z.string(), calls: z.coerce.number() }),
});

export async function checkPrices({ clickhouse, now }: Deployment): Promise<Finding[]> {
  const version = readTableVersion();
  if (clickhouse.state !== "open") return [ok(`It is that of ${version}.`)];
  const to = new Date(now());
  const rows = await clickhouse.store.query(unpricedModels, { from: new Date(now() - DAYS * DAY_MS), to });
  if (rows.length === 0)
    return [ok(`It is that of ${version}, and knew every model of the last ${DAYS} days.`)];
  const models = rows
    .map(({ provider, model, calls }) => `${model} of ${provider} (${calls} calls)`)
    .join(", ");
  const sentence = `${version} has no price for ${models}, called in the last ${DAYS} days.`;
  const remedy =
    "Newer models: update @pydantic/genai-prices. Models of your own have no list price, and stay without a cost.";
  return [warning(sentence, remedy)];
}
