// Who is calling. An Assay key, wherever a client can put one, makes the call its person's or its service's; every other
// credential is the provider's own and goes through untouched, and the call is nobody's. An Assay key never goes to a
// provider, and the organisation's provider key is spent only for a caller who showed one.

import type { ClassSource, IdentitySource, KeyKind, WorkloadClass } from "../../../schemas/closed-lists.ts";
import { hashAssayKey, isWellFormedAssayKey, looksLikeAssayKey } from "../../../schemas/assay-key.ts";
import { Refusal } from "../refusal.ts";
import type { SnapshotReader } from "./snapshot.ts";

/** Where clients put their credential, in the order in which an Assay key is looked for. */
export const CREDENTIAL_HEADERS = [
  "x-assay-key",
  "authorization",
  "x-api-key",
  "x-goog-api-key",
  "api-key",
] as const;

export interface Caller {
  personId: string | null;
  teamId: string | null;
  keyId: string | null;
  identitySource: IdentitySource;
  keyKind: KeyKind;
  workloadClass: WorkloadClass | null;
  classSource: ClassSource;
  /** Whether one of ours was shown: only then may the organisation's provider key be spent. */
  isAuthenticated: boolean;
}

const NOBODY: Caller = {
  personId: null,
  teamId: null,
  keyId: null,
  identitySource: "none",
  keyKind: "none",
  workloadClass: null,
  classSource: "none",
  isAuthenticated: false,
};

export interface CallerOptions {
  snapshot: SnapshotReader;
  auth: "optional" | "required";
  now: () => number;
}

/**
 * @param pathKey the key of a `/k/<key>/…` path, or of a `key=` parameter
 * @throws Refusal 401 for a key that is not valid, or where one is required and none was shown
 */
export function identifyCaller(
  { snapshot, auth, now }: CallerOptions,
  headers: NodeJS.Dict<string | string[]>,
  pathKey: string | undefined,
): Caller {
  const assayKey = findAssayKey(headers, pathKey);
  if (assayKey === undefined) {
    if (auth === "optional") return NOBODY;
    throw new Refusal(
      401,
      "authentication",
      "This gateway needs an Assay key. Make one on the dashboard, under Keys and clients.",
    );
  }
  if (!snapshot.isCurrent()) {
    throw new Refusal(
      503,
      "overloaded",
      "Assay can't check keys at the moment. Try again shortly, or tell the operator.",
    );
  }
  const key = isWellFormedAssayKey(assayKey) ? snapshot.find(hashAssayKey(assayKey)) : undefined;
  const isValid =
    key && key.revoked_at === null && (key.expires_at === null || Date.parse(key.expires_at) > now());
  if (!isValid) {
    throw new Refusal(
      401,
      "authentication",
      "This Assay key is unknown, revoked or expired. Make a new one on the dashboard, under Keys and clients.",
    );
  }
  return {
    personId: key.person_id,
    teamId: key.team_id,
    keyId: key.key_id,
    identitySource: pathKey === assayKey ? "path" : "key",
    keyKind: key.kind,
    workloadClass: key.workload_class,
    classSource: key.workload_class === null ? "none" : "key",
    isAuthenticated: true,
  };
}

/** The credential in a header's value: what follows `Bearer `, or all of it. */
export function credentialOf(value: string): string {
  return /^bearer\s+(.*)$/i.exec(value)?.[1]?.trim() ?? value.trim();
}

function findAssayKey(
  headers: NodeJS.Dict<string | string[]>,
  pathKey: string | undefined,
): string | undefined {
  for (const name of CREDENTIAL_HEADERS) {
    const value = headers[name];
    if (typeof value !== "string") continue;
    const credential = credentialOf(value);
    // What stands in our own header is meant as ours, well-formed or not.
    if (name === "x-assay-key" || looksLikeAssayKey(credential)) return credential;
  }
  return pathKey;
}
