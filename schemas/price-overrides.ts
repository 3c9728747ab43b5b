// Prices of the organisation's own: for models that no public table knows, for negotiated rates, and for upstreams that
// charge what a known provider charges. They are a list in the setting ASSAY_PRICES, or in the file that ASSAY_PRICES_FILE
// names.
//
// Always holds: of the entries that fit a call, the last one in the list is its price, whole; nothing of it is mixed with
// the public table. An entry says either rates or whose prices hold, never both.

import { z } from "zod";
import { FIELD_CHARS_MAX, TOKEN_FIELDS } from "./token-event.ts";

/** Entries are tried one after the other for each call. */
const ENTRIES_MAX = 1000;
const DECIMALS_MAX = 12;
const RATE_USD_MAX = 1_000_000;

const RATE = "dollars, 0 to 1000000 with at most 12 decimals, as a number or as text";

/** Becomes plain decimal text, so that the sum can be exact. */
const rate = z
  .union([z.number(), z.string()], { error: RATE })
  .refine(isRate, RATE)
  .transform((value) => (typeof value === "number" ? value.toFixed(DECIMALS_MAX) : value));

const name = z.string({ error: "a name" }).min(1, "a name").max(FIELD_CHARS_MAX, "a shorter name");

const tokenRates = z.strictObject(Object.fromEntries(TOKEN_FIELDS.map((field) => [field, rate.optional()])), {
  error: (issue) => onlyThese(issue, TOKEN_FIELDS),
});

const entryShape = {
  provider: name.describe("The upstream's name, as in its route."),
  model: name.describe("The model's name; * stands for any characters."),
  from: z
    .union([z.iso.date(), z.iso.datetime()], { error: "a day such as 2026-11-20, or a time in UTC" })
    .optional()
    .describe("For calls that started then or later; without it, for all."),
  service_tier: name
    .optional()
    .describe("For calls of this tier; without it, for those of the standard tier."),
  input_tokens_above: z
    .int("a number of tokens")
    .min(0)
    .optional()
    .describe("For calls with more input tokens than this, those read from and written to caches included."),
  usd_per_million_tokens: tokenRates
    .optional()
    .describe("By field of the record. Caches cost as fresh input, kinds of output as output, unless given."),
  usd_per_thousand_calls: z
    .record(name, rate, { error: "tools with their rates" })
    .optional()
    .describe("By tool that the provider runs, such as web_search."),
  same_as: name.optional().describe("The provider whose public prices hold, in the place of rates."),
};

const entry = z
  .strictObject(entryShape, { error: (issue) => onlyThese(issue, Object.keys(entryShape)) })
  .refine(
    (given) => (given.usd_per_million_tokens === undefined) !== (given.same_as === undefined),
    "either usd_per_million_tokens or same_as",
  )
  .refine(
    (given) =>
      given.same_as === undefined ||
      (given.usd_per_thousand_calls ?? given.service_tier ?? given.input_tokens_above) === undefined,
    "same_as without tools, tier and input size: those are the other provider's",
  );

export const priceOverridesSchema = z
  .array(entry, { error: "a list of prices, as JSON" })
  .max(ENTRIES_MAX, `at most ${ENTRIES_MAX} prices`);

export type PriceOverride = z.infer<typeof entry>;

function isRate(value: number | string): boolean {
  const isPlain =
    typeof value === "number"
      ? Number(value.toFixed(DECIMALS_MAX)) === value
      : /^\d{1,7}(\.\d{1,12})?$/.test(value);
  return isPlain && Number(value) >= 0 && Number(value) <= RATE_USD_MAX;
}

function onlyThese(issue: { code?: string }, names: readonly string[]): string {
  return issue.code === "unrecognized_keys" ? `no other names than ${names.join(", ")}` : "an object";
}
