// Which person-weeks to doubt of all that a round looks at: where many are measured, in some of them two families speak by chance.
//
// Each week by itself: the p-value of a person's week is that of "at least two of its families speak", and Benjamini and Hochberg's
// procedure over everybody's decides, also over those who have nothing to show. It is used where it could believe what is held against the
// week's largest reference; in a smaller organisation such findings have no p-value small enough, and the fixed limits of evidence are all
// there is. Where it is used, absolute nulls pass it easily, because their p-values have no smallest value.
//
// Always holds: it only takes away. What is believed still has to be above its floor, with a p-value that is small by itself.

import { SIGNAL_FAMILIES } from "../../schemas/closed-lists.ts";
import type { Method } from "../../schemas/method.ts";
import { testedWeeks } from "../queries/tested-weeks.ts";
import { unlikelyWeeks } from "../queries/unlikely-weeks.ts";
import { believe, isLargeEnough } from "../stats/benjamini-hochberg.ts";
import { partialConjunction } from "../stats/partial-conjunction.ts";
import type { PatternRound } from "./round.ts";

/** Whether what speaks together in a person's week may be chance. */
export type DoubtedWeeks = (personId: string) => (week: string) => boolean;

/** @throws AppError of ClickHouse */
export async function readDoubtedWeeks({
  clickhouse,
  config: { method },
  fromWeek,
  toWeek,
}: Pick<PatternRound, "clickhouse" | "config" | "fromWeek" | "toWeek">): Promise<DoubtedWeeks> {
  const rate = method.signals.falseDiscoveryRate;
  const weeks = await clickhouse.query(testedWeeks, { from_week: fromWeek, to_week: toWeek });
  /** By week, of those that are large enough. */
  const believed = new Map<string, ReadonlySet<string>>();
  for (const { week, tested, people_of_largest_reference: people } of weeks) {
    if (!isLargeReference(people, method.signals)) continue;
    const rows = await clickhouse.query(unlikelyWeeks, { week, p_value_max: rate });
    const pValues = rows.map(({ p_values }) => partialConjunction(p_values));
    const isBelieved = believe(pValues, rate, tested);
    believed.set(week, new Set(rows.filter((_, at) => isBelieved[at]).map(({ person_id }) => person_id)));
  }
  return (personId) => (week) => believed.get(week)?.has(personId) === false;
}

/** Whether the share of findings that is assumed would be believed, were each as small in all families as the reference allows. */
export function isLargeReference(
  people: number,
  { falseDiscoveryRate, assumedFindingsShare }: Method["signals"],
): boolean {
  const smallest = partialConjunction(SIGNAL_FAMILIES.map(() => 1 / (people + 1)));
  return isLargeEnough(assumedFindingsShare, smallest, falseDiscoveryRate);
}
