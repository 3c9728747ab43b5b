// What an outcome is worth in value points, by kind. Points are for display: the yield counts each due outcome as 1, and earned
// volume takes the usual cost of one.
//
// Always holds: a kind that is not here is no thing of value (a reversal takes back what it reverses; a rating "not useful" says
// that nothing came out) and counts nowhere.

import type { Outcome } from "../outcome.ts";

interface Weight {
  points: number;
  reason: string;
}

export const OUTCOME_WEIGHTS = {
  pr_merged: { points: 10, reason: "Somebody else read the change and took it: the surest sign of all." },
  lines_survived: {
    points: 2,
    reason:
      "For each power of ten of effective lines that still stood after seven days: the tenth hundred is not worth the first.",
  },
  ticket_closed: {
    points: 5,
    reason: "What was asked for is done, and nobody asked again within seven days.",
  },
  check_fixed: {
    points: 3,
    reason: "What failed passes now, on the same branch; small, but a machine saw it.",
  },
  deploy_succeeded: {
    points: 5,
    reason: "It reached those it is for, and was not taken back for seven days.",
  },
  edit_accepted: { points: 1, reason: "A person took an edit and kept it; there are many of them in a day." },
  answer_used: { points: 1, reason: "An answer was used; that is what most questions are for." },
  artifact_kept: { points: 2, reason: "A document or file that was made was kept." },
  rating_useful: {
    points: 1,
    reason: "The person says that it was useful: always accepted, and never more than a word.",
  },
} as const satisfies Partial<Record<Outcome["kind"], Weight>>;

/** Kinds of which each due outcome counts. */
export const VALUE_KINDS: readonly string[] = Object.keys(OUTCOME_WEIGHTS);
