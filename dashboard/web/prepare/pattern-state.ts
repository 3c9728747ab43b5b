// Where a pattern stands: its steps, its clock, who can see it, and the state in one word.
//
// Always holds: a pattern that its person was not told of is drawn by nobody; days are the organisation's, so that a clock ends on the
// same day for everybody.

import type { OwnPattern, Pattern, PatternClock } from "../../../schemas/pattern-api.ts";
import { dayOf } from "./calendar.ts";
import { formatDay, formatTime } from "./format.ts";
import { findEnding } from "./pattern-words.ts";

export interface Step {
  label: string;
  state: "done" | "current" | "ahead";
}

/** Noticed → told → open to the manager → closed. One that never opened has no such step once it is closed. */
export function toSteps(
  pattern: Pick<Pattern, "state" | "closed_by" | "opened_at" | "is_contested">,
  voice: "own" | "other" = "own",
): Step[] {
  const ending = findEnding(pattern);
  const told = voice === "own" ? "Told to you" : "Told to the person";
  const opened = voice === "own" ? "Open to your manager" : "Open to you";
  const hasOpened = pattern.opened_at !== null;
  const contested = pattern.is_contested ? ", contested" : "";
  if (ending !== null)
    return [
      { label: "Noticed", state: "done" },
      { label: told, state: "done" },
      ...(hasOpened ? [{ label: opened, state: "done" } as const] : []),
      { label: ending.name, state: "current" },
    ];
  return [
    { label: "Noticed", state: "done" },
    { label: `${told}${hasOpened ? "" : contested}`, state: hasOpened ? "done" : "current" },
    { label: `${opened}${hasOpened ? contested : ""}`, state: hasOpened ? "current" : "ahead" },
    { label: "Closed", state: "ahead" },
  ];
}

/** `Told to you, 5 working days left`, `Open to your manager`, `Explained`: for a list. */
export function tellState(pattern: Pick<Pattern, "state" | "closed_by" | "is_contested" | "clock">): string {
  const ending = findEnding(pattern);
  if (ending !== null) return ending.name;
  if (pattern.is_contested) return "Contested, the clock stands still";
  return pattern.state === "open" ? "Open to your manager" : "Told to you";
}

/** `1 working day left`; empty where there is no clock. */
export function tellDaysLeft(clock: PatternClock | null): string {
  if (clock === null) return "";
  return `${clock.days_left} working ${clock.days_left === 1 ? "day" : "days"} left`;
}

export interface ClockWords {
  /** What has passed, and what comes on which day. */
  sentence: string;
  /** `26 Nov`. */
  endsOn: string;
  days: { day: string; label: string; state: "passed" | "today" | "ahead" }[];
}

/** `today`: of the organisation. */
export function toClockWords(clock: PatternClock, today: string, voice: "own" | "other" = "own"): ClockWords {
  const endsOn = formatDay(clock.ends_on, today);
  const passed = clock.days.length - clock.days_left;
  const ofThem = `${passed} of ${clock.days.length} working days have passed.`;
  const comes: Record<PatternClock["until"], string> = {
    opens: `${ofThem} If nothing explains it and it still holds, your manager can see it from ${endsOn}.`,
    lapses: `The clock stands still until the privacy officer has answered. Without an answer the pattern is dismissed on ${endsOn}.`,
    expires:
      voice === "own"
        ? `${ofThem} Your manager decides. Without a decision it expires on ${endsOn}.`
        : `${ofThem} Without a decision it expires on ${endsOn}.`,
  };
  const days = clock.days.map((day) => ({
    day,
    label: String(Number(day.slice(-2))),
    state: day < today ? ("passed" as const) : day === today ? ("today" as const) : ("ahead" as const),
  }));
  return { sentence: comes[clock.until], endsOn, days };
}

/** Who can see it now, for the line under the title. */
export function tellAudience(
  { state, is_contested, clock }: Pick<Pattern, "state" | "is_contested" | "clock">,
  today: string,
): string {
  if (clock === null && state !== "open") return "Visible to you alone since it is closed.";
  const officer = is_contested ? " and to the privacy officer, whom you asked" : "";
  if (state === "open")
    return `Visible to you${officer === "" ? " and" : ","} to your manager${officer}. Each look is recorded.`;
  if (is_contested) return `Visible to you${officer}. Each look is recorded.`;
  return `Visible to you alone until ${formatDay(clock?.ends_on ?? today, today)} at the earliest.`;
}

export interface LookRow {
  key: string;
  who: string;
  what: string;
  when: string;
  instant: string;
}

const LOOKS: Readonly<Record<OwnPattern["looks"][number]["what"], string>> = {
  listed: "It stood in their list, without your name",
  opened: "Opened it",
  explained: "Read how it was computed",
  exported: "Exported it, with others",
};

/** Who has looked, latest first. `timezone` is the viewer's own, and given only where the viewer's browser is not asked. */
export function toLookRows(looks: OwnPattern["looks"], now: Date, timezone?: string): LookRow[] {
  return looks.toReversed().map(({ at, what, name }, index) => ({
    key: `${at} ${index}`,
    who: name ?? "An operator, at the command line",
    what: LOOKS[what],
    when: formatMoment(at, now, timezone),
    instant: at,
  }));
}

/** `19 Nov, 14:05`. */
export function formatMoment(instant: string, now: Date, timezone?: string): string {
  const zone = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const day = formatDay(dayOf(new Date(instant), zone), dayOf(now, zone));
  return `${day}, ${formatTime(instant, zone)}`;
}
