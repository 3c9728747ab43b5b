// The four first figures of My usage, each beside the same figure of the time just before. Own past only: no figure is
// compared with anybody else's, and none says whether more or less is better.

import type { Measures, Usage } from "../../../schemas/dashboard-api.ts";
import { toAmounts } from "./amounts.ts";
import { formatCost, formatCount, formatShare, formatTokens } from "./format.ts";
import type { UsageView } from "./usage-view.ts";

interface Figure {
  name: string;
  value: string;
  unit: string;
  past: string;
  exact?: string;
}

export function toFigures(
  { totals, previous }: Pick<Usage, "totals" | "previous">,
  { range, volume }: UsageView,
): Figure[] {
  const amounts = toAmounts(totals);
  const costOf = (measures: Measures) =>
    toAmounts(measures)[volume === "credited" ? "creditedUsd" : "costUsd"];
  const before = (write: (measures: Measures) => string) =>
    `${range.label} before: ${previous.calls === 0 ? "no calls" : write(previous)}`;
  return [
    {
      name: volume === "credited" ? "Cost, credited" : "Cost, gross",
      value: formatCost(costOf(totals)),
      unit: "",
      past: before((measures) => formatCost(costOf(measures))),
    },
    {
      name: "Credited share",
      value: formatShare(amounts.creditedShare),
      unit: amounts.costUsd === null ? "" : `of ${formatCost(amounts.costUsd)}`,
      past: before((measures) => formatShare(toAmounts(measures).creditedShare)),
    },
    {
      name: "Calls",
      value: formatCount(totals.calls),
      unit: "credited or not",
      past: before(({ calls }) => formatCount(calls)),
    },
    {
      name: "Tokens",
      value: formatTokens(amounts.tokens),
      unit: "credited or not",
      past: before((measures) => formatTokens(toAmounts(measures).tokens)),
      ...(amounts.tokens === null ? {} : { exact: `${formatCount(amounts.tokens)} tokens` }),
    },
  ];
}
