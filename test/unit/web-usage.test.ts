// What My usage decides before anything is drawn: amounts, shares, kinds of token, sentences.

import { describe, expect, test } from "vitest";
import { type Measures, tokenSumsSchema, type Usage } from "../../schemas/dashboard-api.ts";
import { TOKEN_FIELDS } from "../../schemas/token-event.ts";
import { toAmounts } from "../../dashboard/web/prepare/amounts.ts";
import { addDays } from "../../dashboard/web/prepare/calendar.ts";
import { toFigures } from "../../dashboard/web/prepare/figures.ts";
import { type Slice, toSliceRows } from "../../dashboard/web/prepare/slices.ts";
import { explainTokenKinds, toTokenKinds } from "../../dashboard/web/prepare/token-kinds.ts";
import { explainUnknownParts } from "../../dashboard/web/prepare/unknown-parts.ts";
import { type Dimension, parseUsageView } from "../../dashboard/web/prepare/usage-view.ts";

const TODAY = "2026-11-21";

describe("amounts", () => {
  test("what is not credited is the rest of the cost", () => {
    const amounts = toAmounts(measures({ cost_usd: "420.500000", credited_cost_usd: "385.400000" }));
    expect(amounts.uncreditedUsd).toBeCloseTo(35.1, 9);
    expect(amounts.creditedShare).toBeCloseTo(0.9165, 4);
  });

  test("where the cost of no call is known, it is unknown and not zero", () => {
    expect(toAmounts(measures({ calls: 3, unpriced_calls: 2, unknown_usage_calls: 1 })).costUsd).toBeNull();
    // The third one failed, and cost nothing: that says nothing of the other two.
    expect(toAmounts(measures({ calls: 3, unpriced_calls: 2 })).costUsd).toBeNull();
    expect(toAmounts(measures({ calls: 3, unpriced_calls: 2, cost_usd: "0.1" })).costUsd).toBe(0.1);
    expect(toAmounts(measures({ calls: 3 })).costUsd).toBe(0);
  });

  test("where no call's usage is known, the tokens are unknown and not zero", () => {
    expect(toAmounts(measures({ calls: 2, unknown_usage_calls: 2 })).tokens).toBeNull();
    expect(toAmounts(measures({ calls: 2, tokens: { input_tokens: 5, output_tokens: 2 } })).tokens).toBe(7);
  });

  test("no cost has no credited share", () => {
    expect(toAmounts(measures({ calls: 0 })).creditedShare).toBeNull();
  });
});

describe("where it went", () => {
  const total = measures({ cost_usd: "100", credited_cost_usd: "80" });

  test("is ordered by the chosen volume, with shares of the page's total", () => {
    const slices = [slice("first", 60, 20), slice("second", 40, 40)];
    const credited = toSliceRows(slices, total, { dimension: "model", volume: "credited" });
    expect(credited.map(({ name, costUsd, share }) => [name, costUsd, share])).toEqual([
      ["second", 40, 0.5],
      ["first", 20, 0.25],
    ]);
    const gross = toSliceRows(slices, total, { dimension: "model", volume: "gross" });
    expect(gross.map(({ name, share }) => [name, share])).toEqual([
      ["first", 0.6],
      ["second", 0.4],
    ]);
  });

  test("bars compare whole costs: the longest is full, its parts add up", () => {
    const [row] = toSliceRows([slice("first", 60, 45)], total, { dimension: "model", volume: "credited" });
    expect(row?.creditedLength).toBeCloseTo(0.75, 9);
    expect(row?.uncreditedLength).toBeCloseTo(0.25, 9);
  });

  test("what does not fit is one last row that adds up", () => {
    const slices = Array.from({ length: 11 }, (_, index) => slice(`model-${index}`, 5, 4));
    const rows = toSliceRows(slices, total, { dimension: "model", volume: "credited" });
    expect(rows).toHaveLength(8);
    expect(rows.at(-1)).toMatchObject({
      name: "4 others",
      isOthers: true,
      costUsd: 16,
      tokens: 40,
      calls: 4,
    });
  });

  test("what a client did not declare has a name in words", () => {
    expect(nameOf("", "class")).toBe("Not declared");
    expect(nameOf("ci", "class")).toBe("CI");
    expect(nameOf("unknown", "client")).toBe("Unknown client");
    expect(nameOf("subagent", "kind")).toBe("Sub-agent");
    expect(nameOf("gpt-5-mini", "model")).toBe("gpt-5-mini");
  });

  test("a model without a price has neither a cost nor a share", () => {
    const unpriced = { name: "new-model", ...measures({ calls: 4, unpriced_calls: 4 }) };
    const [row] = toSliceRows([unpriced], total, { dimension: "model", volume: "credited" });
    expect(row).toMatchObject({ costUsd: null, share: null, creditedLength: 0 });
  });
});

describe("kinds of token", () => {
  test("keep their colour and place, whatever their size, and count every field once", () => {
    const kinds = toTokenKinds(tokensOfEach(1));
    expect(kinds.map(({ name, series, tokens }) => [name, series, tokens])).toEqual([
      ["Cache read", 1, 1],
      ["Fresh input", 2, 1],
      ["Cache write", 3, 2],
      ["Output", 4, 1],
      ["Reasoning", 5, 1],
      ["Audio and images", 6, 4],
    ]);
    const few = toTokenKinds(measures({ tokens: { output_tokens: 9, input_tokens: 1 } }).tokens);
    expect(few.map(({ name, series, share }) => [name, series, share])).toEqual([
      ["Fresh input", 2, 0.1],
      ["Output", 4, 0.9],
    ]);
  });

  test("are explained only where most are read from a cache", () => {
    expect(
      explainTokenKinds(
        toTokenKinds(measures({ tokens: { cache_read_tokens: 51, input_tokens: 49 } }).tokens),
      ),
    ).toContain("cache");
    expect(
      explainTokenKinds(
        toTokenKinds(measures({ tokens: { cache_read_tokens: 49, input_tokens: 51 } }).tokens),
      ),
    ).toBeNull();
    expect(toTokenKinds(measures().tokens)).toEqual([]);
  });
});

describe("sentences on what is unknown", () => {
  test("name the day, the calls and what it means", () => {
    const days = [dayAgo(17, { calls: 20, unknown_usage_calls: 14 }), dayAgo(3, { unpriced_calls: 1 })];
    expect(explainUnknownParts(days, TODAY)).toEqual([
      "On 4 Nov, 14 calls came back without usage. Their tokens are unknown, not zero.",
      "On 18 Nov, 1 call used a model without a known price. Its cost is unpriced, not zero.",
    ]);
  });

  test("count the days where they are many, and say nothing where all is known", () => {
    const days = [1, 2, 3, 4].map((ago) => dayAgo(ago, { calls: 2, unknown_usage_calls: 2 }));
    expect(explainUnknownParts(days, TODAY)[0]).toMatch(/^On 4 days, 8 calls came back/);
    expect(explainUnknownParts([dayAgo(1, {})], TODAY)).toEqual([]);
  });
});

describe("the first figures", () => {
  const totals = measures({
    calls: 2310,
    cost_usd: "420.50",
    credited_cost_usd: "385.40",
    tokens: { input_tokens: 4_100_000 },
  });

  test("are credited unless gross is asked for, beside one's own past", () => {
    const previous = measures({ calls: 9, cost_usd: "400", credited_cost_usd: "371.40" });
    const [cost, share] = toFigures({ totals, previous }, parseUsageView(""), null);
    expect(cost).toMatchObject({ name: "Cost, credited", value: "$385.40", past: "28 days before: $371.40" });
    expect(share).toMatchObject({
      value: "92\u202f%",
      unit: "of $420.50",
      past: "28 days before: 93\u202f%",
    });
    const [gross] = toFigures({ totals, previous }, parseUsageView("?volume=gross&range=12w"), null);
    expect(gross).toMatchObject({ name: "Cost, gross", value: "$420.50", past: "12 weeks before: $400.00" });
  });

  test("say that there were no calls before, and do not write a zero", () => {
    const figures = toFigures({ totals, previous: measures({ calls: 0 }) }, parseUsageView(""), null);
    // Of what came of it nothing is known yet, and nothing is said.
    expect(figures.slice(2).map(({ value }) => value)).toEqual(["–", "–"]);
    expect(figures.slice(0, 2).map(({ past }) => past)).toEqual(
      Array.from({ length: 2 }, () => "28 days before: no calls"),
    );
  });
});

/** One call that is known to the last token and cost nothing, but for what is given. */
function measures({
  tokens,
  ...given
}: Partial<Omit<Measures, "tokens">> & { tokens?: Partial<Measures["tokens"]> } = {}): Measures {
  return {
    calls: 1,
    unknown_usage_calls: 0,
    unpriced_calls: 0,
    cost_usd: "0",
    credited_cost_usd: "0",
    ...given,
    tokens: { ...tokensOfEach(0), ...tokens },
  };
}

function tokensOfEach(count: number): Measures["tokens"] {
  return tokenSumsSchema.parse(Object.fromEntries(TOKEN_FIELDS.map((field) => [field, count])));
}

function slice(name: string, costUsd: number, creditedUsd: number): Slice {
  return {
    name,
    ...measures({
      cost_usd: String(costUsd),
      credited_cost_usd: String(creditedUsd),
      tokens: { input_tokens: 10 },
    }),
  };
}

function nameOf(name: string, dimension: Dimension): string | undefined {
  return toSliceRows([slice(name, 1, 1)], measures(), { dimension, volume: "gross" })[0]?.name;
}

function dayAgo(days: number, given: Parameters<typeof measures>[0]): Usage["days"][number] {
  return { day: addDays(TODAY, -days), ...measures(given) };
}
