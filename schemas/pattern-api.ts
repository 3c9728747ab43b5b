// Patterns and the policy as the dashboard's server answers them and its pages read them.
//
//   /api/v1/policy                                      what people were told of scoring; POST by the owner publishes
//   /api/v1/people/{person_id}/patterns                 a person's own, from `notified` on, and who has looked at them
//   …/patterns/{pattern_id}/runs                        the runs that it names, and how their starts fall
//   …/patterns/{pattern_id}/explain, …/contest          POST by that person
//   /api/v1/review/patterns                             open ones of a manager's own reports; contested ones for the officer; no names
//   /api/v1/review/patterns/{pattern_id}                one of them; that it was looked at stands in the person's audit
//   …/{pattern_id}/decision                             POST by the manager
//   …/{pattern_id}/answer                               POST by the officer
//
// Always holds: no figure by which people could be sorted; of value only that of the pattern's own runs, and only where enough
// was expected of them; lists across people name nobody, and are in the order in which something is due.

import { z } from "zod";
import {
  PATTERN_CAUSES,
  PATTERN_CLOSINGS,
  PATTERN_STATEMENTS,
  PATTERN_STATES,
  SIGNAL_FAMILIES,
  WORKLOAD_CLASSES,
} from "./closed-lists.ts";

export const POLICY_CHARS_MAX = 20_000;
export const SAID_CHARS_MAX = 2000;

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
  /** Of an explanation. */
  cause: z.enum(PATTERN_CAUSES).nullable(),
  workload_class: workloadClass.nullable(),
  is_upheld: z.boolean().nullable(),
});
export type Statement = z.infer<typeof statementSchema>;

/** What comes next by itself, and when. */
const clockSchema = z.object({
  /** `opens`: the manager sees it, if it still holds. `lapses`: without an answer to the contest it is dismissed. */
  until: z.enum(["opens", "lapses", "expires"]),
  /** Working days that it takes, in order; it comes on the day after the last. */
  days: z.array(day),
  days_left: z.int(),
  ends_on: day,
});
export type PatternClock = z.infer<typeof clockSchema>;

/** Of the named runs, in the weeks looked at last. */
const valueSchema = z.object({
  expected_outcomes: z.number(),
  /** With fewer expected outcomes nothing more is said. */
  expected_outcomes_min: z.number(),
  /** 1 is as expected; null: not enough evidence. */
  yield: z
    .object({
      due_outcomes: z.number(),
      p_low_value: z.number(),
      mean: z.number(),
      low: z.number(),
      high: z.number(),
    })
    .nullable(),
});
export type PatternValue = z.infer<typeof valueSchema>;

/** A pattern to discuss, as everybody sees it who may see it. */
export const patternSchema = z.object({
  pattern_id: z.uuid(),
  state: z.enum(PATTERN_STATES),
  families: z.array(z.enum(SIGNAL_FAMILIES)),
  /** Monday of the first week that has it. */
  first_week: day,
  notified_at: instant.nullable(),
  opened_at: instant.nullable(),
  closed_at: instant.nullable(),
  closed_by: z.enum(PATTERN_CLOSINGS).nullable(),
  /** While a contest waits for its answer, the clock stands still. */
  is_contested: z.boolean(),
  /** Null: nothing comes by itself. */
  clock: clockSchema.nullable(),
  /** Distinct ones that the findings name. */
  runs: z.int(),
  /** What the person was told with: list price of the runs that it named in the weeks looked at by then, first to last that had it. */
  told: z.object({ cost_usd: usd, from_week: day, last_week: day }),
  /** The same in the weeks looked at last, which move on; null: it is closed, and nothing is looked at any more. */
  recent: z.object({ from_week: day, weeks: z.int(), weeks_with_it: z.int(), cost_usd: usd }).nullable(),
  value: valueSchema,
  findings: z.array(findingSchema),
  statements: z.array(statementSchema),
  /** What would change it, a sentence each. */
  remedies: z.array(z.string()),
});
export type Pattern = z.infer<typeof patternSchema>;
export type Finding = Pattern["findings"][number];

/** Who looked at it: the manager, the officer, or an operator, who has no name here. */
const lookSchema = z.object({
  at: instant,
  /** `listed`: it stood in their list, without a name; told once. */
  what: z.enum(["listed", "opened", "explained", "exported"]),
  name: z.string().nullable(),
});

/** What the person sees beside what others see. */
export const ownPatternSchema = patternSchema.extend({
  /** What the named runs have to cost in the weeks looked at: a fixed amount, or a share of the person's own volume. */
  cost_floor_usd: usd,
  /** Whether the person can still contest it: once a pattern. */
  can_contest: z.boolean(),
  /** Earliest first. */
  looks: z.array(lookSchema),
});
export type OwnPattern = z.infer<typeof ownPatternSchema>;

/** GET …/people/{person_id}/patterns: those that are not closed first, newest first. */
export const patternsSchema = z.object({
  individual_scoring: z.enum(["policy", "on", "off"]),
  scored_from: instant.nullable(),
  patterns: z.array(ownPatternSchema),
});
export type Patterns = z.infer<typeof patternsSchema>;

/** GET …/people/{person_id}/patterns/{pattern_id}/runs. */
export const patternRunsSchema = z.object({
  /** Dearest first, 100 at most; those whose records are kept. */
  runs: z.array(z.object({ run_id: z.string(), started_at: instant, client: z.string(), cost_usd: usd })),
  /** How starts fall within the period in which they line up most; null: the pattern is not about timers, or too few are kept. */
  starts: z
    .object({
      period_minutes: z.int(),
      /** Starts in each minute of the period. */
      counts: z.array(z.int()),
      /** Five fields, in the organisation's zone: times that would have started most of them. */
      cron: z.string(),
    })
    .nullable(),
});
export type PatternRuns = z.infer<typeof patternRunsSchema>;

/** POST …/explain. It is the manager who accepts it, when the pattern opens; a class says what kind of work it was. */
export const explanationSchema = z.strictObject({
  text: said,
  cause: z.enum(PATTERN_CAUSES).default("other"),
  workload_class: workloadClass.optional(),
});
export type Explanation = z.input<typeof explanationSchema>;
/** POST …/contest. */
export const contestSchema = z.strictObject({ text: said });
/** POST …/decision. `explained`: the explanation is accepted, and declares the class of the runs where it names one. */
export const decisionSchema = z.strictObject({
  decision: z.enum(["explained", "resolved", "dismissed"]),
  text: said,
});
/** POST …/answer. A contest that is upheld dismisses the pattern; otherwise its clock goes on. */
export const answerSchema = z.strictObject({ is_upheld: z.boolean(), text: said });

/** What a pattern waits for from the person who asks. */
const asks = z.enum(["decision", "answer", "nothing"]);

/** GET /api/v1/review/patterns: what is due first comes first. Whose they are is not said. */
export const reviewSchema = z.object({
  patterns: z.array(
    z.object({
      pattern_id: z.uuid(),
      families: z.array(z.enum(SIGNAL_FAMILIES)),
      is_contested: z.boolean(),
      asks,
      due_on: day.nullable(),
    }),
  ),
});
export type Review = z.infer<typeof reviewSchema>;

/** GET /api/v1/review/patterns/{pattern_id}. */
export const reviewedPatternSchema = patternSchema.extend({ person_name: z.string(), asks });
export type ReviewedPattern = z.infer<typeof reviewedPatternSchema>;
