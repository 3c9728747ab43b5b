// The four first figures of My usage, each beside the same figure of the time just before. Own past only: no figure is
// compared with anybody else's, and none says whether more or less is better. Until what came of it is known, its places are there.

import type { Measures, Usage } from "../../../schemas/dashboard-api.ts";
import { toAmounts } from "./amounts.ts";
import { formatCost, formatShare } from "./format.ts";
import type { ValueFigures } from "./usage-value.ts";
import type { UsageView } from "./usage-view.ts";

interface Figure {
  name: string;
  value: string;
  unit: string;
  past: string;
  exact?: string;
}

const UNTOLD = { value: "–", unit: "", past: "\u00a0" };

export function toFigures(
  { totals, previous }: Pick<Usage, "totals" | "previous">,
  { range, volume }: UsageView,
  value: ValueFigures | null,
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
    { name: "Outcomes linked", ...(value?.outcomes ?? UNTOLD) },
    { name: "Yield", ...(value?.yield ?? UNTOLD) },
  ];
}
