// WebSockets, from the client's handshake to their record. The handshake is an exchange as any other call is: what the provider
// answers instead of changing the protocol, a 404 or a 401, the client gets as it is. Where the provider does change it, the
// two sockets become a connection (open-connection.ts). The handshake itself is on record as an unmetered call; each response
// that goes over a metered connection is a call of its own.

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Dispatcher } from "undici";
import { Exchange, type Call } from "../exchange.ts";
import { draftCall, recordIntent, turnAway, upstreamPath, type Gateway } from "../gateway.ts";
import { toUpstreamHeaders } from "../headers.ts";
import { identifyCaller } from "../identity/caller.ts";
import { PROVIDERS } from "../providers/all-providers.ts";
import { UPGRADE } from "../providers/provider.ts";
import { Refusal } from "../refusal.ts";
import { resolveRoute } from "../route.ts";
import { answerOn } from "./client-socket.ts";
import type { Connections } from "./connections.ts";
import { openConnection, type Switched } from "./open-connection.ts";
import { narrowExtensions, takeProtocolKey } from "./upgrade-headers.ts";

/**
 * What a provider answers that has the interface for POST alone: it has not understood that it was asked for a WebSocket. 426 says
 * so, and is what Codex goes over to HTTP at; anything else costs it seconds. Any other answer is the provider's own.
 */
const NO_WEBSOCKET: ReadonlySet<number> = new Set([405, 501]);
const UPGRADE_REQUIRED = 426;
const NO_BODY = { kind: "none" } as const;

/** What WebSockets need of the gateway. */
export interface UpgradeParts {
  connections: Connections;
  /** Connections to providers over HTTP/1.1, each of which is handed over when the protocol changes. */
  upgrader: Dispatcher;
}

/** What to do when a client asks for a WebSocket. */
export function createUpgradeListener(gateway: Gateway, parts: UpgradeParts): UpgradeListener {
  return (incoming, socket, head) => {
    const call = handleUpgrade(gateway, parts, { incoming, socket, head }).catch((error: unknown) => {
      gateway.log.error({ err: error }, "a WebSocket failed by a defect of the gateway");
      socket.destroy();
    });
    gateway.underWay.add(call);
    void call.finally(() => gateway.underWay.delete(call));
  };
}

type UpgradeListener = (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void;

interface Asked {
  incoming: IncomingMessage;
  socket: Duplex;
  /** What the client sent behind its request already. */
  head: Buffer;
}

/** One WebSocket, from its handshake to its record. */
async function handleUpgrade(
  gateway: Gateway,
  { connections, upgrader }: UpgradeParts,
  { incoming, socket, head }: Asked,
): Promise<void> {
  const startedAt = performance.now();
  const startedAtMs = gateway.now();
  let provider = PROVIDERS.openai;
  const outgoing = answerOn(socket, incoming);
  try {
    const hasProviderKey = takeProtocolKey(incoming);
    const route = resolveRoute(gateway.upstreams, UPGRADE, incoming.url ?? "/");
    provider = route.provider;
    const caller = identifyCaller(gateway.callers, incoming, route.pathKey);
    if (connections.areFull) {
      throw new Refusal(503, "overloaded", "This gateway holds as many WebSockets as it can.");
    }
    const operation = { ...route.operation, requestKind: "other", isMetered: false } as const;
    const handshake = { ...route, operation };
    const draft = draftCall(gateway, { startedAtMs, incoming, route: handshake, caller, body: NO_BODY });
    await recordIntent(gateway, draft);
    if (head.length > 0) socket.unshift(head);
    // The organisation's key is not added beside one that the provider knows.
    const isAuthenticated = caller.isAuthenticated && !hasProviderKey;
    const headers = toUpstreamHeaders(incoming, {
      route: handshake,
      caller: { ...caller, isAuthenticated },
      body: NO_BODY,
      isPlainAnswer: false,
    });
    const call = { draft, route: handshake, body: NO_BODY, isUsageHidden: false, outgoing, startedAt };
    await shakeHands(gateway, upgrader, call, {
      request: {
        origin: new URL(route.upstream.url).origin,
        method: "GET",
        path: upstreamPath(route.upstream, route.path),
        headers: route.operation.isMetered ? narrowExtensions(headers) : headers,
        upgrade: "websocket",
      },
      onSwitched: (switched) =>
        openConnection(
          gateway,
          connections,
          { incoming, socket, outgoing, route, caller, draft, startedAt },
          switched,
        ),
    });
  } catch (error) {
    turnAway(gateway, { incoming, outgoing, provider }, error);
  }
}

type ResponseStart = Parameters<Exchange["onResponseStart"]>;

interface HandshakeOptions {
  request: Dispatcher.DispatchOptions;
  /** Resolves when the connection has ended, and all of it is on record. */
  onSwitched: (switched: Switched) => Promise<void>;
}

/** Resolves when the client has the provider's refusal, or when the connection has ended; and all of it is on record. */
function shakeHands(
  gateway: Gateway,
  upgrader: Dispatcher,
  call: Call,
  { request, onSwitched }: HandshakeOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const handler = new Handshake(gateway, call, resolve);
    handler.onSwitched = (switched) => void onSwitched(switched).then(resolve, reject);
    try {
      upgrader.dispatch(request, handler);
    } catch (error) {
      handler.onResponseError(undefined, error instanceof Error ? error : new Error(String(error)));
    }
  });
}

/** An exchange whose provider may change the protocol instead of answering. */
class Handshake extends Exchange {
  onSwitched: ((switched: Switched) => void) | undefined;

  override onResponseStart(...[controller, status, headers, statusText]: ResponseStart): void {
    if (NO_WEBSOCKET.has(status))
      super.onResponseStart(controller, UPGRADE_REQUIRED, headers, "Upgrade Required");
    else super.onResponseStart(controller, status, headers, statusText);
  }

  onRequestUpgrade(
    { rawHeaders }: Dispatcher.DispatchController,
    _status: number,
    headers: Switched["headers"],
    socket: Duplex,
  ): void {
    this.onSwitched?.({ rawHeaders: Array.isArray(rawHeaders) ? rawHeaders : [], headers, socket });
  }
}
