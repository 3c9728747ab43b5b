// What a person's weeks show of mechanisms: the families that speak together, and in which weeks.
//
// A family counts in a week where one of its signals speaks. Weeks with enough families are the pattern's, unless they are doubted
// (doubted-weeks.ts); families that speak in enough of those weeks are its mechanisms. Until there are enough weeks, whatever spoke
// together is what is observed so far.
//
// Always holds: what was decided is not raised again. Weeks up to the one in which a pattern was closed say nothing more about the
// families of that pattern.

import type { SignalFamily } from "../../schemas/closed-lists.ts";
import type { Method } from "../../schemas/method.ts";
import type { SignalRow } from "../queries/pattern-signals.ts";

export interface Candidate {
  personId: string;
  /** In alphabetical order. */
  families: SignalFamily[];
  /** Mondays of the weeks in which enough of them speak, earliest first. */
  weeks: string[];
  /** What they say in all weeks looked at, earliest first. */
  signals: SignalRow[];
}

/** A pattern that somebody, or time, has closed. */
export interface Settled {
  families: readonly SignalFamily[];
  /** The Monday of the week in which it was closed. */
  week: string;
}

export function withoutSettled(signals: readonly SignalRow[], settled: readonly Settled[]): SignalRow[] {
  return signals.filter(
    ({ family, week }) => !settled.some((each) => each.families.includes(family) && week <= each.week),
  );
}

/**
 * @param signals of one person, of those that speak
 * @param isDoubted whether in a week of theirs families seem to speak together by chance
 * @returns undefined where in no week enough families speak
 */
export function toCandidate(
  signals: readonly SignalRow[],
  { familiesMin, weeksMin }: Method["patterns"],
  isDoubted: (week: string) => boolean = () => false,
): Candidate | undefined {
  const listTogether = (rows: readonly SignalRow[]): string[] =>
    listWeeks(rows, familiesMin).filter((week) => !isDoubted(week));
  const together = listTogether(signals);
  const [first] = signals;
  if (first === undefined || together.length === 0) return undefined;
  const within = signals.filter(({ week }) => together.includes(week));
  const lasting = listFamilies(within).filter(
    (family) => countWeeks(within.filter((each) => each.family === family)) >= weeksMin,
  );
  const families = lasting.length >= familiesMin ? lasting : listFamilies(within);
  const ofThem = signals.filter(({ family }) => families.includes(family));
  return { personId: first.person_id, families, weeks: listTogether(ofThem), signals: ofThem };
}

function listWeeks(signals: readonly SignalRow[], familiesMin: number): string[] {
  const byWeek = Object.entries(Object.groupBy(signals, ({ week }) => week));
  return byWeek
    .filter(([, rows = []]) => listFamilies(rows).length >= familiesMin)
    .map(([week]) => week)
    .toSorted();
}

function listFamilies(signals: readonly SignalRow[]): SignalFamily[] {
  return [...new Set(signals.map(({ family }) => family))].toSorted();
}

function countWeeks(signals: readonly SignalRow[]): number {
  return new Set(signals.map(({ week }) => week)).size;
}
