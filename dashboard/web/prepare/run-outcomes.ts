// What came of a run, in words: what it was, how it was found to belong to the run, how far it is believed, and from when on it
// counts.

import type { LinkedBy } from "../../../schemas/closed-lists.ts";
import type { OwnOutcomeKind, RunOutcome, RunValue } from "../../../schemas/run-value-api.ts";
import { dayOf } from "./calendar.ts";
import { formatDay, formatShare } from "./format.ts";
import { nameOutcome } from "./outcome-names.ts";

/** As the person would say it of themselves. */
export const OWN_KIND_SENTENCES: Readonly<Record<OwnOutcomeKind, string>> = {
  answer_used: "I used the answer",
  artifact_kept: "I kept a file or document that it made",
  ticket_closed: "It closed a ticket",
  check_fixed: "A check that failed passes now",
  deploy_succeeded: "It was deployed",
  pr_merged: "It was merged",
};

/** Of what is not by the person's own word. */
const LINKED: Readonly<Record<LinkedBy, string>> = {
  run: "Linked by the run's id",
  request: "Linked by the id of a request",
  session: "Linked by the session's id",
  files: "Linked by files that the run wrote, shortly before",
};

const TRUSTS: Readonly<Record<RunOutcome["trust"], string>> = {
  high: "High trust.",
  medium: "Medium trust.",
  low: "Low trust: it earns nothing.",
};

export interface OutcomeRow {
  id: string;
  title: string;
  /** How it was linked, and how far it is believed. */
  link: string;
  /** From when on it counts, or since when it does not. */
  when: string;
  /** `void`: taken back or disputed. */
  state: "due" | "waiting" | "void";
  dispute: { reason: string; sentence: string } | null;
  canDispute: boolean;
  isOwn: boolean;
}

/** `timezone` is the viewer's own, and given only where the viewer's browser is not asked. */
export function toOutcomeRows({ outcomes }: RunValue, now: Date, timezone?: string): OutcomeRow[] {
  const viewerZone = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = dayOf(now, viewerZone);
  const toDay = (instant: string): string => formatDay(dayOf(new Date(instant), viewerZone), today);
  return outcomes.map((outcome) => {
    const { dispute, linked_by, source } = outcome;
    const isOwn = source === "self";
    return {
      id: outcome.outcome_id,
      title: nameOutcome(outcome.kind),
      link: describeLink(outcome),
      when: describeTime(outcome, now, toDay),
      state: toState(outcome, now),
      dispute: dispute && {
        reason: dispute.reason,
        sentence: `You disputed it on ${toDay(dispute.disputed_at)}. It counts for none of your runs.`,
      },
      canDispute: dispute === null && linked_by !== null,
      isOwn,
    };
  });
}

function describeLink({ linked_by, source, trust, share, repo_hash }: RunOutcome): string {
  if (linked_by === null) return "By your own word. Recorded; it is linked within a minute.";
  const parts = [
    source === "self" ? "By your own word." : `${LINKED[linked_by]}.`,
    TRUSTS[trust],
    ...(share < 1 ? [`This run's share is ${formatShare(share)}.`] : []),
    ...(repo_hash === null ? [] : [`Repository ${nameRepository(repo_hash)}.`]),
  ];
  return parts.join(" ");
}

function describeTime(
  { credited_at, occurred_at, reversed_at, linked_by }: RunOutcome,
  now: Date,
  toDay: (instant: string) => string,
): string {
  if (linked_by === null) return `Said on ${toDay(occurred_at)}.`;
  if (reversed_at !== null && Date.parse(reversed_at) <= now.getTime())
    return `Taken back on ${toDay(reversed_at)}; it no longer counts.`;
  return Date.parse(credited_at) <= now.getTime()
    ? `Counted since ${toDay(credited_at)}.`
    : `It counts from ${toDay(credited_at)}, if it still holds then.`;
}

function toState(
  { dispute, reversed_at, credited_at, linked_by }: RunOutcome,
  now: Date,
): OutcomeRow["state"] {
  const isReversed = reversed_at !== null && Date.parse(reversed_at) <= now.getTime();
  if (dispute !== null || isReversed) return "void";
  return linked_by !== null && Date.parse(credited_at) <= now.getTime() ? "due" : "waiting";
}

const HASH_CHARS = 6;

/** `#a91c3f`: Assay knows repositories by their hashes alone. */
export function nameRepository(hash: string): string {
  return `#${hash.slice(0, HASH_CHARS)}`;
}

/** How many count, and how many may count later. */
export function countOutcomes(rows: readonly OutcomeRow[]): { due: number; waiting: number } {
  const count = (state: OutcomeRow["state"]): number => rows.filter((row) => row.state === state).length;
  return { due: count("due"), waiting: count("waiting") };
}
