// The event that a request makes: by its route, its body and its draft, as the gateway makes them, without a provider behind it.

import { draftEvent } from "../../ingest/gateway/draft-event.ts";
import type { Caller } from "../../ingest/gateway/identity/caller.ts";
import { resolveRoute } from "../../ingest/gateway/route.ts";
import { readConfig } from "../../schemas/config.ts";
import { tokenEventSchema, type TokenEvent } from "../../schemas/token-event.ts";

const { upstreams } = readConfig({});

const NOBODY: Caller = {
  personId: null,
  teamId: null,
  keyId: null,
  identitySource: "none",
  keyKind: "none",
  workloadClass: null,
  classSource: "none",
  isAuthenticated: false,
  proxyHeaders: new Set(),
};

export interface TestRequest {
  method?: string;
  url?: string;
  headers?: Readonly<Record<string, string>>;
  body?: object;
  caller?: Partial<Caller>;
}

/** @throws Refusal where no provider has the path */
export function draftOf({
  method = "POST",
  url = "/v1/responses",
  headers = {},
  body = {},
  caller,
}: TestRequest): TokenEvent {
  const route = resolveRoute(upstreams, method, url);
  const bytes = Buffer.from(JSON.stringify(body));
  const event = draftEvent({
    eventId: "019aa000-0000-7000-8000-000000000000",
    gatewayId: "test",
    sequence: 1,
    startedAtMs: 0,
    incoming: { headers },
    route,
    caller: { ...NOBODY, ...caller },
    body: { kind: "whole", bytes, text: bytes },
    hashBody: () => "hash",
  });
  return tokenEventSchema.parse(JSON.parse(JSON.stringify(event)));
}
