// The list of a person's runs as the dashboard's server answers it and its page reads it, under /api/v1/people/{person_id}.
//
// Always holds: as in dashboard-api.ts. A page is a place in an order and not a number, so that runs which arrive while somebody
// turns pages neither repeat nor hide one. A run whose own place changes meanwhile (it goes on, and costs more) may be met again.

import { z } from "zod";
import { RUN_SOURCES, UNCREDITED_REASONS, WORKLOAD_CLASSES } from "./closed-lists.ts";
import { measuresSchema } from "./dashboard-api.ts";

const usd = z.string().regex(/^\d+(\.\d+)?$/);
const count = z.int().min(0);
const instant = z.iso.datetime();

/** What the list can be ordered by, each falling: the newest, the dearest, those with the most outcomes first. */
export const RUN_SORTS = ["start", "cost", "outcomes"] as const;
export type RunSort = (typeof RUN_SORTS)[number];

/** In place of a class: nobody declared one. */
export const UNDECLARED = "undeclared";

const FILTER_CHARS_MAX = 256;
const CURSOR_CHARS_MAX = 1024;
const text = z.string().min(1).max(FILTER_CHARS_MAX);

/** What the list can be narrowed to; all that are given have to hold. */
export const runFiltersSchema = z.strictObject({
  client: text.optional(),
  model: text.optional(),
  class: z.enum([...WORKLOAD_CLASSES, UNDECLARED]).optional(),
  /** Link-keyed hash of a repository: an outcome of it is linked to the run. */
  repository: text.optional(),
  /** Any part of a tag, `name=value`, in whatever case. */
  tag: text.optional(),
  /** A part of the run's cost is not credited for it. */
  reason: z.enum(UNCREDITED_REASONS).optional(),
});
export type RunFilters = z.infer<typeof runFiltersSchema>;

/** GET …/runs?sort=…&client=…&older=CURSOR. */
export const runsQuerySchema = runFiltersSchema.extend({
  sort: z.enum(RUN_SORTS).default("start"),
  /** The page after a place, or the one before it; neither: the first page. */
  older: z.string().max(CURSOR_CHARS_MAX).optional(),
  newer: z.string().max(CURSOR_CHARS_MAX).optional(),
});
export type RunsQuery = z.output<typeof runsQuerySchema>;

/** Shares of outcomes count as whole ones here: a run has a part in so many. */
const outcomeCountsSchema = z.object({ due: count, waiting: count, reversed: count });

export const runsPageSchema = z.object({
  runs: z.array(
    measuresSchema.extend({
      run_id: z.string(),
      run_source: z.enum(RUN_SOURCES),
      client: z.string(),
      models: z.array(z.string()),
      workload_class: z.enum(WORKLOAD_CLASSES).nullable(),
      /** `name=value`, of all of its calls. */
      tags: z.array(z.string()),
      started_at: instant,
      ended_at: instant,
      /** Outcomes may fall due until then: its figures are provisional. */
      settles_at: instant,
      outcomes: outcomeCountsSchema,
      uncredited_cost_usd: z.partialRecord(z.enum(UNCREDITED_REASONS), usd),
    }),
  ),
  /** Of the pages before and after; null: there is none. */
  newer_cursor: z.string().nullable(),
  older_cursor: z.string().nullable(),
});
export type RunsPage = z.infer<typeof runsPageSchema>;

/** GET …/run-filters: what the person's runs can be narrowed to, at most 100 of each, by name. */
export const runFilterValuesSchema = z.object({
  clients: z.array(z.string()),
  models: z.array(z.string()),
  classes: z.array(z.enum([...WORKLOAD_CLASSES, UNDECLARED])),
  repositories: z.array(z.string()),
  tags: z.array(z.string()),
  reasons: z.array(z.enum(UNCREDITED_REASONS)),
});
export type RunFilterValues = z.infer<typeof runFilterValuesSchema>;
