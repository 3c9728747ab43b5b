// Reads an answer that a test has made up, with the gateway's own meter and reader and cut at random, and says what was read.

import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { expect } from "vitest";
import { Meter } from "../../ingest/gateway/meter/meter.ts";
import { readPath } from "../../ingest/gateway/providers/all-providers.ts";
import type { Reading } from "../../ingest/gateway/providers/provider.ts";
import { TOKEN_FIELDS, type TokenField } from "../../schemas/token-event.ts";
import type { UpstreamKind } from "../../schemas/upstreams.ts";
import { createRandom, type Random } from "../simulation/random.ts";

/** Printed where a test fails: `SEED=…` repeats its cuts. */
export const SEED = process.env["SEED"] ?? randomUUID();

const SMALL_CHUNK_BYTES_MAX = 64;
/** Beyond this an answer is cut in pieces as large as a network's. */
const SMALL_ANSWER_BYTES_MAX = 16 * 1024;
const CHUNK_BYTES_MAX = 16 * 1024;

export interface Asked {
  kind: UpstreamKind;
  path: string;
}

export const CHAT: Asked = { kind: "openai", path: "/v1/chat/completions" };
export const RESPONSES: Asked = { kind: "openai", path: "/v1/responses" };
export const MESSAGES: Asked = { kind: "anthropic", path: "/v1/messages" };
export const GENERATE: Asked = { kind: "gemini", path: "/v1beta/models/gemini-3-pro:generateContent" };
export const STREAM: Asked = { kind: "gemini", path: "/v1beta/models/gemini-3-pro:streamGenerateContent" };

/** A whole answer: a document, or a text as it stands. */
export function readBody(asked: Asked, body: object | string): Promise<Reading> {
  return read(asked, typeof body === "string" ? body : JSON.stringify(body), "application/json");
}

/** A stream of events without names, as chat and Gemini send them. */
export function readEvents(asked: Asked, events: readonly (object | string)[]): Promise<Reading> {
  const frames = events.map(
    (event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`,
  );
  return read(asked, frames.join(""), "text/event-stream");
}

/** A stream of events whose name is also their `type`, as Anthropic and responses send them. */
export function readNamedEvents(
  asked: Asked,
  events: readonly (Readonly<Record<string, unknown>> & { type: string })[],
): Promise<Reading> {
  const frames = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  return read(asked, frames.join(""), "text/event-stream");
}

async function read({ kind, path }: Asked, text: string, contentType: string): Promise<Reading> {
  const { provider, operation } = readPath(kind, "POST", path);
  expect(operation.isMetered, `${path} is metered`).toBe(true);
  const head = { status: 200, contentType, contentEncoding: "" };
  const meter = new Meter(pino({ level: "silent" }), provider, operation, head);
  for (const chunk of cut(Buffer.from(text), createRandom(SEED))) {
    await new Promise<void>((done) => meter.read(chunk, done));
  }
  await new Promise<void>((done) => meter.end(done));
  return meter.reading;
}

function* cut(bytes: Buffer, random: Random): Generator<Buffer> {
  const max = bytes.length > SMALL_ANSWER_BYTES_MAX ? CHUNK_BYTES_MAX : SMALL_CHUNK_BYTES_MAX;
  for (let start = 0; start < bytes.length;) {
    const end = start + random.integer(1, max);
    yield bytes.subarray(start, end);
    start = end;
  }
}

/** The counts that are known, and not those that are not: what `toEqual` can be held against. */
export function knownTokens({ tokens }: Reading): Partial<Record<TokenField, number>> {
  return Object.fromEntries(
    TOKEN_FIELDS.flatMap((field) => {
      const count = tokens?.[field];
      return typeof count === "number" ? [[field, count]] : [];
    }),
  );
}
