// The client's socket during a handshake. Node hands it over bare when a client asks for an upgrade; until the protocol has
// changed it is answered as HTTP, by the same code as every other call.

import { ServerResponse, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { Socket } from "node:net";

/** An answer on a bare socket: the last one of its connection. */
export function answerOn(socket: Duplex, incoming: IncomingMessage): ServerResponse {
  const outgoing = new ServerResponse(incoming);
  // Nobody listens any more, and a client that resets the connection must not end the process.
  socket.on("error", () => undefined);
  socket.on("drain", () => outgoing.emit("drain"));
  outgoing.shouldKeepAlive = false;
  outgoing.on("finish", () => socket.end());
  if (socket instanceof Socket) outgoing.assignSocket(socket);
  return outgoing;
}

/** Says that the protocol has changed. What follows is written to the socket itself. */
export function switchProtocols(socket: Duplex, outgoing: ServerResponse, headers: readonly string[]): void {
  if (socket instanceof Socket) outgoing.detachSocket(socket);
  let head = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
  for (let at = 0; at + 1 < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`;
  socket.write(`${head}\r\n`, "latin1");
}
