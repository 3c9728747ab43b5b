// What the product said of the virtual organisation: its exports, by person and week, beside what is true.

import { z } from "zod";
import { UNCREDITED_REASONS, VERDICTS, type Verdict } from "../../schemas/closed-lists.ts";
import { DAY_MS, WEEK_MS, type Calendar } from "./population/calendar.ts";
import type { Truth } from "./population/population.ts";

const signalSchema = z.object({
  family: z.string(),
  signal: z.string(),
  p_value: z.number().nullable(),
  above_floor: z.boolean(),
});

const weekSchema = z.object({
  person_email: z.string().nullable(),
  week: z.string(),
  workload_class: z.string().nullable(),
  cost_usd: z.coerce.number().nullable(),
  credited_cost_usd: z.coerce.number().nullable(),
  earned_cost_usd: z.coerce.number().nullable(),
  unobservable_cost_usd: z.coerce.number().nullable(),
  uncredited: z.partialRecord(z.enum(UNCREDITED_REASONS), z.coerce.number().nullable()),
  runs: z.coerce.number(),
  outcomes: z.coerce.number().nullable(),
  expected_outcomes: z.coerce.number().nullable(),
  p_low_value: z.coerce.number().nullable(),
  verdict: z.enum(VERDICTS).nullable(),
  signals: z.array(signalSchema),
});

const patternSchema = z.object({
  pattern_id: z.string(),
  person_email: z.string().nullable(),
  state: z.string(),
  first_week: z.string(),
  last_week: z.string(),
  observed_at: z.coerce.date(),
  notified_at: z.coerce.date().nullable(),
  opened_at: z.coerce.date().nullable(),
  families: z.array(z.object({ family: z.string() })),
  named_cost_usd: z.coerce.number(),
});

export interface PersonWeek {
  email: string;
  /** 0 the first. */
  week: number;
  truth: Truth;
  /** Something was added in this week to look like more. */
  isInjected: boolean;
  injectedUsd: number;
  costUsd: number;
  creditedUsd: number;
  earnedUsd: number;
  /** Not credited as a heartbeat, a replay or a loop. */
  filteredUsd: number;
  outcomes: number;
  expectedOutcomes: number;
  /** Null: nothing was said. */
  pLowValue: number | null;
  verdict: Verdict;
  /** Families above their floor at p ≤ .01, in order. */
  families: readonly string[];
}

/** That somebody was told of a pattern, or would have been by a baseline. */
export interface Notice {
  email: string;
  /** Weeks that it is about. */
  firstWeek: number;
  lastWeek: number;
  /** In which it was told; later than the last with calls where it took that long. */
  toldInWeek: number;
}

/** What the generator knows of a person-week. */
export interface KnownWeek {
  truth: Truth;
  injectedUsd: number;
}

const FILTERED = ["heartbeat", "exact_replay", "near_replay", "loop"] as const;

export type WeekLine = z.output<typeof weekSchema>;

export function parseWeeks(jsonl: string): WeekLine[] {
  return parseLines(jsonl, weekSchema);
}

/** @param known by `email week` */
export function toPersonWeeks(
  lines: readonly WeekLine[],
  {
    calendar,
    known,
    pValueMax,
  }: { calendar: Calendar; known: ReadonlyMap<string, KnownWeek>; pValueMax: number },
): PersonWeek[] {
  const groups = Map.groupBy(lines, ({ person_email, week }) =>
    keyOf(person_email ?? "", weekOf(calendar, week)),
  );
  return [...groups].flatMap(([key, rows]) => {
    const truth = known.get(key);
    const [first] = rows;
    if (truth === undefined || first === undefined) return [];
    return [
      toPersonWeek(rows, {
        ...truth,
        email: first.person_email ?? "",
        week: weekOf(calendar, first.week),
        pValueMax,
      }),
    ];
  });
}

export function keyOf(email: string, week: number): string {
  return `${email} ${week}`;
}

function toPersonWeek(
  rows: readonly WeekLine[],
  {
    email,
    week,
    truth,
    injectedUsd,
    pValueMax,
  }: KnownWeek & { email: string; week: number; pValueMax: number },
): PersonWeek {
  const sum = (take: (row: WeekLine) => number | null | undefined): number =>
    rows.reduce((total, row) => total + (take(row) ?? 0), 0);
  const said = rows.filter(({ verdict }) => verdict !== null && verdict !== "not_enough_evidence");
  const probabilities = rows.flatMap(({ p_low_value }) => p_low_value ?? []);
  const speaking = rows.flatMap(({ signals }) =>
    signals.filter(({ above_floor, p_value }) => above_floor && p_value !== null && p_value <= pValueMax),
  );
  return {
    email,
    week,
    truth,
    isInjected: injectedUsd > 0,
    injectedUsd,
    costUsd: sum((row) => row.cost_usd),
    creditedUsd: sum((row) => row.credited_cost_usd),
    earnedUsd: sum((row) => row.earned_cost_usd),
    filteredUsd: sum((row) => FILTERED.reduce((total, reason) => total + (row.uncredited[reason] ?? 0), 0)),
    outcomes: sum((row) => row.outcomes),
    expectedOutcomes: sum((row) => row.expected_outcomes),
    pLowValue: probabilities.length === 0 ? null : Math.max(...probabilities),
    verdict:
      said.find(({ verdict }) => verdict === "low_value")?.verdict ??
      said[0]?.verdict ??
      "not_enough_evidence",
    families: [...new Set(speaking.map(({ family }) => family))].toSorted(),
  };
}

/** Patterns of which their people were told. */
export function parseNotices(jsonl: string, calendar: Calendar): Notice[] {
  return parseLines(jsonl, patternSchema).flatMap((pattern) => {
    if (pattern.notified_at === null || pattern.person_email === null) return [];
    return [
      {
        email: pattern.person_email,
        firstWeek: weekOf(calendar, pattern.first_week),
        lastWeek: weekOf(calendar, pattern.last_week),
        // A pass right after a week's end tells of that week.
        toldInWeek: Math.floor((pattern.notified_at.getTime() - DAY_MS - calendar.startOf(0)) / WEEK_MS),
      },
    ];
  });
}

function weekOf(calendar: Calendar, day: string): number {
  return Math.round((Date.parse(`${day}T00:00:00Z`) - calendar.startOf(0)) / WEEK_MS);
}

function parseLines<Row extends z.ZodType>(jsonl: string, row: Row): z.output<Row>[] {
  return jsonl
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => row.parse(JSON.parse(line)));
}
