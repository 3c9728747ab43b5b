// Released costs as rows of files: what the page of the organisation shows, cell by cell, and nothing that it does not show.
//
// FOCUS: the FinOps Foundation's FOCUS 1.2 column names (focus.finops.org). Assay knows list prices and no invoice, so that all four costs
// are the list cost, and who provided a model is not in a release.

import { RELEASE_WEEKS, type Release } from "../../../schemas/organisation-api.ts";
import { addDays } from "../../../schemas/working-days.ts";

export const COST_COLUMNS = ["from", "to", "cut", "name", "people", "cost_usd", "tokens"] as const;
type CostRow = Record<(typeof COST_COLUMNS)[number], string | number | null>;

/** Of all others together. */
const OTHERS = "others";

/** An empty `cost_usd` is "not shown"; `name` of a sum over all is empty. */
export function toCostRows(release: Release): CostRow[] {
  const { from, to, people } = release;
  const row = (cut: string, name: string, cost_usd: string | null, more: Partial<CostRow> = {}): CostRow => ({
    from,
    to,
    cut,
    name,
    people: null,
    tokens: null,
    cost_usd,
    ...more,
  });
  const toSlices = (cut: string, slices: Release["clients"]): CostRow[] => [
    ...(slices?.named ?? []).map(({ name, cost_usd }) => row(cut, name, cost_usd)),
    ...(slices?.rest_usd == null ? [] : [row(cut, OTHERS, slices.rest_usd)]),
  ];
  return [
    row("total", "", release.cost_usd, { people }),
    row("credited", "", release.credited_cost_usd, { people }),
    row("services", "", release.services_cost_usd),
    ...release.teams.map(({ name, people: members, cost_usd }) =>
      row("team", name === "" ? OTHERS : name, cost_usd, { people: members }),
    ),
    ...(release.models ?? []).flatMap(({ name, weeks_usd }) =>
      weeks_usd.map((usd, at) => ({
        ...row("model", name ?? OTHERS, usd),
        from: addDays(from, 7 * at),
        to: addDays(from, 7 * at + 6),
      })),
    ),
    ...toSlices("client", release.clients),
    ...toSlices("class", release.classes),
    ...toSlices("not_credited", release.reasons),
  ];
}

export const FOCUS_COLUMNS = [
  "BilledCost",
  "EffectiveCost",
  "ListCost",
  "ContractedCost",
  "BillingCurrency",
  "BillingPeriodStart",
  "BillingPeriodEnd",
  "ChargePeriodStart",
  "ChargePeriodEnd",
  "ChargeCategory",
  "ChargeClass",
  "ChargeDescription",
  "ChargeFrequency",
  "ConsumedQuantity",
  "ConsumedUnit",
  "PricingCategory",
  "ProviderName",
  "PublisherName",
  "InvoiceIssuerName",
  "ServiceCategory",
  "ServiceName",
  "SkuId",
] as const;
type FocusRow = Record<(typeof FOCUS_COLUMNS)[number], string | number | null>;

/** One charge for each model of a release. Periods end where the next one begins, as FOCUS has them. */
export function toFocusRows({ from, models }: Release): FocusRow[] {
  const start = `${from}T00:00:00Z`;
  const end = `${addDays(from, 7 * RELEASE_WEEKS)}T00:00:00Z`;
  return (models ?? []).map(({ name, weeks_usd, tokens }) => {
    const cost = weeks_usd.reduce((sum, usd) => sum + Number(usd), 0).toFixed(2);
    return {
      BilledCost: cost,
      EffectiveCost: cost,
      ListCost: cost,
      ContractedCost: cost,
      BillingCurrency: "USD",
      BillingPeriodStart: start,
      BillingPeriodEnd: end,
      ChargePeriodStart: start,
      ChargePeriodEnd: end,
      ChargeCategory: "Usage",
      ChargeClass: null,
      ChargeDescription: `Tokens of ${name ?? "other models"}`,
      ChargeFrequency: "Usage-Based",
      ConsumedQuantity: tokens,
      ConsumedUnit: "Tokens",
      PricingCategory: "Standard",
      ProviderName: "unknown",
      PublisherName: "unknown",
      InvoiceIssuerName: "unknown",
      ServiceCategory: "AI and Machine Learning",
      ServiceName: "LLM inference",
      SkuId: name ?? OTHERS,
    };
  });
}
