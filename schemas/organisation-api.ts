// What the page of the organisation and a manager's team totals are answered. Groups, and never one person.
//
// A release is made of four whole weeks, once, and never again; releases do not overlap. The page, the exports and a manager's team
// totals are all read from releases, so that no two of them can be set against each other.
//
// Always holds: null is "not shown", whatever the cause; a share is never 0 or 100 %.

import { z } from "zod";
import { TARGET_MEASURES } from "./closed-lists.ts";

const usd = z.string().regex(/^\d+(\.\d+)?$/);
const count = z.int().min(0);
const day = z.iso.date();
const amount = z.number().min(0);

/** Below a tenth and above nine tenths of a group only that is said. */
export const SHARE_MIN = 0.1;
export const SHARE_MAX = 0.9;
export const shareSchema = z.union([z.enum(["under", "over"]), z.number().min(SHARE_MIN).max(SHARE_MAX)]);
export type Share = z.infer<typeof shareSchema>;

/** Weeks of a release. */
export const RELEASE_WEEKS = 4;
/** Releases that the page can add up. */
export const RELEASES_SHOWN_MAX = 3;
/** Models and clients that are told apart; the others stand together. */
export const NAMED_MAX = 5;

const slice = z.object({ name: z.string(), cost_usd: usd });
/** `rest_usd`: all others together; null: there are none. */
const sliced = z.object({ named: z.array(slice), rest_usd: usd.nullable() });

const teamRow = z.object({
  name: z.string(),
  people: count,
  cost_usd: usd.nullable(),
  credited_share: shareSchema.nullable(),
  /** Of its people in a mean week. */
  meaningful_share: shareSchema.nullable(),
});
export type TeamRow = z.infer<typeof teamRow>;

const targetColumn = z.object({
  /** In the unit of the target; the last one's `to` is null: no end. */
  from: amount,
  to: amount.nullable(),
  person_weeks: count,
});

/** What is known of a target. `too_few`: not enough to say. */
export const targetAnswerSchema = z.object({
  name: z.string(),
  measure: z.enum(TARGET_MEASURES),
  threshold: amount,
  announced_on: day,
  verdict: z.enum(["bunching", "none_seen", "too_few"]),
  /** Around the target, and how many a test needs. */
  person_weeks: count,
  person_weeks_needed: count,
  p_value: z.number().nullable(),
  /** More person-weeks just above the target than a smooth curve has there. */
  excess_person_weeks: count.nullable(),
  columns: z.array(targetColumn),
});
export type TargetAnswer = z.infer<typeof targetAnswerSchema>;

const yieldRow = z.object({
  /** Empty: undeclared. */
  name: z.string(),
  outcomes: amount,
  expected: amount,
  /** Of the class: a and b of Gamma(a, b). */
  prior_shape: amount,
  prior_rate: amount,
  /** Share of its runs whose outcomes could be seen; null: not known. */
  is_scored: z.boolean(),
});
export type YieldRow = z.infer<typeof yieldRow>;

export const releaseSchema = z.object({
  from: day,
  /** The last day, a Sunday. */
  to: day,
  released_at: z.iso.datetime(),
  people: count,
  cost_usd: usd.nullable(),
  credited_cost_usd: usd.nullable(),
  /** Of it, by services, which are nobody. */
  services_cost_usd: usd,
  earned_cost_usd: usd.nullable(),
  /** That became due in these weeks. */
  outcomes: amount.nullable(),
  pending_outcomes: amount.nullable(),
  weeks: z.array(
    z.object({ week: day, active_share: shareSchema.nullable(), meaningful_share: shareSchema.nullable() }),
  ),
  /** Null: not shown. `name`: empty for a model that no answer named; null: all others together. */
  models: z
    .array(z.object({ name: z.string().nullable(), weeks_usd: z.array(usd), tokens: count }))
    .nullable(),
  clients: sliced.nullable(),
  classes: sliced.nullable(),
  reasons: sliced.nullable(),
  /** Models without a price that enough people used. */
  unpriced: z.array(z.object({ name: z.string(), calls: count })),
  yields: z.array(yieldRow),
  /** By the alphabet. */
  teams: z.array(teamRow),
  targets: z.array(targetAnswerSchema),
});
export type Release = z.infer<typeof releaseSchema>;

/** GET /organisation. */
export const organisationSchema = z.object({
  min_group: count,
  /** Newest first, at most three. Empty: nothing could be released yet. */
  releases: z.array(releaseSchema),
  /** The first day on which the next one can be there. */
  next_on: day,
  /** Targets that hold now: a quota brings about what the page looks for. */
  targets: z.array(
    z.object({ name: z.string(), measure: z.enum(TARGET_MEASURES), threshold: amount, announced_on: day }),
  ),
});
export type OrganisationAnswer = z.infer<typeof organisationSchema>;

/** GET /review/team. */
export const teamTotalsSchema = z.object({
  min_group: count,
  next_on: day,
  /** Null: nothing was released yet. */
  period: z.object({ from: day, to: day }).nullable(),
  /** Null: the person is in no team. */
  team: z.string().nullable(),
  people: count,
  totals: teamRow.nullable(),
});
export type TeamTotals = z.infer<typeof teamTotalsSchema>;
