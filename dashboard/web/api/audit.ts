// The audit: one's own, everybody's for the officer, and whether its chain is whole.

import { type AuditFilter, auditPageSchema, auditVerificationSchema } from "../../../schemas/audit-api.ts";
import { type Api, path, withQuery } from "./client.ts";

interface AuditAsked extends AuditFilter {
  cursor?: string | undefined;
}

export const readOwnAudit = (api: Api, personId: string, asked: AuditAsked) =>
  api.get(withQuery(path`/people/${personId}/audit`, { ...asked }), auditPageSchema);

export const readWholeAudit = (api: Api, asked: AuditAsked) =>
  api.get(withQuery(path`/audit`, { ...asked }), auditPageSchema);

export const readVerification = (api: Api) => api.get(path`/audit/verification`, auditVerificationSchema);
