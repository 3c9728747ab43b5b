// A gateway in front of a provider of WebSockets, and the records of the connections that a test made through it.

import { once } from "node:events";
import { join } from "node:path";
import { pino } from "pino";
import { expect, vi } from "vitest";
import type { WebSocket } from "ws";
import { openSpoolReader } from "../../ingest/spool/reader.ts";
import type { DeliveredRecord } from "../../ingest/spool/writer-cursor.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { startTestGateway, type TestGateway, type TestGatewayOptions } from "./gateway.ts";
import { connectSocket, type TestSocket } from "./websocket-client.ts";
import { answerInOrder, startWebSocketProvider, type WebSocketProvider } from "./websocket-provider.ts";

/** A record of a connection whose client has left is made when its provider has been heard out. */
const RECORD_MS_MAX = 10_000;

export interface Both {
  client: TestSocket;
  /** The provider's side, which does nothing but what the test tells it. */
  theirs: WebSocket;
  /** Resolves when the provider has got the request. */
  ask: (request: object) => Promise<void>;
}

export interface SocketBench {
  provider: WebSocketProvider;
  gateway: TestGateway;
  connectBoth(path: string): Promise<Both>;
  /** The records since the last time: waits until there are so many, and fails if there are more. */
  takeEvents(count: number): Promise<TokenEvent[]>;
  /** Whatever the gateway has recorded and nobody has taken. */
  readRecords(): readonly DeliveredRecord[];
  /** Ends a connection with nothing under way, of which the handshake is left to record. */
  hangUp(client: TestSocket): Promise<TokenEvent[]>;
  /** Forgets the script, and what was recorded. */
  reset(): void;
  close(): Promise<void>;
}

export async function openSocketBench(
  options: Omit<TestGatewayOptions, "upstreamUrl"> = {},
): Promise<SocketBench> {
  const provider = await startWebSocketProvider();
  const gateway = await startTestGateway({ upstreamUrl: provider.url, ...options });

  async function takeEvents(count: number): Promise<TokenEvent[]> {
    const events: TokenEvent[] = [];
    await vi.waitFor(
      () => {
        events.push(...gateway.takeEvents());
        expect(events.length).toBeGreaterThanOrEqual(count);
      },
      { interval: 5, timeout: RECORD_MS_MAX },
    );
    expect(events).toHaveLength(count);
    return events;
  }

  return {
    provider,
    gateway,
    takeEvents,
    async connectBoth(path) {
      const opened = new Promise<WebSocket>((resolve) => provider.play(resolve));
      const client = await connectSocket(gateway.url + path);
      const theirs = await opened;
      return {
        client,
        theirs,
        ask: async (request) => {
          const got = once(theirs, "message");
          client.send(request);
          await got;
        },
      };
    },
    readRecords() {
      const { dataDir, vitals } = gateway;
      const spool = { spoolDir: join(dataDir, "spool"), metrics: vitals.metrics };
      const reader = openSpoolReader(pino({ level: "silent" }), spool);
      const { records } = reader.readBatch(1000);
      reader.close();
      return records;
    },
    async hangUp({ socket, closed }) {
      socket.close(1000);
      await closed;
      return takeEvents(1);
    },
    reset() {
      provider.play(answerInOrder);
      gateway.takeEvents();
    },
    async close() {
      await gateway.close();
      await provider.close();
    },
  };
}

/** What the provider says, in one message. */
export function say(socket: WebSocket, type: string, rest: object): void {
  socket.send(JSON.stringify({ type, ...rest }));
}
