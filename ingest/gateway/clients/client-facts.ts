// The fields of an event that a client's own words fill. Of several that say a thing, the one closest to us is believed: our header or
// path, a header of another gateway, the client's own, then what any program may send along (a trace context, a cache's key).

import type { RequestKind } from "../../../schemas/closed-lists.ts";
import type { TokenEvent } from "../../../schemas/token-event.ts";
import { recogniseClient } from "./all-clients.ts";
import type { ClientSays } from "./client.ts";
import { bodySaid, firstSaid, said, traceIdOf, type ClientRequest, type Said } from "./client-request.ts";
import type { Declared } from "./declared.ts";
import { readPeerGateways } from "./peer-gateways.ts";
import { readTrigger } from "./trigger.ts";

type ClientFacts = Pick<
  TokenEvent,
  | "client"
  | "client_version"
  | "entrypoint"
  | "session_id"
  | "client_run_id"
  | "run_id_source"
  | "turn_id"
  | "agent_id"
  | "parent_agent_id"
  | "parent_session_id"
  | "client_retry_count"
  | "request_kind"
  | "trigger"
>;

/** @param operationKind what method and path say of the request; a client's word is asked only about the model's own calls */
export function readClientFacts(
  request: ClientRequest,
  declared: Declared,
  operationKind: RequestKind,
): ClientFacts {
  const { client, version } = recogniseClient(request) ?? {};
  const says: ClientSays = client?.read(request) ?? {};
  const peer = readPeerGateways(request.headers);
  const session = firstSaid(declared.session, peer.session, says.session);
  const run = firstSaid(
    peer.run,
    says.run,
    session === undefined ? said(traceIdOf(request.headers)) : undefined,
  );
  const isOurs = declared.run !== undefined;
  const runId = firstSaid(declared.run, run) ?? null;
  const { trigger, isClientsOwn } = readTrigger(request, client, says);
  const kind = isClientsOwn ? "auxiliary" : (says.kind ?? "main");
  return {
    client: client?.name ?? "unknown",
    client_version: version ?? "",
    entrypoint: says.entrypoint ?? "unknown",
    session_id: (runId === null ? firstSaid(session, readCacheKey(request)) : session) ?? null,
    client_run_id: runId,
    run_id_source: runId === null ? null : isOurs ? "explicit" : "client",
    turn_id: says.turn ?? null,
    agent_id: firstSaid(declared.agent, says.agent) ?? null,
    parent_agent_id: says.parentAgent ?? null,
    parent_session_id: says.parentSession ?? null,
    client_retry_count: readRetries(request),
    request_kind: operationKind === "main" ? kind : operationKind,
    trigger: operationKind === "main" && kind !== "auxiliary" ? trigger : "unknown",
  };
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/** A cache's key is one conversation's only where it was made for it. Most programs have one for all, which would make one run. */
function readCacheKey(request: ClientRequest): Said {
  const key = bodySaid(request, "prompt_cache_key");
  return typeof key === "string" && UUID.test(key) ? key : undefined;
}

/** Of the SDKs that Stainless generates: how often this request was tried before. */
function readRetries({ headers }: ClientRequest): number | null {
  const retries = headers["x-stainless-retry-count"];
  return typeof retries === "string" && /^\d{1,6}$/.test(retries) ? Number(retries) : null;
}
