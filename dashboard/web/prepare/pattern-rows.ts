// The rows of My patterns: those that are not closed, by what comes next, and the closed ones, latest first.

import type { OwnPattern } from "../../../schemas/pattern-api.ts";
import { dayOf } from "./calendar.ts";
import { formatDay } from "./format.ts";
import { tellDaysLeft, tellState } from "./pattern-state.ts";
import { nameMechanisms } from "./pattern-words.ts";

export interface PatternRowView {
  patternId: string;
  name: string;
  state: string;
  /** `11 Nov` */
  toldOn: string;
  /** What comes by itself and when: `10 working days left, until 5 Dec`; of a closed one when it was closed. */
  next: string;
}

/** `today` and `timezone`: of the organisation. */
export function toPatternLists(
  patterns: readonly OwnPattern[],
  today: string,
  timezone: string,
): { live: PatternRowView[]; closed: PatternRowView[] } {
  const told = patterns.filter(({ state, notified_at }) => state !== "observed" && notified_at !== null);
  const [live, closed] = [told.filter(isLive), told.filter((pattern) => !isLive(pattern))];
  const byNext = live.toSorted((a, b) => (a.clock?.ends_on ?? "").localeCompare(b.clock?.ends_on ?? ""));
  const byClosing = closed.toSorted((a, b) => (b.closed_at ?? "").localeCompare(a.closed_at ?? ""));
  return {
    live: byNext.map((pattern) => toRow(pattern, today, timezone)),
    closed: byClosing.map((pattern) => toRow(pattern, today, timezone)),
  };
}

function isLive({ closed_at }: OwnPattern): boolean {
  return closed_at === null;
}

function toRow(pattern: OwnPattern, today: string, timezone: string): PatternRowView {
  const { clock, closed_at } = pattern;
  const onDay = (instant: string | null): string =>
    instant === null ? "–" : formatDay(dayOf(new Date(instant), timezone), today);
  const next = clock === null ? "" : `${tellDaysLeft(clock)}, until ${formatDay(clock.ends_on, today)}`;
  return {
    patternId: pattern.pattern_id,
    name: nameMechanisms(pattern.families),
    state: tellState(pattern),
    toldOn: onDay(pattern.notified_at),
    next: closed_at === null ? next : onDay(closed_at),
  };
}
