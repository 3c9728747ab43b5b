// The first figures of a run's page. A single run has no yield to show: too little is expected of one.

import type { Run } from "../../../schemas/run-api.ts";
import type { RunValue } from "../../../schemas/run-value-api.ts";
import { toAmounts } from "./amounts.ts";
import { formatCount, formatCost, formatShare, formatTokens } from "./format.ts";
import { formatOutcomes } from "./run-expectation.ts";
import { countOutcomes, toOutcomeRows } from "./run-outcomes.ts";

export interface RunFigure {
  name: string;
  value: string;
  unit: string;
  past: string;
}

/** `value` is undefined while it is on its way: a dash, and no zero. */
export function toRunFigures(run: Run, value: RunValue | undefined, now: Date): RunFigure[] {
  const { costUsd, creditedUsd, creditedShare, tokens } = toAmounts(run);
  return [
    {
      name: "Cost, credited",
      value: formatCost(creditedUsd),
      unit: "",
      past: costUsd === null ? "" : `of ${formatCost(costUsd)}, ${formatShare(creditedShare)}`,
    },
    {
      name: "Tokens",
      value: formatTokens(tokens),
      unit: "",
      past: tokens === null ? "" : `${formatTokens(run.tokens.cache_read_tokens)} read from cache`,
    },
    toOutcomeFigure(value, now),
    {
      name: "Yield",
      value: value === undefined ? "–" : value.is_scoring_on ? "Too early" : "Not scored",
      unit: "",
      past: "A single run never gets a verdict.",
    },
  ];
}

function toOutcomeFigure(value: RunValue | undefined, now: Date): RunFigure {
  const name = "Outcomes linked";
  if (value === undefined) return { name, value: "–", unit: "", past: "" };
  const { due, waiting } = countOutcomes(toOutcomeRows(value, now));
  const { expectation } = value;
  return {
    name,
    value: formatCount(due),
    unit: waiting === 0 ? "" : `and ${formatCount(waiting)} not due yet`,
    past:
      expectation === null
        ? ""
        : `${formatOutcomes(expectation.expected_outcomes)} expected of a run like this`,
  };
}
