// The four first figures of the organisation, each beside the same figure of the weeks before, without a word on which is better.

import { formatCount } from "./format.ts";
import type { OrganisationView } from "./organisation-view.ts";
import { NOT_SHOWN, toCostPerOutcome, writeUsd } from "./organisation-words.ts";

interface Figure {
  name: string;
  value: string;
  unit: string;
  past: string;
}

/** @param past undefined: there are no releases of as many weeks before */
export function toOrganisationFigures(
  view: OrganisationView,
  past: OrganisationView | undefined,
  rangeLabel: string,
): Figure[] {
  const before = (write: (view: OrganisationView) => string) =>
    past === undefined ? "" : `${rangeLabel} before: ${lowerFirst(write(past))}`;
  const costPerOutcome = toCostPerOutcome(view);
  return [
    {
      name: "Cost, credited",
      value: writeUsd(view.creditedUsd),
      unit: view.costUsd === null ? "" : `of ${writeUsd(view.costUsd)}`,
      past: before(({ creditedUsd }) => writeUsd(creditedUsd)),
    },
    {
      name: "Earned volume, at usual cost",
      value: writeUsd(view.earnedUsd),
      unit: "",
      past: before(({ earnedUsd }) => writeUsd(earnedUsd)),
    },
    {
      name: "Outcomes",
      value: writeCount(view.outcomes),
      unit: view.pendingOutcomes === null ? "" : `and ${writeCount(view.pendingOutcomes)} not due yet`,
      past: before(({ outcomes }) => writeCount(outcomes)),
    },
    {
      name: "Cost per outcome",
      value: writeUsd(costPerOutcome?.mean ?? null),
      unit:
        costPerOutcome === null
          ? ""
          : `${costPerOutcome.low.toFixed(2)} to ${costPerOutcome.high.toFixed(2)}`,
      past: before((other) => writeUsd(toCostPerOutcome(other)?.mean ?? null)),
    },
  ];
}

function writeCount(count: number | null): string {
  return count === null ? NOT_SHOWN : formatCount(Math.round(count));
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
