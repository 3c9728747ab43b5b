// What a change of a rule would do, in sentences with figures: how many scores are made again or go, how many records are older than a
// new term.
//
// Always holds: figures are of everybody together, and of fewer people than the smallest group there is none.

import { RETENTIONS, type Retention } from "../../../schemas/retention.ts";
import { keptRows } from "../queries/kept-rows.ts";
import { scoredRows } from "../queries/scored-rows.ts";
import type { ChangeContext } from "./planned-change.ts";

const DAY_MS = 86_400_000;
const DAY = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

const KINDS: Readonly<Record<Retention, string>> = {
  sketches: "Features of calls",
  events: "Calls",
  runs: "Runs",
  weeks: "Weeks of people",
  dismissed: "Dismissed patterns",
};

export async function tellRescored(
  { stores, organisation, now }: ChangeContext,
  more: string,
): Promise<string[]> {
  const [scored] = await stores.clickhouse.query(scoredRows, { min_group: organisation, now });
  const what =
    scored === undefined
      ? "Every score that there is will be made again."
      : `${formatCount(scored.runs)} scores of runs and ${formatCount(scored.weeks)} of weeks will be made again.`;
  return [what, ...(more === "" ? [] : [more])];
}

export async function tellScoring(
  { stores, organisation, now }: ChangeContext,
  isOff: boolean,
): Promise<string[]> {
  if (!isOff)
    return [
      "Individuals are scored again, as the operator has it and not before the policy was published.",
      "Every run whose calls are still kept is scored anew; people see their yield, and patterns can be found.",
    ];
  const [scored] = await stores.clickhouse.query(scoredRows, { min_group: organisation, now });
  return [
    scored === undefined
      ? "Every score of a run or a week is removed."
      : `${formatCount(scored.runs)} scores of runs and ${formatCount(scored.weeks)} of weeks are removed.`,
    "No pattern is looked for, and where there is one, nobody is shown it.",
    "People keep their counts, their cost, and the reasons why calls are not credited.",
  ];
}

type Days = Readonly<Partial<Record<Retention, number | null | undefined>>>;

export async function tellRetention(context: ChangeContext, days: Days): Promise<string[]> {
  const { stores, config, organisation: min_group, now } = context;
  const next = RETENTIONS.flatMap((name) => {
    const given = days[name];
    return given === undefined ? [] : [{ name, days: given ?? config.retentionDays[name] }];
  });
  const before = (name: Retention): Date => {
    const term = next.find((one) => one.name === name)?.days ?? config.retentionDays[name];
    return new Date(now.getTime() - term * DAY_MS);
  };
  const kept = await stores.clickhouse.query(keptRows, {
    min_group,
    now,
    events_before: before("events"),
    sketches_before: before("sketches"),
    runs_before: before("runs"),
    weeks_before: before("weeks"),
  });
  return next.map(({ name, days: term }) => {
    const was = config.retentionDays[name];
    const change = `${KINDS[name]} are kept ${term} days instead of ${was}.`;
    if (name === "dismissed") return `${change} Older ones go with the first pass after the start.`;
    return `${change} ${tellKept(
      kept.find(({ kind }) => kind === name),
      term,
    )}`;
  });
}

function tellKept(
  kept: { rows: number; older: number; last_expires_at: Date } | undefined,
  days: number,
): string {
  if (kept === undefined) return "What is there now keeps the term under which it came in.";
  const { rows, older, last_expires_at: last } = kept;
  const ages =
    older === 0
      ? `None of the ${formatCount(rows)} that are there now is older than ${days} days.`
      : `${formatCount(older)} of the ${formatCount(rows)} that are there now are older than ${days} days.`;
  return `${ages} All of them keep the term under which they came in: the last goes on ${DAY.format(last)}.`;
}

function formatCount(value: number): string {
  return value.toLocaleString("en-US").replaceAll(",", "\u202F");
}
