// Who is calling. An Assay key, wherever a client can put one, makes the call its person's or its service's; every other
// credential is the provider's own and goes through untouched. The call is then that person's for whom a trusted proxy vouches,
// or else nobody's.
//
// Always holds: a key that was shown decides, whatever a header says. An Assay key never goes to a provider. The organisation's
// provider key is spent only for a caller who showed one: a proxy's word names a person, and is no credential.

import type { IncomingMessage } from "node:http";
import type { Logger } from "pino";
import type { ClassSource, IdentitySource, KeyKind, WorkloadClass } from "../../../schemas/closed-lists.ts";
import { hashAssayKey, isWellFormedAssayKey, looksLikeAssayKey } from "../../../schemas/assay-key.ts";
import { hashAddress } from "../../../schemas/identity-snapshot.ts";
import type { Metrics } from "../../../schemas/metrics.ts";
import { Refusal } from "../refusal.ts";
import type { SnapshotReader } from "./snapshot.ts";
import type { TrustedHeadersOf } from "./trusted-networks.ts";

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
  /** In lower case: the headers in which this connection's proxy speaks to Assay. They are for nobody else. */
  proxyHeaders: ReadonlySet<string>;
}

const NOBODY: Omit<Caller, "proxyHeaders"> = {
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
  log: Logger;
  metrics: Metrics;
  snapshot: SnapshotReader;
  trustedHeadersOf: TrustedHeadersOf;
  auth: "optional" | "required";
  now: () => number;
}

/** What of a request tells who is calling. */
export interface CallerRequest extends Pick<IncomingMessage, "headers" | "headersDistinct"> {
  socket: { remoteAddress?: string | undefined };
}

/**
 * @param pathKey the key of a `/k/<key>/…` path, or of a `key=` parameter
 * @throws Refusal 401 for a key that is not valid, or where one is required and none was shown
 */
export function identifyCaller(
  options: CallerOptions,
  request: CallerRequest,
  pathKey: string | undefined,
): Caller {
  const proxyHeaders = options.trustedHeadersOf(request.socket.remoteAddress);
  const assayKey = findAssayKey(request.headers, pathKey);
  if (assayKey !== undefined) {
    const identitySource = pathKey === assayKey ? "path" : "key";
    return { ...identifyByKey(options, assayKey), identitySource, proxyHeaders };
  }
  if (options.auth === "required") {
    throw new Refusal(
      401,
      "authentication",
      "This gateway needs an Assay key. Make one on the dashboard, under Keys and clients.",
    );
  }
  const values = [...proxyHeaders].flatMap((name) => request.headersDistinct[name] ?? []);
  return { ...NOBODY, ...identifyByProxy(options, values), proxyHeaders };
}

function identifyByKey({ snapshot, now }: CallerOptions, assayKey: string): Omit<Caller, "proxyHeaders"> {
  if (!snapshot.isCurrent()) {
    throw new Refusal(
      503,
      "overloaded",
      "Assay can't check keys at the moment. Try again shortly, or tell the operator.",
    );
  }
  const key = isWellFormedAssayKey(assayKey) ? snapshot.findKey(hashAssayKey(assayKey)) : undefined;
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
    identitySource: "key",
    keyKind: key.kind,
    workloadClass: key.workload_class,
    classSource: key.workload_class === null ? "none" : "key",
    isAuthenticated: true,
  };
}

/** @param values what stands in the headers in which this connection's proxy names a person, by their address */
function identifyByProxy(
  { log, metrics, snapshot }: CallerOptions,
  values: readonly string[],
): Pick<Caller, "personId" | "teamId" | "identitySource"> | undefined {
  const [email, ...others] = values;
  if (email === undefined) return undefined;
  const person = snapshot.findPerson(hashAddress(email));
  // Of two values one may be the client's own, which the proxy has let through.
  const isSure = others.length === 0 && snapshot.isCurrent();
  if (person && isSure) {
    metrics.vouchedCalls.inc({ outcome: "person" });
    return { personId: person.person_id, teamId: person.team_id, identitySource: "header" };
  }
  const outcome = isSure ? "unknown" : others.length > 0 ? "ambiguous" : "stale";
  metrics.vouchedCalls.inc({ outcome });
  log.info({ outcome }, "a trusted proxy named nobody who is known for sure; the call is nobody's");
  return undefined;
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
