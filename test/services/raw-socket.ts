// Both ends of HTTP as plain bytes, for what no well-behaved library would send.

import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Sends bytes over a connection of its own and reads until the other side closes it. */
export async function sendBytes(url: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", () => undefined);
  socket.write(bytes);
  await once(socket, "close");
  return Buffer.concat(chunks).toString("latin1");
}

export interface RawProvider {
  url: string;
  /** What was received, over all connections, as Latin-1. */
  received(): string;
  close(): Promise<void>;
}

/** A provider that does with each connection what it is told, from the first bytes of a request on. */
export async function startRawProvider(answer: (socket: Socket) => void): Promise<RawProvider> {
  const chunks: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.once("data", () => answer(socket));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    received: () => Buffer.concat(chunks).toString("latin1"),
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
