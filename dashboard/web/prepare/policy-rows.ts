// The rules in force, each with its version, its date and how long what it is about is kept; and what a new text would change.

import type { PolicyState } from "../../../schemas/pattern-api.ts";
import type { Settings } from "../../../schemas/settings-api.ts";
import type { Retention } from "../../../schemas/retention.ts";
import { dayOf } from "./calendar.ts";
import { formatDay } from "./format.ts";

export interface RuleRow {
  rule: string;
  says: string;
  version: string;
  since: string;
}

/** `timezone`: the organisation's. */
export function toRuleRows(
  policy: PolicyState,
  settings: Settings,
  { now, timezone }: { now: Date; timezone: string },
): RuleRow[] {
  const today = dayOf(now, timezone);
  const writeDay = (instant: string): string => formatDay(dayOf(new Date(instant), timezone), today);
  const { current, scored_from: scoredFrom } = policy;
  return [
    {
      rule: "Policy",
      says:
        current === null ? "Not published yet." : "What people were told of scoring. Its text stands below.",
      version: current === null ? "–" : String(current.version),
      since: current === null ? "–" : writeDay(current.published_at),
    },
    {
      rule: "Individual scoring",
      says: tellScoring(policy),
      version: toVersion(settings.individual_scoring.version),
      since: scoredFrom === null || Date.parse(scoredFrom) === 0 ? "–" : writeDay(scoredFrom),
    },
    {
      rule: "Method",
      says: "The rules of credit, yield, signals and patterns, and their numbers.",
      version: settings.method.method_version,
      since: "–",
    },
    {
      rule: "Smallest group",
      says: `Totals are shown of ${settings.min_group} people or more.`,
      version: "–",
      since: "–",
    },
  ];
}

/** One sentence: whether, and since when. */
export function tellScoring({ individual_scoring: scoring, scored_from: from }: PolicyState): string {
  if (scoring === "off") return "Off: no yield, signal or pattern of an individual is computed.";
  if (from === null) return "Not begun: it starts with the week after the policy is published.";
  return "On: yield, signals and patterns, by the method.";
}

/** What stands in the place of a policy that was never published here. */
export function tellUnpublished({ individual_scoring: scoring }: PolicyState): string {
  if (scoring === "on")
    return "Nothing was published here. The operator has set that people were told elsewhere; this is what Assay proposes.";
  if (scoring === "off") return "Nothing was published, and nobody is scored. This is what Assay proposes.";
  return "Nothing was published yet, and nobody is scored before it is. This is what Assay proposes.";
}

function toVersion(version: number): string {
  return version === 0 ? "as configured" : String(version);
}

export interface TermRow {
  what: string;
  /** `30 days`, `until stored`. */
  term: string;
  note: string;
}

export const TERM_NAMES: Readonly<Record<Retention, string>> = {
  events: "Calls",
  sketches: "Features of calls",
  runs: "Runs and outcomes",
  weeks: "Weeks of people",
  dismissed: "Dismissed patterns",
};

const TERM_NOTES: Readonly<Record<Retention, string>> = {
  events: "Counts, cost, model and client of each call. Never a prompt or an answer.",
  sketches: "Keyed sketches, by which repetition is seen. Nobody can read a text out of them.",
  runs: "What a run did, cost and brought.",
  weeks: "Sums and yield by week; closed patterns as long.",
  dismissed: "Then nothing of them is left.",
};

/** What is kept nowhere else, and the way to the store: these terms can't be set. */
const FIXED_TERMS: readonly TermRow[] = [
  { what: "Spool", term: "until stored", note: "Records on the gateway’s disk, on their way." },
  { what: "Kafka, where it is used", term: "3 days at most", note: "The same records, on their way." },
  { what: "Dead letters", term: "14 days", note: "Records that could not be stored, with the cause." },
  { what: "Prompts and answers", term: "not kept", note: "In memory for the length of the call." },
];

const TERM_ORDER: readonly Retention[] = ["events", "sketches", "runs", "weeks", "dismissed"];

export function toTermRows({ retention: { terms } }: Pick<Settings, "retention">): TermRow[] {
  const known = TERM_ORDER.flatMap((name) => {
    const term = terms.find((one) => one.name === name);
    if (term === undefined) return [];
    const next = term.next_days === term.days ? "" : ` From the next start on ${term.next_days} days.`;
    return { what: TERM_NAMES[name], term: `${term.days} days`, note: `${TERM_NOTES[name]}${next}` };
  });
  return [...known, ...FIXED_TERMS];
}

export interface LineChange {
  kind: "same" | "added" | "removed";
  text: string;
}

/** A text of more lines is compared as one. */
const COMPARED_LINES_MAX = 500;

/** Line by line, by the longest common sequence: what of the text in force goes, and what comes. */
export function compareTexts(before: string, after: string): LineChange[] {
  const [old, next] = [toLines(before), toLines(after)];
  if (old.length > COMPARED_LINES_MAX || next.length > COMPARED_LINES_MAX)
    return [...mark(old, "removed"), ...mark(next, "added")];
  const common = measureCommon(old, next);
  const changes: LineChange[] = [];
  let [at, to] = [0, 0];
  while (at < old.length || to < next.length) {
    const isSame = at < old.length && to < next.length && old[at] === next[to];
    const isRemoved =
      !isSame && (to >= next.length || (common[at + 1]?.[to] ?? -1) >= (common[at]?.[to + 1] ?? -1));
    if (isSame) changes.push({ kind: "same", text: old[at] ?? "" });
    else if (isRemoved) changes.push({ kind: "removed", text: old[at] ?? "" });
    else changes.push({ kind: "added", text: next[to] ?? "" });
    if (isSame || isRemoved) at += 1;
    if (isSame || !isRemoved) to += 1;
  }
  return changes;
}

/** A text without a word has no lines. */
function toLines(text: string): string[] {
  return text.trim() === "" ? [] : text.trimEnd().split("\n");
}

/** The length of the longest common sequence from each pair of lines on; one more row and column of nothing. */
function measureCommon(old: readonly string[], next: readonly string[]): number[][] {
  const lengths = Array.from({ length: old.length + 1 }, () =>
    Array.from({ length: next.length + 1 }, () => 0),
  );
  for (let at = old.length - 1; at >= 0; at -= 1)
    for (let to = next.length - 1; to >= 0; to -= 1) {
      const row = lengths[at];
      if (row === undefined) continue;
      row[to] =
        old[at] === next[to]
          ? (lengths[at + 1]?.[to + 1] ?? 0) + 1
          : Math.max(lengths[at + 1]?.[to] ?? 0, row[to + 1] ?? 0);
    }
  return lengths;
}

function mark(lines: readonly string[], kind: LineChange["kind"]): LineChange[] {
  return lines.map((text) => ({ kind, text }));
}
