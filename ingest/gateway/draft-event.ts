// The event of a call, as far as it is known when the call is sent to its provider. It is what will stand if nothing more is
// heard of the call.

import type { IncomingMessage } from "node:http";
import { FIELD_CHARS_MAX, type TokenEvent } from "../../schemas/token-event.ts";
import { readClientFacts } from "./clients/client-facts.ts";
import { readDeclared } from "./clients/declared.ts";
import type { BodyHash } from "./features/keys.ts";
import type { Caller } from "./identity/caller.ts";
import { scanObject } from "./json-scan.ts";
import type { RequestBody } from "./request-body.ts";
import type { Route } from "./route.ts";

export interface DraftInput {
  eventId: string;
  gatewayId: string;
  sequence: number;
  startedAtMs: number;
  incoming: Pick<IncomingMessage, "headers">;
  route: Route;
  caller: Caller;
  body: RequestBody;
  hashBody: BodyHash;
}

export function draftEvent(input: DraftInput): TokenEvent {
  const { incoming, route, caller, body, startedAtMs } = input;
  const bytes = body.kind === "whole" ? body.bytes : undefined;
  const text = body.kind === "whole" && route.operation.isMetered ? body.text : undefined;
  const members = text && scanObject(text);
  const facts = text ? route.provider.readRequest(text, members) : {};
  const isStream = route.operation.isStream ?? facts.stream ?? false;
  const declared = readDeclared(incoming.headers, route.pathTags);
  const request = {
    headers: incoming.headers,
    api: route.operation.api,
    isStream,
    body: text && members && { text, members },
  };
  return {
    schema_version: 1,
    event_id: input.eventId,
    gateway_id: input.gatewayId,
    sequence: input.sequence,
    started_at: new Date(startedAtMs).toISOString(),
    first_byte_ms: null,
    duration_ms: null,
    person_id: caller.personId,
    team_id: caller.teamId,
    key_id: caller.keyId,
    identity_source: caller.identitySource,
    key_kind: caller.keyKind,
    ...readClientFacts(request, declared, route.operation.requestKind),
    response_id: null,
    request_id: null,
    body_hash: bytes ? input.hashBody(bytes, startedAtMs) : null,
    workload_class: declared.workloadClass ?? caller.workloadClass,
    class_source: declared.workloadClass === null ? caller.classSource : "header",
    tags: declared.tags,
    provider: route.upstream.name.slice(0, FIELD_CHARS_MAX),
    api: route.operation.api,
    model_requested: facts.model_requested ?? route.operation.model?.slice(0, FIELD_CHARS_MAX) ?? null,
    model_served: null,
    service_tier: facts.service_tier ?? null,
    effort: facts.effort ?? null,
    max_output_tokens: facts.max_output_tokens ?? null,
    previous_response_id: facts.previous_response_id ?? null,
    stream: isStream,
    status: 0,
    error_kind: "interrupted",
    terminated_by: "gateway",
    stop_reason: null,
    stop_kind: null,
    request_bytes: bytes?.length ?? 0,
    response_bytes: 0,
    messages: facts.messages ?? null,
    tools_offered: facts.tools_offered ?? null,
    usage_source: "none",
    input_tokens: null,
    cache_read_tokens: null,
    cache_write_5m_tokens: null,
    cache_write_1h_tokens: null,
    output_tokens: null,
    reasoning_tokens: null,
    audio_input_tokens: null,
    audio_output_tokens: null,
    image_input_tokens: null,
    image_output_tokens: null,
    server_tool_calls: {},
    usage_raw: null,
    cost_usd: null,
    price_version: null,
  };
}
