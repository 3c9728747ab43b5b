// What a WebSocket is put together from, once its provider has agreed: the two sockets, a reader of the messages of each, and
// the calls that go over it.

import type { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TokenEvent } from "../../../schemas/token-event.ts";
import { countCall } from "../count-call.ts";
import { finishEvent } from "../finish-event.ts";
import { draftCall, type Gateway } from "../gateway.ts";
import { toClientHeaders } from "../headers.ts";
import { identifyCaller, type Caller } from "../identity/caller.ts";
import { Refusal } from "../refusal.ts";
import type { RequestBody } from "../request-body.ts";
import type { Route } from "../route.ts";
import { switchProtocols } from "./client-socket.ts";
import { Connection, type Ending } from "./connection.ts";
import type { Connections } from "./connections.ts";
import { MessageReader, type Deflation } from "./message-reader.ts";
import { ResponseCalls } from "./response-calls.ts";
import { readDeflation } from "./upgrade-headers.ts";

/** A peer that is gone without a word is found out by the kernel's probes, the first of them after this time. */
const KEEP_ALIVE_MS = 60_000;
const SWITCHED = 101;
/** How a realtime session's address names its model; Azure names a deployment. */
const MODEL_PARAMETERS = ["model", "deployment"];

/** The provider's answer, where it has changed the protocol. */
export interface Switched {
  rawHeaders: readonly (Buffer | string)[];
  headers: NodeJS.Dict<string | string[]>;
  socket: Duplex;
}

export interface Handshaken {
  incoming: IncomingMessage;
  socket: Duplex;
  /** What the handshake would have been answered with, had it been refused. */
  outgoing: ServerResponse;
  route: Route;
  caller: Caller;
  /** Of the handshake, which is a call of its own. */
  draft: TokenEvent;
  /** `performance.now()` when the handshake began. */
  startedAt: number;
}

/** Resolves when the connection has ended, and all of it is on record. */
export async function openConnection(
  gateway: Gateway,
  connections: Connections,
  handshaken: Handshaken,
  switched: Switched,
): Promise<void> {
  const { socket, outgoing, route, draft, startedAt } = handshaken;
  const firstByteMs = performance.now() - startedAt;
  const calls = createCalls(gateway, handshaken);
  const deflation = readDeflation(first(switched.headers["sec-websocket-extensions"]));
  const readerOf = (side: Deflation): MessageReader =>
    new MessageReader({ isMetered: route.operation.isMetered, deflation: side }, (reason) => {
      gateway.metrics.unreadMessages.inc({ reason });
      gateway.log.warn({ reason, event_id: draft.event_id }, "messages of a WebSocket pass unmetered");
    });
  for (const side of [socket, switched.socket]) {
    if (side instanceof Socket) side.setKeepAlive(true, KEEP_ALIVE_MS);
  }
  const headers = toClientHeaders(switched.rawHeaders, { eventId: draft.event_id, isShortened: false });
  switchProtocols(socket, outgoing, headers);
  const connection = new Connection(gateway.log, {
    client: { socket, reader: readerOf(deflation.client) },
    provider: { socket: switched.socket, reader: readerOf(deflation.provider) },
    calls,
    drains: gateway.drains,
  });
  connections.add(connection);
  const ending = await connection.run();
  connections.delete(connection);
  await recordHandshake(gateway, handshaken, {
    ...ending,
    firstByteMs,
    requestId: first(switched.headers["x-request-id"]) ?? null,
    requestBytes: Math.max(0, ending.requestBytes - calls.requestBytes),
    responseBytes: Math.max(0, ending.responseBytes - calls.responseBytes),
  });
}

function createCalls(gateway: Gateway, { incoming, route, caller: shown }: Handshaken): ResponseCalls {
  const named = { ...route, operation: { ...route.operation, ...modelIn(route.path) } };
  const { log, metrics, spool, estimator, features, strict } = gateway;
  let caller = shown;
  return new ResponseCalls(
    {
      log,
      metrics,
      spool,
      estimator,
      features,
      strict,
      checkCaller() {
        try {
          caller = identifyCaller(gateway.callers, incoming, route.pathKey);
        } catch (error) {
          if (error instanceof Refusal) metrics.refusedCalls.inc({ status: error.status, kind: error.kind });
          throw error;
        }
      },
      draft(request) {
        const body: RequestBody =
          request.length === 0 ? { kind: "none" } : { kind: "whole", bytes: request, text: request };
        return draftCall(gateway, { startedAtMs: gateway.now(), incoming, route: named, caller, body });
      },
    },
    named,
  );
}

function modelIn(path: string): { model?: string } {
  const parameters = new URLSearchParams(path.split("?", 2)[1]);
  const [model] = MODEL_PARAMETERS.flatMap((name) => parameters.getAll(name));
  return model ? { model } : {};
}

/** The handshake's record: that there was a connection, and the bytes of it that belong to no response. */
function recordHandshake(
  gateway: Gateway,
  { draft, route, startedAt }: Handshaken,
  ending: Ending & { firstByteMs: number; requestId: string | null },
): Promise<void> {
  countCall(gateway, draft, { terminatedBy: ending.terminatedBy, reading: undefined });
  const event = finishEvent(draft, route.provider, {
    ...ending,
    status: SWITCHED,
    durationMs: performance.now() - startedAt,
    reading: undefined,
    estimate: undefined,
  });
  return new Promise((resolve) => gateway.spool.append({ record: "event", event }, () => resolve()));
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
