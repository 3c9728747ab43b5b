// What was measured of a pattern: each signal against its floor by week, and the cost of the runs that they name.
//
// Always holds: what the person was told with stays; weeks are in order, and one in which a signal did not speak is a gap.

import type { Finding, OwnPattern, Pattern, PatternRuns } from "../../../schemas/pattern-api.ts";
import { addDays } from "./calendar.ts";
import { formatCost, formatCount, formatDay, formatShare } from "./format.ts";

const DAYS_PER_WEEK = 7;
/** More of them at a time than evidence is kept. */
const WEEKS_MAX = 60;

interface SignalWords {
  name: string;
  /** What the effect is of, for so many cases: `of 263 prompts`. */
  of: string;
  isLength?: boolean;
}

const SIGNALS: Readonly<Record<string, SignalWords>> = {
  replay_clusters: { name: "Replay", of: "of # prompts are near-copies of each other" },
  prompt_variety: { name: "Variety of prompts", of: "of # prompts repeat an earlier one" },
  phase_lock: { name: "Schedule", of: "over # starts", isLength: true },
  no_op_runs: { name: "Runs without an effect", of: "of the cost of # runs" },
  repeated_lines: { name: "Repeated lines", of: "of # longer prompts" },
  shared_blocks: { name: "Shared paragraphs", of: "of # prompts" },
  cut_off_answers: { name: "Cut-off answers", of: "of # last answers" },
  alike_agents: { name: "Alike sub-agents", of: "of # sub-agents" },
  echoed_answers: { name: "Echo", of: "of the cost, in # rounds" },
  changing_prefixes: { name: "Caches written anew", of: "of # continued calls" },
};

export interface MeasuredWeek {
  week: string;
  /** `9 Nov`. */
  label: string;
  /** Null: the signal did not speak in that week. */
  value: number | null;
  text: string;
  /** Within the weeks looked at last. */
  isRecent: boolean;
}

export interface Measurement {
  signal: string;
  name: string;
  question: string;
  rule: string;
  /** `of 263 prompts are near-copies of each other` */
  of: string;
  /** `96 % of 263 prompts are near-copies of each other, in the week of 9 Nov.` */
  sentence: string;
  effect: number;
  effectText: string;
  floor: number;
  floorText: string;
  /** `p < .001` */
  chance: string;
  innocents: string;
  weeks: MeasuredWeek[];
}

export function toMeasurements(
  { findings, recent }: Pick<Pattern, "findings" | "recent">,
  today: string,
): Measurement[] {
  const mondays = listMondays(findings);
  return findings.flatMap((finding) => {
    const newest = finding.weeks.at(-1);
    if (newest === undefined) return [];
    const words = SIGNALS[finding.signal];
    const write = (effect: number): string =>
      words?.isLength ? `R ${formatDecimals(effect)}` : formatShare(effect);
    const of = (words?.of ?? "of #").replace("#", formatCount(newest.cases));
    return {
      signal: finding.signal,
      name: words?.name ?? finding.signal.replaceAll("_", " "),
      question: finding.question,
      rule: finding.rule,
      of,
      sentence: `${write(newest.effect)} ${of}, in the week of ${formatDay(newest.week, today)}.`,
      effect: newest.effect,
      effectText: write(newest.effect),
      floor: finding.floor,
      floorText: write(finding.floor),
      chance: formatChance(newest.p_value),
      innocents: finding.innocents.join("; "),
      weeks: mondays.map((week) => {
        const effect = finding.weeks.find((each) => each.week === week)?.effect ?? null;
        return toWeek(week, { value: effect, text: effect === null ? "–" : write(effect), recent, today });
      }),
    };
  });
}

export interface SizeView {
  /** What the person was told with, and the same of the weeks looked at last, plainly apart where they differ. */
  sentences: string[];
  /** Dearest signal of each week, so that no run counts twice. */
  weeks: MeasuredWeek[];
}

export function toSize(
  { findings, told, recent }: Pick<Pattern, "findings" | "told" | "recent">,
  today: string,
): SizeView {
  const day = (week: string): string => formatDay(week, today);
  const span =
    told.from_week >= told.last_week
      ? `in the week of ${day(told.last_week)}`
      : `in the weeks from ${day(told.from_week)} to ${day(told.last_week)}`;
  const toldCost = formatCost(Number(told.cost_usd));
  const weeks = listMondays(findings).map((week) => {
    const costs = findings.flatMap((finding) =>
      finding.weeks.filter((each) => each.week === week).map((each) => Number(each.cost_usd)),
    );
    const cost = costs.length === 0 ? null : Math.max(...costs);
    return toWeek(week, { value: cost, text: formatCost(cost), recent, today });
  });
  return {
    sentences: [
      `The notice was of ${toldCost} at list price, ${span}.`,
      ...(recent === null || (recent.cost_usd === told.cost_usd && told.from_week >= recent.from_week)
        ? []
        : [
            `In the ${recent.weeks} weeks from ${day(recent.from_week)}, which are what counts now, it is ${formatCost(Number(recent.cost_usd))}.`,
          ]),
      ...(recent === null
        ? []
        : [`${recent.weeks_with_it} of the last ${recent.weeks} weeks have the pattern.`]),
    ],
    weeks,
  };
}

/** `The floor is $50.00, or a quarter of your own volume where that is more: $62.40 for you.` */
export function tellCostFloor({ cost_floor_usd }: Pick<OwnPattern, "cost_floor_usd">): string {
  return `The floor for you is ${formatCost(Number(cost_floor_usd))} in those weeks: a fixed amount, or a share of your own volume where that is more. Nobody else sees it.`;
}

/** `1 384 of 1 511 starts fall in the same minute of 15. Spread evenly it would be 101.` */
export function tellStarts({ counts, period_minutes }: NonNullable<PatternRuns["starts"]>): string {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const even = Math.round(all / period_minutes);
  return `${formatCount(Math.max(0, ...counts))} of ${formatCount(all)} starts fall in the same minute of ${period_minutes}. Spread evenly it would be ${formatCount(even)}.`;
}

/** `1.22 (0.88 to 1.60)` */
export function formatInterval({ mean, low, high }: { mean: number; low: number; high: number }): string {
  return `${formatDecimals(mean)} (${formatDecimals(low)} to ${formatDecimals(high)})`;
}

export function formatDecimals(value: number): string {
  return value.toFixed(2);
}

/** `p < .001`, `p = .004` */
export function formatChance(pValue: number): string {
  return pValue < 0.001 ? "p < .001" : `p = ${pValue.toFixed(3).replace(/^0/, "")}`;
}

/** Every week from the first that any of them has to the last. */
function listMondays(findings: readonly Finding[]): string[] {
  const found = findings.flatMap(({ weeks }) => weeks.map(({ week }) => week)).toSorted();
  const [first = ""] = found;
  const last = found.at(-1) ?? "";
  const mondays = Array.from({ length: WEEKS_MAX }, (_, at) => at * DAYS_PER_WEEK);
  return found.length === 0 ? [] : mondays.map((days) => addDays(first, days)).filter((week) => week <= last);
}

function toWeek(
  week: string,
  more: { value: number | null; text: string; recent: Pattern["recent"]; today: string },
): MeasuredWeek {
  const { value, text, recent, today } = more;
  const isRecent = recent !== null && week >= recent.from_week;
  return { week, label: formatDay(week, today), value, text, isRecent };
}
