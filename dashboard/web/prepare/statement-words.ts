// Who said what of a pattern, named for its person; and what each answer that a person can give brings about.
//
// Always holds: what follows from an answer is said before it is chosen, and is what the server does.

import type { OwnPattern, Statement } from "../../../schemas/pattern-api.ts";
import { CAUSE_NAMES } from "./pattern-words.ts";
import { nameClass } from "./slices.ts";

/** `You: a test or an evaluation, class Evaluation`; `The privacy officer: the contest is right`. */
export function nameStatement({ kind, cause, workload_class, is_upheld }: Statement): string {
  const what = cause === null || cause === "other" ? "in your own words" : lowerFirst(CAUSE_NAMES[cause]);
  const names: Record<Statement["kind"], string> = {
    explanation: `You: ${what}${workload_class === null ? "" : `, class ${nameClass(workload_class)}`}`,
    contest: "You: the finding is wrong",
    answer: `The privacy officer: ${is_upheld === true ? "the contest is right" : "the finding stands"}`,
    decision: "Your manager's decision",
  };
  return names[kind];
}

export const ANSWERS = ["scheduled_job", "test", "client_default", "other", "wrong"] as const;
export type Answer = (typeof ANSWERS)[number];

export interface AnswerOption {
  answer: Answer;
  label: string;
  consequence: string;
  isPossible: boolean;
}

export function toAnswerOptions(
  pattern: Pick<OwnPattern, "state" | "families" | "can_contest" | "is_contested">,
): AnswerOption[] {
  const isOpen = pattern.state === "open";
  const manager = isOpen
    ? "Your manager reads it and decides."
    : "If the pattern opens, your manager reads it first.";
  const consequences: Record<Answer, string> = {
    scheduled_job: tellOfSchedule(pattern),
    test: `Say what was tested. ${manager} Accepted, it closes the pattern and gives these runs the class.`,
    client_default: `Say which client, and what it does by itself. ${manager}`,
    other: `Explain in your own words. ${manager}`,
    wrong: pattern.can_contest
      ? "Contest it, which is possible once. The clock stops, and the privacy officer sees the pattern with your name and answers."
      : pattern.is_contested
        ? "You contested it. The privacy officer will answer."
        : "You contested it, and it was answered. That is possible once.",
  };
  return ANSWERS.map((answer) => ({
    answer,
    label: LABELS[answer],
    consequence: consequences[answer],
    isPossible: answer !== "wrong" || pattern.can_contest,
  }));
}

const LABELS: Readonly<Record<Answer, string>> = {
  scheduled_job: "A scheduled job",
  test: "A test or an evaluation",
  client_default: "A client or tool default",
  other: "Something else",
  wrong: "The finding is wrong",
};

function tellOfSchedule({ state, families }: Pick<OwnPattern, "state" | "families">): string {
  const kept = "Register it. Its runs are shown apart as scheduled, and count toward no target.";
  if (state === "open") return `${kept} Your manager reads what you say and decides.`;
  return families.includes("schedule") || families.includes("no_op")
    ? `${kept} If it started most of these runs, the pattern closes by itself soon after. That works twice in 28 days.`
    : `${kept} This pattern is not about timers, so that alone does not close it.`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
