// How dear a model is, roughly: runs of a small model are not held against those of a large one. It goes by the list price of its
// output, the newest one, because a model that becomes cheaper does the same work.
//
// A model is known by its name alone here, because a run lists no more. Names of resellers hold the model's own name behind a slash
// or among those that they give it themselves.

import { calcPrice } from "@pydantic/genai-prices";
import type { ModelTier } from "../schemas/closed-lists.ts";
import type { Method } from "../schemas/method.ts";

/** From cheap to dear. A run has the tier of its dearest model, so one without a price counts least. */
export const TIERS_BY_PRICE: readonly ModelTier[] = ["unknown", "small", "medium", "large"];

/** @param model as a provider, a reseller or a client names it */
export function findModelTier(model: string, method: Method["yield"]): ModelTier {
  const price = findOutputPrice(model);
  if (price === undefined) return "unknown";
  if (price < method.tierMediumUsd) return "small";
  return price < method.tierLargeUsd ? "medium" : "large";
}

/** Behind all prices of the table that have a beginning. */
const NEWEST = new Date("2100-01-01T00:00:00Z");
/** Whose own names of models are looked for when nobody else has such a name. */
const RESELLERS = ["openrouter", "aws", "azure"];

/** USD a million tokens; undefined: no list has such a model. */
function findOutputPrice(model: string): number | undefined {
  const bare = model.slice(model.lastIndexOf("/") + 1);
  const lookups = [
    { name: model },
    { name: bare },
    ...RESELLERS.map((providerId) => ({ name: model, providerId })),
  ];
  for (const { name, ...provider } of lookups) {
    const price = calcPrice({}, name, { ...provider, timestamp: NEWEST })?.model_price.output_mtok;
    if (price !== undefined) return typeof price === "number" ? price : price.base;
  }
  return undefined;
}
