// A client of WebSockets for tests, which keeps what it gets until a test asks for it.

import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { WebSocket, type ClientOptions } from "ws";
import { isObject } from "./fixtures-types.ts";

type Json = Record<string, unknown>;

export interface TestSocket {
  socket: WebSocket;
  /** What the handshake was answered with. */
  headers: IncomingMessage["headers"];
  send(message: object): void;
  /** The next message, parsed. */
  next(): Promise<Json>;
  /** The next message of this type; those before it are dropped. */
  nextOf(type: string): Promise<Json>;
  /** The code that the connection was closed with; 1006 where it was cut off. */
  closed: Promise<number>;
}

/** @param url of the gateway, with `http:` */
export async function connectSocket(url: string, options: ClientOptions = {}): Promise<TestSocket> {
  const socket = new WebSocket(url.replace(/^http/, "ws"), { perMessageDeflate: false, ...options });
  const received: string[] = [];
  let headers: IncomingMessage["headers"] = {};
  let wake: (() => void) | undefined;
  socket.on("upgrade", (answer) => (headers = answer.headers));
  socket.on("message", (data: Buffer) => {
    received.push(data.toString());
    wake?.();
  });
  const closed = new Promise<number>((resolve) => {
    socket.on("close", (code) => {
      resolve(code);
      wake?.();
    });
  });
  await once(socket, "open");
  socket.on("error", () => undefined);

  async function next(): Promise<Json> {
    while (received.length === 0) {
      if (socket.readyState === WebSocket.CLOSED)
        throw new Error("The connection ended before a message came.");
      await new Promise<void>((resolve) => (wake = resolve));
    }
    const message: unknown = JSON.parse(received.shift() ?? "");
    return isObject(message) ? message : {};
  }

  return {
    socket,
    headers,
    send: (message) => socket.send(JSON.stringify(message)),
    next,
    async nextOf(type) {
      let message = await next();
      while (message["type"] !== type) message = await next();
      return message;
    },
    closed,
  };
}

export interface RefusedHandshake {
  status: number;
  headers: IncomingMessage["headers"];
  body: string;
}

/** What a handshake was refused with. */
export function refuseSocket(
  url: string,
  { protocols = [], ...options }: ClientOptions & { protocols?: string[] } = {},
): Promise<RefusedHandshake> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace(/^http/, "ws"), protocols, options);
    socket.on("open", () => reject(new Error("The handshake was not refused.")));
    socket.on("error", reject);
    socket.on("unexpected-response", (_request, answer) => {
      let body = "";
      answer.setEncoding("utf8");
      answer.on("data", (text: string) => (body += text));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
    });
  });
}
