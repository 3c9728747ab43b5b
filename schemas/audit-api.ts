// The audit as the dashboard's server answers it and its page reads it.
//
//   /api/v1/people/{person_id}/audit             entries about a person, or of what they did
//   /api/v1/people/{person_id}/audit/export      all of them, CSV or JSON
//   /api/v1/audit                                everybody's, for the officer
//   /api/v1/audit/verification                   whether the chain of entries is whole
//
// Always holds: newest first, a page at a time; whom an entry is about is said in words, to whoever may know.

import { z } from "zod";

const instant = z.iso.datetime();
const CURSOR_CHARS_MAX = 1024;
const ACTION_CHARS_MAX = 80;

export const auditEntrySchema = z.object({
  entry_id: z.int(),
  at: instant,
  /** Of the closed list of actions. */
  action: z.string(),
  /** `You`, a name, `Assay`, or `An operator`. */
  who: z.string(),
  /** Goes on after it: `looked at a pattern of yours`. */
  what: z.string(),
  /** As the person gave it; null where none was asked for. */
  why: z.string().nullable(),
});
export type AuditEntryView = z.infer<typeof auditEntrySchema>;

export const auditPageSchema = z.object({
  entries: z.array(auditEntrySchema),
  next_cursor: z.string().nullable(),
  /** Every action there is, with its name in a list to choose from. */
  actions: z.array(z.object({ action: z.string(), label: z.string() })),
});
export type AuditPage = z.infer<typeof auditPageSchema>;

/** `to` is not included. */
export const auditFilterSchema = z.strictObject({
  from: instant.optional(),
  to: instant.optional(),
  action: z.string().max(ACTION_CHARS_MAX).optional(),
});
export type AuditFilter = z.infer<typeof auditFilterSchema>;

export const auditQuerySchema = auditFilterSchema.extend({
  cursor: z.string().max(CURSOR_CHARS_MAX).optional(),
});

export const auditExportQuerySchema = z.strictObject({ format: z.enum(["csv", "json"]) });

/** GET …/audit/verification: as of when every entry was gone through. */
export const auditVerificationSchema = z.discriminatedUnion("state", [
  z.object({
    state: z.literal("verified"),
    verified_at: instant,
    entries: z.int(),
    /** The hash of the newest entry. Whoever keeps it elsewhere finds out when newest entries were cut off. */
    head: z.string(),
  }),
  z.object({
    state: z.literal("broken"),
    verified_at: instant,
    /** That follow from each other, before the first that does not. */
    entries: z.int(),
    /** Of the first one that does not. */
    broken_at: instant,
  }),
]);
export type AuditVerification = z.infer<typeof auditVerificationSchema>;
