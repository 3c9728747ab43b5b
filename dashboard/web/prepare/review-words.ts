// A pattern in words for whoever discusses it: its days, what its person says, what is to be considered, and what each decision does.
//
// Always holds: what the person says comes in their own words, unchanged; no decision is named or told as a punishment, for there is none.

import type { Pattern, Review, Statement } from "../../../schemas/pattern-api.ts";
import { dayOf } from "./calendar.ts";
import { formatDay } from "./format.ts";
import { CAUSE_NAMES, nameMechanisms } from "./pattern-words.ts";
import { nameClass } from "./slices.ts";

/** `told on 11 Nov, explained on 24 Nov, open since 26 Nov` */
export function tellMilestones(
  { notified_at, opened_at, statements }: Pick<Pattern, "notified_at" | "opened_at" | "statements">,
  today: string,
  timezone: string,
): string {
  const on = (instant: string): string => formatDay(dayOf(new Date(instant), timezone), today);
  const first = (kind: Statement["kind"]): string | undefined =>
    statements.find((statement) => statement.kind === kind)?.said_at;
  const [explained, contested] = [first("explanation"), first("contest")];
  return [
    ...(notified_at === null ? [] : [`told on ${on(notified_at)}`]),
    ...(explained === undefined ? [] : [`explained on ${on(explained)}`]),
    ...(contested === undefined ? [] : [`contested on ${on(contested)}`]),
    ...(opened_at === null ? [] : [`open since ${on(opened_at)}`]),
  ].join(", ");
}

export interface Words {
  key: string;
  text: string;
  facts: { name: string; value: string }[];
}

/** What the person says, latest first, and what the officer answered to it. */
export function toWords(statements: readonly Statement[]): Words[] {
  const answer = statements.find(({ kind }) => kind === "answer");
  return statements
    .filter(({ kind }) => kind === "explanation" || kind === "contest")
    .toReversed()
    .map((statement) => ({
      key: `${statement.said_at} ${statement.kind}`,
      text: statement.text,
      facts: toFacts(statement, answer),
    }));
}

function toFacts({ kind, cause, workload_class }: Statement, answer: Statement | undefined): Words["facts"] {
  if (kind === "contest")
    return [
      { name: "Chose", value: "The finding is wrong" },
      ...(answer === undefined ? [] : [{ name: "Privacy officer", value: answer.text }]),
    ];
  return [
    { name: "Chose", value: CAUSE_NAMES[cause ?? "other"] },
    ...(workload_class === null ? [] : [{ name: "Class", value: nameClass(workload_class) }]),
  ];
}

/** Honest ways to the same, each once. */
export function toInnocents({ findings }: Pick<Pattern, "findings">): string[] {
  const ways = findings.flatMap(({ innocents }) => innocents.map((way) => `${capitalise(way)}.`));
  return [...new Set([...ways, "Work whose results Assay can't see."])];
}

export interface ReviewRow {
  patternId: string;
  name: string;
  mechanisms: string;
  /** `Decision due 10 Dec`; `Answer due 10 Dec`; what it waits for otherwise. */
  due: string;
}

export function toReviewRows({ patterns }: Review, today: string): ReviewRow[] {
  return patterns.map(({ pattern_id, families, asks, due_on }) => {
    const day = due_on === null ? "" : ` due ${formatDay(due_on, today)}`;
    const due = {
      decision: `Decision${day}`,
      answer: `Answer${day}`,
      nothing: "Waits for the privacy officer",
    };
    return {
      patternId: pattern_id,
      name: nameMechanisms(families),
      mechanisms: `${families.length} ${families.length === 1 ? "mechanism" : "mechanisms"}`,
      due: due[asks],
    };
  });
}

/** `2 to discuss`, `1 to answer`, `2 to discuss, 1 to answer`; what is asked of nobody here is named as waiting. */
export function countAsked({ patterns }: Review): string {
  const count = (asks: Review["patterns"][number]["asks"]): number =>
    patterns.filter((pattern) => pattern.asks === asks).length;
  const parts = [
    { count: count("decision"), what: "to discuss" },
    { count: count("answer"), what: "to answer" },
    { count: count("nothing"), what: "waiting" },
  ];
  const said = parts.filter((part) => part.count > 0).map((part) => `${part.count} ${part.what}`);
  return said.length === 0 ? "Nothing to discuss" : said.join(", ");
}

export interface DecisionOption {
  decision: "explained" | "resolved" | "dismissed";
  label: string;
  consequence: string;
}

/** The latest explanation's class is the one that is declared. */
export function toDecisionOptions(statements: readonly Statement[]): DecisionOption[] {
  const workloadClass = statements.findLast(({ kind }) => kind === "explanation")?.workload_class ?? null;
  const declared =
    workloadClass === null
      ? "No class was named, so none is declared."
      : `It declares the class ${nameClass(workloadClass)} for these runs.`;
  return [
    {
      decision: "explained",
      label: "Explained",
      consequence: `You accept the explanation, which closes it. ${declared} The same is not raised again for some months.`,
    },
    {
      decision: "resolved",
      label: "Talked, and settled",
      consequence: "It closes. Nothing else changes; the same could be noticed again in later weeks.",
    },
    {
      decision: "dismissed",
      label: "Not convincing",
      consequence:
        "The evidence does not hold, which closes it. The same is not raised again for some months.",
    },
  ];
}

export const DECIDED: Readonly<Record<DecisionOption["decision"], string>> = {
  explained: "Recorded as explained. Its person sees that, with your reason.",
  resolved: "Recorded as settled. Its person sees that, with your reason.",
  dismissed: "Recorded: the evidence is not convincing. Its person sees that, with your reason.",
};

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
