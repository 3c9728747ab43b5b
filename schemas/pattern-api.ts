// Patterns and the policy as the dashboard's server answers them and its pages read them.
//
//   /api/v1/policy                                      what people were told of scoring; POST by the owner publishes
//   /api/v1/people/{person_id}/patterns                 a person's own, from `notified` on
//   …/patterns/{pattern_id}/explain, …/contest          POST by that person
//   /api/v1/review/patterns                             open ones of a manager's own reports; contested ones for the officer
//   /api/v1/review/patterns/{pattern_id}                one of them; that it was looked at stands in the person's audit
//   …/{pattern_id}/decision                             POST by the manager
//   …/{pattern_id}/answer                               POST by the officer
//
// Always holds: no figure by which people could be sorted; of value only that of the pattern's own runs, and only where enough
// was expected of them; lists across people are in the order in which patterns opened, or were contested.

import { z } from "zod";
import {
  PATTERN_CLOSINGS,
  PATTERN_STATEMENTS,
  PATTERN_STATES,
  SIGNAL_FAMILIES,
  WORKLOAD_CLASSES,
} from "./closed-lists.ts";

export const POLICY_CHARS_MAX = 20_000;
const SAID_CHARS_MAX = 2000;

const instant = z.iso.datetime();
const day = z.iso.date();
const usd = z.string().regex(/^\d+(\.\d+)?$/);
const said = z.string().trim().min(1).max(SAID_CHARS_MAX);
const workloadClass = z.enum(WORKLOAD_CLASSES);

const publishedPolicySchema = z.object({
  version: z.int(),
  text: z.string(),
  /** Of the rules and numbers that it speaks of. */
  method_version: z.string(),
  published_at: instant,
});

export const policyStateSchema = z.object({
  individual_scoring: z.enum(["policy", "on", "off"]),
  /** Runs that began then or later are scored; null: none are. */
  scored_from: instant.nullable(),
  current: publishedPolicySchema.nullable(),
  /** Newest first. */
  versions: z.array(publishedPolicySchema),
  /** What Assay proposes, with the numbers in force. */
  proposed_text: z.string(),
});
export type PolicyState = z.infer<typeof policyStateSchema>;

export const newPolicySchema = z.strictObject({ text: z.string().trim().min(1).max(POLICY_CHARS_MAX) });

/** What one signal found, week by week. */
const findingSchema = z.object({
  family: z.enum(SIGNAL_FAMILIES),
  signal: z.string(),
  question: z.string(),
  rule: z.string(),
  /** Honest ways to the same effect. */
  innocents: z.array(z.string()),
  floor: z.number(),
  weeks: z.array(
    z.object({
      week: day,
      effect: z.number(),
      /** What the effect is a share or a mean of. */
      cases: z.int(),
      p_value: z.number(),
      cost_usd: usd,
      /** Dearest first, 500 at most. */
      run_ids: z.array(z.string()),
    }),
  ),
});

const statementSchema = z.object({
  kind: z.enum(PATTERN_STATEMENTS),
  said_at: instant,
  text: z.string(),
  workload_class: workloadClass.nullable(),
  is_upheld: z.boolean().nullable(),
});

/** A pattern to discuss. */
export const patternSchema = z.object({
  pattern_id: z.uuid(),
  state: z.enum(PATTERN_STATES),
  families: z.array(z.enum(SIGNAL_FAMILIES)),
  first_week: day,
  last_week: day,
  notified_at: instant.nullable(),
  opened_at: instant.nullable(),
  closed_at: instant.nullable(),
  closed_by: z.enum(PATTERN_CLOSINGS).nullable(),
  /** While a contest waits for its answer, the clock stands still. */
  is_contested: z.boolean(),
  /** Whether the person can still contest it: once a pattern. */
  can_contest: z.boolean(),
  /** Working days left until the next thing happens by itself; null: nothing does. */
  working_days_left: z.int().nullable(),
  /** List price of the runs that it names. */
  cost_usd: usd,
  /** Of those runs; null: not enough evidence. */
  value: z
    .object({ due_outcomes: z.number(), expected_outcomes: z.number(), p_low_value: z.number() })
    .nullable(),
  findings: z.array(findingSchema),
  statements: z.array(statementSchema),
  /** What would change it, a sentence each. */
  remedies: z.array(z.string()),
});
export type Pattern = z.infer<typeof patternSchema>;

/** GET …/people/{person_id}/patterns: those that are not closed first, newest first. */
export const patternsSchema = z.object({
  individual_scoring: z.enum(["policy", "on", "off"]),
  scored_from: instant.nullable(),
  patterns: z.array(patternSchema),
});
export type Patterns = z.infer<typeof patternsSchema>;

/** POST …/explain. It is the manager who accepts it, when the pattern opens; a class says what kind of work it was. */
export const explanationSchema = z.strictObject({ text: said, workload_class: workloadClass.optional() });
/** POST …/contest. */
export const contestSchema = z.strictObject({ text: said });
/** POST …/decision. `explained`: the explanation is accepted, and declares the class of the runs where it names one. */
export const decisionSchema = z.strictObject({
  decision: z.enum(["explained", "resolved", "dismissed"]),
  text: said,
});
/** POST …/answer. A contest that is upheld dismisses the pattern; otherwise its clock goes on. */
export const answerSchema = z.strictObject({ is_upheld: z.boolean(), text: said });

/** GET /api/v1/review/patterns: the longest open first. */
export const reviewSchema = z.object({
  patterns: z.array(
    z.object({
      pattern_id: z.uuid(),
      person_name: z.string(),
      state: z.enum(PATTERN_STATES),
      is_contested: z.boolean(),
      opened_at: instant.nullable(),
    }),
  ),
});
export type Review = z.infer<typeof reviewSchema>;

/** GET /api/v1/review/patterns/{pattern_id}. */
export const reviewedPatternSchema = patternSchema.extend({ person_name: z.string() });
export type ReviewedPattern = z.infer<typeof reviewedPatternSchema>;
