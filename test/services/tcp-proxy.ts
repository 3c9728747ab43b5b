// A network that a test can break: it listens where clients believe the server is, and passes bytes both ways until it is told
// to do otherwise. It knows no protocol; `inspect` lets one that does (kafka-requests.ts) look at what clients send.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** One connection through the proxy. */
export interface Link {
  targetPort: number;
  client: Socket;
  server: Socket;
  /** What the server answers next is lost, and the connection with it. */
  loseNextAnswer(): void;
  /** Ends the connection for both sides, as a lost peer does. */
  reset(): void;
}

/** Told of each connection; what it returns is told what the client sends there, before that is passed on. */
export type Inspect = (link: Link) => (bytes: Buffer) => void;

export interface TcpProxyOptions {
  targetPort: number;
  /** Default: one that the system chooses. */
  port?: number;
  inspect?: Inspect;
}

export interface TcpProxy {
  port: number;
  /** Resets the connections there are; new ones are taken. */
  reset(): void;
  /** Resets the connections there are and refuses new ones, until `restore`. */
  cut(): void;
  /** Takes connections and bytes and passes nothing on, until `restore`, which passes on what was held. */
  pause(): void;
  /** Holds each piece of an answer for this long, until `restore`. */
  delayAnswers(milliseconds: number): void;
  /** Ends every fault. */
  restore(): void;
  close(): Promise<void>;
}

export async function startTcpProxy({ targetPort, port = 0, inspect }: TcpProxyOptions): Promise<TcpProxy> {
  const links = new Set<Link>();
  const faults: Faults = { isCut: false, isPaused: false, answerDelayMs: 0 };
  const proxy = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ port: targetPort, host: "127.0.0.1", allowHalfOpen: true });
    const link = join({ targetPort, client, server }, faults, inspect);
    links.add(link);
    client.once("close", () => links.delete(link));
    if (faults.isCut) link.reset();
    else if (faults.isPaused) hold(link);
  });
  proxy.listen(port, "127.0.0.1");
  await once(proxy, "listening");
  const address = proxy.address();
  assert(typeof address === "object" && address !== null);

  function reset(): void {
    for (const link of links) link.reset();
  }

  return {
    port: address.port,
    reset,
    cut() {
      faults.isCut = true;
      reset();
    },
    pause() {
      faults.isPaused = true;
      for (const link of links) hold(link);
    },
    delayAnswers(milliseconds) {
      faults.answerDelayMs = milliseconds;
    },
    restore() {
      Object.assign(faults, { isCut: false, isPaused: false, answerDelayMs: 0 });
      for (const { client, server } of links) {
        client.resume();
        server.resume();
      }
    },
    async close() {
      reset();
      proxy.close();
      await once(proxy, "close");
    },
  };
}

interface Faults {
  isCut: boolean;
  isPaused: boolean;
  answerDelayMs: number;
}

function join(
  ends: Pick<Link, "targetPort" | "client" | "server">,
  faults: Faults,
  inspect: Inspect | undefined,
): Link {
  const { client, server } = ends;
  let isNextLost = false;
  let answered = Promise.resolve();
  const link: Link = {
    ...ends,
    loseNextAnswer() {
      isNextLost = true;
    },
    reset() {
      client.resetAndDestroy();
      server.resetAndDestroy();
    },
  };
  /** As fast as the other side takes it. */
  function pass(bytes: Buffer, from: Socket, to: Socket): void {
    if (!to.writable || to.write(bytes) || to.listenerCount("drain") > 0) return;
    from.pause();
    to.once("drain", () => faults.isPaused || from.resume());
  }
  async function answer(bytes: Buffer, before: Promise<void>, dueAt: number): Promise<void> {
    await before;
    if (dueAt > Date.now()) await sleep(dueAt - Date.now());
    pass(bytes, server, client);
  }
  const look = inspect?.(link);
  client.on("data", (bytes: Buffer) => {
    look?.(bytes);
    pass(bytes, client, server);
  });
  server.on("data", (bytes: Buffer) => {
    if (isNextLost) link.reset();
    // One after the other, also when the delay changes meanwhile.
    else answered = answer(bytes, answered, Date.now() + faults.answerDelayMs);
  });
  client.on("end", () => server.end());
  server.on("end", () => void answered.then(() => client.end()));
  endTogether(client, server);
  endTogether(server, client);
  return link;
}

function hold({ client, server }: Link): void {
  client.pause();
  server.pause();
}

/** A connection that breaks on one side breaks on the other; one that was ended on both is over. */
function endTogether(one: Socket, other: Socket): void {
  one.on("error", () => other.resetAndDestroy());
  one.on("close", (hasFailed) => {
    if (!hasFailed && !one.readableEnded) other.resetAndDestroy();
  });
}
