// A mail server and a receiver of webhooks on this machine, each with what it was handed and a way to fail.

import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { callbackify } from "node:util";
import { SMTPServer } from "smtp-server";

export interface MailServer {
  url: string;
  /** As they were handed over, with their headers. */
  mails: string[];
  /** What it answers to a message: null takes it; a number refuses it; `cut` takes it and breaks off before it says so. */
  answer: number | "cut" | null;
  close(): Promise<void>;
}

export async function startMailServer(): Promise<MailServer> {
  const self: MailServer = { url: "", mails: [], answer: null, close: () => Promise.resolve() };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    logger: false,
    onData(stream, session, done) {
      callbackify(() => take(stream, session.id))((error) => done(error));
    },
  });
  async function take(stream: Readable, sessionId: string): Promise<void> {
    const mail = await text(stream);
    if (typeof self.answer === "number") throw Object.assign(new Error("No."), { responseCode: self.answer });
    self.mails.push(mail);
    if (self.answer !== "cut") return;
    for (const connection of server.connections) if (connection.session.id === sessionId) connection.close();
    await new Promise(() => undefined);
  }

  // A connection that is cut is what a test asked for.
  server.on("error", () => undefined);
  const listening = once(server.server, "listening");
  server.listen(0, "127.0.0.1");
  await listening;
  self.url = `smtp://127.0.0.1:${portOf(server.server.address())}`;
  self.close = () => new Promise((resolve) => server.close(() => resolve()));
  return self;
}

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

export interface WebhookReceiver {
  url: string;
  received: Received[];
  /** What it answers from now on. */
  status: number;
  close(): Promise<void>;
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const self: WebhookReceiver = { url: "", received: [], status: 204, close: () => Promise.resolve() };
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    self.received.push({ headers: request.headers, body: await text(request) });
    response.writeHead(self.status).end();
  };
  const server = createServer((request, response) => {
    receive(request, response).catch(() => response.destroy());
  });
  const listening = once(server, "listening");
  server.listen(0, "127.0.0.1");
  await listening;
  self.url = `http://127.0.0.1:${portOf(server.address())}/notices`;
  self.close = async () => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return self;
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== "object" || address === null) throw new Error("The server listens on no port.");
  return address.port;
}
