// The audit: a person's own entries, everybody's for the officer, and whether the chain of all of them is whole.

import {
  auditExportQuerySchema,
  auditPageSchema,
  auditQuerySchema,
  auditVerificationSchema,
} from "../../../schemas/audit-api.ts";
import { defineRoute } from "../http/route.ts";
import { readAudit } from "./audit-entries.ts";
import { createAuditVerifier } from "./audit-verifier.ts";
import { toAuditCsv, toAuditJson } from "./audit-export.ts";
import { ACTION_LABELS } from "./audit-words.ts";

/** Of one file; a person's entries of years are fewer. */
const EXPORTED_ENTRIES_MAX = 50_000;

export const auditRoutes = [
  defineRoute({
    method: "GET",
    path: "/people/:personId/audit",
    summary: "Who looked at a person's data or acted on it, and what they did themselves",
    access: "subject",
    token: "read",
    query: auditQuerySchema,
    answer: auditPageSchema,
    async handle({ who: { store, subjectId }, query, dashboard: { stores } }) {
      const { cursor, ...filter } = query;
      const reading = { store, readerId: subjectId, personId: subjectId, filter, cursor };
      const { entries, nextCursor } = await readAudit(stores.postgres, reading);
      return { entries, next_cursor: nextCursor, actions: ACTION_LABELS };
    },
  }),
  defineRoute({
    method: "GET",
    path: "/people/:personId/audit/export",
    summary: "All of it, as a file",
    access: "subject",
    token: "read",
    query: auditExportQuerySchema,
    download: "text/csv",
    async handle({ who: { store, subjectId }, query: { format }, dashboard: { stores }, context }) {
      const reading = { store, readerId: subjectId, personId: subjectId, filter: {} };
      const { entries } = await readAudit(stores.postgres, { ...reading, entriesMax: EXPORTED_ENTRIES_MAX });
      context.header("content-disposition", `attachment; filename="audit.${format}"`);
      context.header("content-type", format === "csv" ? "text/csv; charset=utf-8" : "application/json");
      return context.body(format === "csv" ? toAuditCsv(entries) : toAuditJson(entries));
    },
  }),
  defineRoute({
    method: "GET",
    path: "/audit",
    summary: "Everybody's audit, newest first",
    access: "officer",
    query: auditQuerySchema,
    answer: auditPageSchema,
    async handle({ who: { store, session }, query, dashboard: { stores } }) {
      const { cursor, ...filter } = query;
      const reading = { store, readerId: session.personId, filter, cursor };
      const { entries, nextCursor } = await readAudit(stores.postgres, reading);
      return { entries, next_cursor: nextCursor, actions: ACTION_LABELS };
    },
  }),
  defineRoute({
    method: "GET",
    path: "/audit/verification",
    summary: "Whether every entry of the audit follows from the one before",
    access: "signed_in",
    answer: auditVerificationSchema,
    handle: ({ dashboard: { auditVerifier, stores }, now }) =>
      (auditVerifier ?? createAuditVerifier(stores.postgres)).verify(now),
  }),
];
