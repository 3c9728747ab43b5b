// What the kinds of outcomes are called, wherever a page speaks of one.

import type { Outcome } from "../../../schemas/outcome.ts";

export const OUTCOME_NAMES: Readonly<Record<Outcome["kind"], string>> = {
  pr_merged: "Pull request merged",
  lines_survived: "Lines that stayed",
  ticket_closed: "Ticket closed",
  check_fixed: "Check fixed on the branch",
  deploy_succeeded: "Deployment that stayed",
  edit_accepted: "Edit accepted",
  answer_used: "Answer used",
  artifact_kept: "File or document kept",
  rating_useful: "Rated useful",
  rating_not_useful: "Rated not useful",
  pr_reverted: "Pull request reverted",
  ticket_reopened: "Ticket opened again",
  deploy_rolled_back: "Deployment rolled back",
};

export function nameOutcome(kind: Outcome["kind"]): string {
  return OUTCOME_NAMES[kind];
}
