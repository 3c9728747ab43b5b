// What came of a person's work as the dashboard's server answers it and My usage reads it, under /api/v1/people/{person_id}.
//
// Always holds: as in dashboard-api.ts. Outcomes are counted by the person's shares in them. Beside nobody else's: what a yield is
// compared with is what runs of the same kind and cost brought, and no other person's figure.

import { z } from "zod";
import { VERDICTS, WORKLOAD_CLASSES } from "./closed-lists.ts";
import { OUTCOME_KINDS } from "./outcome.ts";

const day = z.iso.date();
const share = z.number().min(0);
const figure = z.number().nullable();

/** `due`: it counts. `waiting`: it will, from a day on. `reversed`: it was taken back. */
export const OUTCOME_STATES = ["due", "waiting", "reversed"] as const;

const cameSchema = z.object({
  /** On which it happened. */
  day,
  kind: z.enum(OUTCOME_KINDS),
  state: z.enum(OUTCOME_STATES),
  /** From which day on it counts, where it waits; null otherwise. */
  counts_from: day.nullable(),
  /** Shares, added up. */
  outcomes: share,
});

export const classYieldSchema = z.object({
  /** Null: undeclared. */
  workload_class: z.enum(WORKLOAD_CLASSES).nullable(),
  /** Monday of the newest week that has a figure; it is over that week and those before. */
  week: day,
  outcomes: share,
  expected: share,
  /** 1 is as expected; null: not scored. */
  yield: figure,
  yield_low: figure,
  yield_high: figure,
  verdict: z.enum(VERDICTS),
  /** Share of the class's runs whose outcomes can be seen; null: too few to tell. */
  coverage: figure,
  /** Whether the expectation is the one that Assay ships with: the organisation has too few runs of its own. */
  is_shipped: z.boolean(),
});
export type ClassYield = z.infer<typeof classYieldSchema>;

/** GET …/value?from=DAY&to=DAY, both included, at most 366 days. */
export const usageValueSchema = z.object({
  from: day,
  to: day,
  /** Whether individuals are scored at all. Off: only outcomes are told. */
  individual_scoring: z.enum(["policy", "on", "off"]),
  /** Runs that began then or later are scored; null: none are. */
  scored_from: z.iso.datetime().nullable(),
  came: z.array(cameSchema),
  /** Outcomes that count, in the same number of days just before. */
  previous_outcomes: share,
  /** Of runs that began in these days: the usual cost of what came of them, and what can't be seen. */
  earned_cost_usd: share,
  unobservable_cost_usd: share,
  /** Credited cost of runs that a registered schedule started. */
  scheduled_cost_usd: share,
  yields: z.array(classYieldSchema),
  /** What a verdict takes: so many expected outcomes, so much of a class's work that can be seen; over so many weeks. */
  expected_min: share,
  coverage_min: share,
  yield_weeks: z.int(),
});
export type UsageValue = z.infer<typeof usageValueSchema>;
