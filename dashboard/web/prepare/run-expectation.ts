// What was expected of a run like this, and why: in sentences, because the figures of one run say little.

import type { ModelTier } from "../../../schemas/closed-lists.ts";
import type { RunValue } from "../../../schemas/run-value-api.ts";
import { formatCost, formatCount, formatShare } from "./format.ts";
import { nameClass } from "./slices.ts";

type Expectation = NonNullable<RunValue["expectation"]>;

const TIERS: Readonly<Record<ModelTier, string>> = {
  small: "a small model",
  medium: "a medium model",
  large: "a large model",
  unknown: "a model of unknown price",
};

/** `1.1`; `0.06`. */
export function formatOutcomes(outcomes: number): string {
  return outcomes >= 1 || outcomes === 0 ? outcomes.toFixed(1) : outcomes.toFixed(2);
}

/** `Interactive runs on a large model that cost $4.00 to $16.00 brought 1.1 outcomes on average.` */
export function explainExpectation(expectation: Expectation): string[] {
  const { expected_outcomes, asked_cost_usd, is_scheduled } = expectation;
  if (expected_outcomes === 0 && asked_cost_usd === 0)
    return ["Nothing was expected of it: all of it is heartbeats, retries, failures or the client's own."];
  return [
    `${nameRuns(expectation)} are expected to bring ${formatOutcomes(expected_outcomes)} outcomes on average.`,
    ...explainVisibility(expectation),
    ...(is_scheduled
      ? ["It belongs to a schedule of yours: its volume stands apart, and it earns nothing."]
      : []),
  ];
}

function nameRuns({ workload_class, model_tier, bin_above_usd, bin_up_to_usd }: Expectation): string {
  const kind = workload_class === null ? "Runs of no declared class" : `${nameClass(workload_class)} runs`;
  return `${kind} on ${TIERS[model_tier]} that cost ${nameBin(bin_above_usd, bin_up_to_usd)}`;
}

function nameBin(above: number | null, upTo: number | null): string {
  if (above === null && upTo === null) return "anything";
  if (above === null) return `up to ${formatCost(upTo)}`;
  return upTo === null ? `more than ${formatCost(above)}` : `${formatCost(above)} to ${formatCost(upTo)}`;
}

function explainVisibility({ is_value_scored, coverage }: Expectation): string[] {
  if (is_value_scored) return [];
  return [
    coverage === null
      ? "Too few runs of this class are known to say whether their outcomes can be seen, so nothing is concluded."
      : "Most of this work leaves nothing that Assay can see, so it is not scored. Unseen is not zero.",
  ];
}

export interface Fact {
  name: string;
  value: string;
}

/** What the expectation was made of. */
export function toFacts(expectation: Expectation): Fact[] {
  const { is_shipped, baseline_runs, coverage, asked_cost_usd, pending_outcomes, reversed_outcomes } =
    expectation;
  const runs = `${formatCount(baseline_runs)} ${baseline_runs === 1 ? "run" : "runs"}`;
  return [
    {
      name: "Made of",
      value: is_shipped
        ? `Assay's shipped figures (${runs} like it so far)`
        : `${runs} like it, in the weeks before`,
    },
    { name: "Cost of what was asked for", value: formatCost(asked_cost_usd) },
    {
      name: "Class: runs whose outcomes can be seen",
      value: coverage === null ? "Not known yet" : formatShare(coverage),
    },
    { name: "Due, by its share of each", value: formatOutcomes(expectation.due_outcomes) },
    ...(pending_outcomes > 0 ? [{ name: "Not due yet", value: formatOutcomes(pending_outcomes) }] : []),
    ...(reversed_outcomes > 0 ? [{ name: "Taken back", value: formatOutcomes(reversed_outcomes) }] : []),
    { name: "Usual cost of one such outcome", value: formatCost(expectation.reference_cost_usd) },
    { name: "Earned, by that cost", value: formatCost(expectation.earned_cost_usd) },
  ];
}
