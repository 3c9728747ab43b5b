// The gateway: one call from its request to its record, as a list of named steps, and the HTTP application around it.

import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { TokenEvent } from "../../schemas/token-event.ts";
import type { Upstream } from "../../schemas/upstreams.ts";
import { draftEvent, type DraftInput } from "./draft-event.ts";
import { exchange, type ExchangeParts } from "./exchange.ts";
import type { BodyHash } from "./features/keys.ts";
import { toUpstreamHeaders } from "./headers.ts";
import { identifyCaller, type CallerOptions } from "./identity/caller.ts";
import { scanObject } from "./json-scan.ts";
import { PROVIDERS } from "./providers/all-providers.ts";
import type { Provider } from "./providers/provider.ts";
import { Refusal, sendRefusal } from "./refusal.ts";
import { receiveBody, type RequestBody } from "./request-body.ts";
import { resolveRoute, type Route } from "./route.ts";
import { askForUsage } from "./usage-request.ts";
import { uuidv7 } from "./uuidv7.ts";

export interface Gateway extends ExchangeParts {
  upstreams: ReadonlyMap<string, Upstream>;
  callers: CallerOptions;
  hashBody: BodyHash;
  /** Refuse calls that can't be recorded. */
  strict: boolean;
  now: () => number;
  /** Whether it can forward calls and record them. */
  isReady: () => boolean;
  /** The calls that are not on record yet, also those whose client has left. */
  underWay: Set<Promise<void>>;
}

export function createGatewayApp(gateway: Gateway): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.get("/healthz", (context) => context.json({ status: "alive" }));
  app.get("/readyz", (context) => {
    const isReady = gateway.isReady();
    return context.json({ status: isReady ? "ready" : "not ready" }, isReady ? 200 : 503);
  });
  app.onError((error, context) => {
    gateway.log.error({ err: error }, "a call failed by a defect of the gateway");
    return context.text("Internal Server Error", 500);
  });
  app.all("*", async (context) => {
    const call = handleCall(gateway, context.env.incoming, context.env.outgoing);
    gateway.underWay.add(call);
    await call.finally(() => gateway.underWay.delete(call));
    return RESPONSE_ALREADY_SENT;
  });
  return app;
}

/** One call, from its request to its record. */
async function handleCall(
  gateway: Gateway,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const startedAt = performance.now();
  const startedAtMs = gateway.now();
  let provider = PROVIDERS.openai;
  try {
    const route = resolveRoute(gateway.upstreams, incoming.method ?? "GET", incoming.url ?? "/");
    provider = route.provider;
    const caller = identifyCaller(gateway.callers, incoming, route.pathKey);
    const body = await receiveBody(incoming, route.operation.isMetered);
    const draft = draftCall(gateway, { startedAtMs, incoming, route, caller, body });
    await recordIntent(gateway, draft);
    const asking = draft.stream ? askForHiddenUsage(route, body) : undefined;
    const isPlainAnswer = asking !== undefined;
    await exchange(
      gateway,
      { draft, route, body, isUsageHidden: asking !== undefined, outgoing, startedAt },
      {
        method: incoming.method ?? "GET",
        path: upstreamPath(route.upstream, route.path),
        headers: toUpstreamHeaders(incoming, { route, caller, body, isPlainAnswer }),
        body: asking ?? contentOf(body),
      },
    );
  } catch (error) {
    turnAway(gateway, { incoming, outgoing, provider }, error);
  }
}

/** The event of a call, as it is when the call begins. */
export function draftCall(
  { spool, hashBody }: Gateway,
  call: Pick<DraftInput, "startedAtMs" | "incoming" | "route" | "caller" | "body">,
): TokenEvent {
  return draftEvent({
    ...call,
    eventId: uuidv7(call.startedAtMs),
    gatewayId: spool.writerId,
    sequence: spool.nextSequence(),
    hashBody,
  });
}

/**
 * Answers a call that is not let through, in its provider's shape. It is no event: the call never was.
 * @throws whatever else went wrong
 */
export function turnAway(
  { log, metrics }: Gateway,
  call: { incoming: IncomingMessage; outgoing: ServerResponse; provider: Provider },
  error: unknown,
): void {
  if (!(error instanceof Refusal)) throw error;
  const { incoming, outgoing, provider } = call;
  if (outgoing.destroyed) return;
  incoming.resume();
  metrics.refusedCalls.inc({ status: error.status, kind: error.kind });
  log.info({ status: error.status, kind: error.kind, provider: provider.kind }, "refused a call");
  sendRefusal(outgoing, provider, error);
}

/** From here on the call can't be forgotten. */
export function recordIntent(gateway: Gateway, event: TokenEvent): Promise<void> {
  return new Promise((resolve, reject) => {
    gateway.spool.append({ record: "intent", event }, (failure) => {
      if (failure && gateway.strict) {
        const message =
          "Assay can't record calls at the moment and is set to refuse them then. Tell the operator.";
        reject(new Refusal(503, "overloaded", message, { cause: failure }));
      } else resolve();
    });
  });
}

/** The request with the wish for usage in it, where the stream would not report it otherwise and the provider knows how. */
function askForHiddenUsage(
  { provider, operation, upstream, path }: Route,
  body: RequestBody,
): Buffer | undefined {
  // An encoded request would have to be encoded anew, and nothing of a request is ever changed but for the wish.
  if (operation.api !== "chat" || body.kind !== "whole" || body.text !== body.bytes) return undefined;
  const members = provider.acceptsStreamOptions(upstream.name, path) ? scanObject(body.bytes) : undefined;
  return members && askForUsage(body.bytes, members);
}

function contentOf(body: RequestBody): Buffer | Readable | null {
  if (body.kind === "none") return null;
  return body.kind === "whole" ? body.bytes : body.stream;
}

/** The upstream's own path prefix, and the rest as the client sent it. */
export function upstreamPath(upstream: Upstream, path: string): string {
  const prefix = new URL(upstream.url).pathname;
  return prefix === "/" ? path : prefix + path;
}
