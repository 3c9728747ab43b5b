// What came of one run, what was expected of it and why: under /api/v1/people/{person_id}/runs/{run_id}.
//
// Always holds: as in dashboard-api.ts. No verdict is in it: a single run never gets one.

import { z } from "zod";
import { LINKED_BY, MODEL_TIERS, RUN_RATINGS, SIGNAL_FAMILIES, WORKLOAD_CLASSES } from "./closed-lists.ts";
import { OUTCOME_KINDS, OUTCOME_SOURCES } from "./outcome.ts";

const count = z.int().min(0);
const instant = z.iso.datetime();
const figure = z.number().nullable();
const REASON_CHARS_MAX = 500;

/** What a person can say came of a run. What has to be seen by others, or to stand for a while, is not among it. */
export const OWN_OUTCOME_KINDS = [
  "answer_used",
  "artifact_kept",
  "ticket_closed",
  "check_fixed",
  "deploy_succeeded",
  "pr_merged",
] as const;
export type OwnOutcomeKind = (typeof OWN_OUTCOME_KINDS)[number];

const runOutcomeSchema = z.object({
  outcome_id: z.string(),
  kind: z.enum(OUTCOME_KINDS),
  source: z.enum(OUTCOME_SOURCES),
  trust: z.enum(["high", "medium", "low"]),
  /** By what it was found to belong to the run; null: it was recorded, and is not linked yet. */
  linked_by: z.enum(LINKED_BY).nullable(),
  /** Of the outcome, from 0 to 1: the rest is of other runs. */
  share: z.number(),
  occurred_at: instant,
  /** Counts from then on. */
  credited_at: instant,
  /** Taken back then; null: it holds. */
  reversed_at: instant.nullable(),
  /** Link-keyed hash of its repository. */
  repo_hash: z.string().nullable(),
  /** The person says that it did not come of their runs; null: no. It counts for none of them from the next minute on. */
  dispute: z.object({ reason: z.string(), disputed_at: instant }).nullable(),
});

const expectationSchema = z.object({
  workload_class: z.enum(WORKLOAD_CLASSES).nullable(),
  model_tier: z.enum(MODEL_TIERS),
  is_scheduled: z.boolean(),
  is_observable: z.boolean(),
  /** Whether outcomes of its class can be seen; otherwise nothing follows from their absence. */
  is_value_scored: z.boolean(),
  expected_outcomes: z.number(),
  due_outcomes: z.number(),
  pending_outcomes: z.number(),
  reversed_outcomes: z.number(),
  /** Usual cost of what came out, and of one such outcome. */
  earned_cost_usd: z.number(),
  reference_cost_usd: z.number(),
  method_version: z.string(),
  /** What the expectation was made of: shipped figures, or so many runs of the organisation's own. */
  is_shipped: z.boolean(),
  baseline_runs: count,
  /** Share of the class's runs of which outcomes can be seen; null: too few runs to tell. */
  coverage: figure,
  /** As much is expected of every run above the one and up to the other; null: without end. */
  asked_cost_usd: z.number(),
  bin_above_usd: figure,
  bin_up_to_usd: figure,
});

const runSignalSchema = z.object({
  week: z.iso.date(),
  signal: z.string(),
  family: z.enum(SIGNAL_FAMILIES),
  effect: z.number(),
  floor: z.number(),
  /** What the effect is a share or a mean of. */
  cases: count,
  p_value: figure,
  speaks: z.boolean(),
  /** Whether this run is one of those that it was measured by. */
  names_run: z.boolean(),
});

/** GET …/runs/{run_id}/value. */
export const runValueSchema = z.object({
  /** Those that value is counted by, and reversals; ratings stand apart. At most 200. */
  outcomes: z.array(runOutcomeSchema),
  rating: z.enum(RUN_RATINGS).nullable(),
  /** Until then outcomes may fall due. */
  settles_at: instant,
  /** Null: this run is not scored. Whether any is, `is_scoring_on` says. */
  expectation: expectationSchema.nullable(),
  is_scoring_on: z.boolean(),
  /** Of the weeks of the run; none while scoring is off. */
  signals: z.array(runSignalSchema),
});
export type RunValue = z.infer<typeof runValueSchema>;
export type RunOutcome = RunValue["outcomes"][number];

/** POST …/outcomes: answered when it is durable; it is linked within a minute. One of each kind and run. */
export const ownOutcomeSchema = z.strictObject({ kind: z.enum(OWN_OUTCOME_KINDS) });

/** POST …/rating: replaces the one before. */
export const runRatingSchema = z.strictObject({ rating: z.enum(RUN_RATINGS) });

/** POST …/disputes; DELETE …/disputes?outcome_id=… takes it back. Both answer with a `runValueSchema`. */
export const newDisputeSchema = z.strictObject({
  outcome_id: z.string().min(1).max(512),
  reason: z.string().trim().min(1).max(REASON_CHARS_MAX),
});
export const disputedSchema = newDisputeSchema.pick({ outcome_id: true });
