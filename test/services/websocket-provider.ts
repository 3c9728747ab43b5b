// A provider of WebSockets on 127.0.0.1, on a library of its own that shares no code with the gateway. A script plays it, one
// run for each connection; without one it answers as OpenAI's responses interface does. It deflates where a client offers to.

import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { WebSocketServer, type WebSocket } from "ws";
import { isObject } from "./fixtures-types.ts";

type Script = (socket: WebSocket, handshake: IncomingMessage) => void;

export interface WebSocketProvider {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** The handshakes, in their order. */
  handshakes: readonly IncomingMessage[];
  /** Plays all further connections. */
  play(script: Script): void;
  /** Answers all further handshakes with these bytes instead of changing the protocol; undefined changes it again. */
  refuse(answer: string | undefined): void;
  close(): Promise<void>;
}

export async function startWebSocketProvider(): Promise<WebSocketProvider> {
  const handshakes: IncomingMessage[] = [];
  let script: Script = answerInOrder;
  let refusal: string | undefined;
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: true });
  const server = createServer((_incoming, outgoing) => outgoing.writeHead(404).end("{}"));
  server.on("upgrade", (incoming, socket, head) => {
    handshakes.push(incoming);
    socket.on("error", () => undefined);
    if (refusal !== undefined) {
      socket.end(refusal);
      return;
    }
    sockets.handleUpgrade(incoming, socket, head, (opened) => {
      // A client that breaks off, and frames that no client may send, are what tests are about.
      opened.on("error", () => undefined);
      script(opened, incoming);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    handshakes,
    play: (next) => (script = next),
    refuse: (answer) => (refusal = answer),
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Of the n-th response of a connection: counts that no other has. */
export function usageOf(n: number): object {
  return {
    input_tokens: 1000 + n,
    input_tokens_details: { cached_tokens: 700 },
    output_tokens: 60 + n,
    output_tokens_details: { reasoning_tokens: 40 },
    total_tokens: 1060 + 2 * n,
  };
}

/** Each request gets its response whole: `resp_1`, `resp_2`, … */
export function answerInOrder(socket: WebSocket): void {
  let n = 0;
  socket.on("message", (data: Buffer) => {
    const request: unknown = JSON.parse(data.toString());
    if (!isObject(request) || request["type"] !== "response.create") return;
    n++;
    const response = { id: `resp_${n}`, model: request["model"], status: "in_progress", usage: null };
    const done = { ...response, status: "completed", usage: usageOf(n) };
    for (const event of [
      { type: "response.created", response },
      { type: "response.output_text.delta", item_id: "msg_1", delta: "There is gold in it." },
      { type: "response.completed", response: done },
    ]) {
      socket.send(JSON.stringify(event));
    }
  });
}
