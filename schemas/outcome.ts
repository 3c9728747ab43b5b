// Outcome v1: something of value happened, or stopped being true. Repositories, branches, tickets and files are known
// by keyed hashes alone, never by name.

import { z } from "zod";
import { FIELD_CHARS_MAX, time, wellFormed } from "./token-event.ts";

export const OUTCOME_KINDS = [
  "pr_merged",
  "lines_survived",
  "ticket_closed",
  "check_fixed",
  "deploy_succeeded",
  "edit_accepted",
  "answer_used",
  "artifact_kept",
  "rating_useful",
  "rating_not_useful",
  "pr_reverted",
  "ticket_reopened",
  "deploy_rolled_back",
] as const;

export const OUTCOME_SOURCES = [
  "github",
  "gitlab",
  "otlp",
  "ci",
  "tracker",
  "api",
  "import",
  "self",
] as const;
export const FILE_HASHES_MAX = 256;

const text = wellFormed.max(FIELD_CHARS_MAX);
const unknownText = text.nullable();

export const outcomeSchema = z.strictObject({
  schema_version: z.literal(1),
  /** A UUID, or a stable string that a redelivery repeats; the key of deduplication. */
  outcome_id: text.min(1),
  kind: z.enum(OUTCOME_KINDS),
  /** When it happened, and from when on it counts. */
  occurred_at: time,
  credited_at: time,
  /** Whichever is known; linking an outcome to its runs is the work of analytics. */
  person_id: z.uuid().nullable(),
  /** Our id of a run, a client's, or that of a session, as a commit's trailer has it; several stand with a space between them. */
  run_id: unknownText,
  session_id: unknownText,
  request_id: unknownText,
  repo_hash: unknownText,
  branch_hash: unknownText,
  ticket_hash: unknownText,
  /** Of the normalised diff: a change that is reverted and applied again is the same change. */
  change_hash: unknownText,
  file_hashes: z.array(text).max(FILE_HASHES_MAX),
  /** Effective lines, accepted edits, or 1 for an event; and the same before exclusions and caps. */
  quantity: z.number().min(0),
  gross_quantity: z.number().min(0),
  /** Whether somebody else approved. */
  reviewed_by_other: z.boolean().nullable(),
  /** Share of its lines that were changed again since; absent or null: unknown. */
  rewritten_share: z.number().min(0).max(1).nullable().optional(),
  /** The outcome that this one takes back. */
  reverses: unknownText,
  source: z.enum(OUTCOME_SOURCES),
  /** From kind and source. */
  trust: z.enum(["high", "medium", "low"]),
});

export type Outcome = z.infer<typeof outcomeSchema>;

/** What is unknown of an outcome that says nothing but what happened, when, and who told of it. */
export const UNKNOWN_OUTCOME = {
  person_id: null,
  run_id: null,
  session_id: null,
  request_id: null,
  repo_hash: null,
  branch_hash: null,
  ticket_hash: null,
  change_hash: null,
  quantity: 1,
  gross_quantity: 1,
  reviewed_by_other: null,
  reverses: null,
} as const;
