// A provider on 127.0.0.1 that stands in for the real ones: it speaks the routes of OpenAI, Anthropic and Gemini, answers by a
// script, with a fixture or with answers of its own, breaks in every way a provider can, and keeps each request that it saw.
//
// Which answer: the script's, if it gives one; else the fixture that the header `x-replay-fixture` names; else a built-in one
// for the route; else a 404 in the provider's JSON. Always holds: after `close` no socket and no timer of it is left.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { isObject, type Dialect } from "./fixtures-types.ts";
import { findFixture } from "./fixtures.ts";
import { answerAnthropic } from "./replay-provider-anthropic.ts";
import { errorAnswer, fixtureAnswer, type ReplayAnswer } from "./replay-provider-answer.ts";
import { answerGemini } from "./replay-provider-gemini.ts";
import { answerOpenai } from "./replay-provider-openai.ts";
import { usageOfLength, type AnswerContext, type ReplayUsage } from "./replay-provider-usage.ts";
import { sendAnswer } from "./replay-provider-transfer.ts";

export interface ReplayOptions {
  /** The counts of a built-in answer; the request is undefined where its body is no JSON. Else they follow from its length. */
  usageOf?: (requestJson: unknown) => ReplayUsage;
  /** Makes response and request ids, which must never repeat. Random UUIDs unless said. */
  createId?: () => string;
  /** Milliseconds since 1970; the answers' time of creation. */
  now?: () => number;
  /** Of a built-in answer. */
  pace?: NonNullable<ReplayAnswer["pace"]>;
  /** Whether `requests` grows. A provider that runs for long must not keep what it saw. True unless said. */
  isKeeping?: boolean;
}

interface ReplayRequest {
  method: string;
  /** Path and query, as they came. */
  url: string;
  /** Name, value, name, value, …, in the order and spelling of the wire. */
  rawHeaders: readonly string[];
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** The body, where it is JSON. */
  json: unknown;
  /** Whether the client sent all of the body. Where it did not, nothing was answered. */
  isWhole: boolean;
  /** When the client closed the connection before the answer's end, in `performance.now()` milliseconds. */
  disconnectedAtMs: number | undefined;
  /** Settles when the answer has ended, or the connection has, whoever closed it. */
  closed: Promise<void>;
}

/** Undefined leaves the request to the next rule. */
type ReplayScript = (request: ReplayRequest) => ReplayAnswer | undefined | Promise<ReplayAnswer | undefined>;

export interface ReplayProvider {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  url: string;
  port: number;
  /** In the order in which their bodies were complete, or broken off. */
  requests: readonly ReplayRequest[];
  /** Answers all further requests; undefined returns to the built-in answers. */
  respond(script: ReplayScript | undefined): void;
  close(): Promise<void>;
}

const FIXTURE_HEADER = "x-replay-fixture";

export async function startReplayProvider(options: ReplayOptions = {}): Promise<ReplayProvider> {
  const requests: ReplayRequest[] = [];
  const closing = new AbortController();
  let script: ReplayScript | undefined;

  // Idle connections stay open, so that no test meets one that was closed a moment ago.
  const server = createServer({ keepAliveTimeout: 0 }, (incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      // A script's mistake must be seen by the test, and not as a hanging client.
      response.destroy();
      throw error;
    });
  });

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { promise: closed, resolve: setClosed } = Promise.withResolvers<void>();
    let request: ReplayRequest | undefined;
    let isOurDoing = false;
    // Registered before anything is awaited: a client may leave at any time.
    response.once("close", () => {
      const isClients = !response.writableFinished && !isOurDoing && !closing.signal.aborted;
      if (request && isClients) request.disconnectedAtMs = performance.now();
      setClosed();
    });
    request = await record(incoming, closed);
    if (options.isKeeping ?? true) requests.push(request);
    if (!request.isWhole) return;
    const answer = (await script?.(request)) ?? chooseAnswer(request, options);
    isOurDoing = BREAKS_CONNECTION.has(answer.fault?.kind ?? "");
    if (!response.destroyed) await sendAnswer(response, answer, closing.signal);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert(typeof address === "object" && address !== null);
  const { port } = address;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    respond: (next) => {
      script = next;
    },
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Faults by which the connection ends early without the client's doing. */
const BREAKS_CONNECTION: ReadonlySet<string> = new Set(["reset-before-headers", "reset", "cut"]);

async function record(incoming: IncomingMessage, closed: Promise<void>): Promise<ReplayRequest> {
  const chunks: Buffer[] = [];
  const isWhole = await new Promise<boolean>((resolve) => {
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.once("end", () => resolve(true));
    // An upload that breaks off errs and closes; that it is not whole is all that there is to say of it.
    incoming.once("error", () => resolve(false));
    incoming.once("close", () => resolve(incoming.complete));
  });
  const body = Buffer.concat(chunks);
  return {
    method: incoming.method ?? "",
    url: incoming.url ?? "",
    rawHeaders: incoming.rawHeaders,
    headers: incoming.headers,
    body,
    json: parseJson(body),
    isWhole,
    disconnectedAtMs: isWhole ? undefined : performance.now(),
    closed,
  };
}

/** Without a script, or where it gave none. */
function chooseAnswer(request: ReplayRequest, options: ReplayOptions): ReplayAnswer {
  const named = request.headers[FIXTURE_HEADER];
  if (typeof named === "string") {
    const fixture = findFixture(named);
    return fixture ? fixtureAnswer(fixture) : errorAnswer("openai", 404);
  }
  const context = toContext(request, options);
  const answer = answerAnthropic(context) ?? answerGemini(context) ?? answerOpenai(context);
  if (!answer) return errorAnswer(dialectOfPath(context.path), 404);
  return options.pace ? { ...answer, pace: options.pace } : answer;
}

function toContext(
  { method, url, headers, body, json }: ReplayRequest,
  options: ReplayOptions,
): AnswerContext {
  const { usageOf, createId = randomUUID, now = Date.now } = options;
  const { pathname, searchParams } = new URL(url, "http://127.0.0.1");
  return {
    method,
    path: pathname,
    query: searchParams,
    headers,
    json: isObject(json) ? json : {},
    usage: usageOf?.(json) ?? usageOfLength(body.length),
    id: createId().replaceAll("-", ""),
    createdSeconds: Math.floor(now() / 1000),
  };
}

function dialectOfPath(path: string): Dialect {
  if (/\/v1\/messages(\/|$)/.test(path)) return "anthropic";
  return /\/v1(beta\/|\/models\/[^/]+:)/.test(path) ? "gemini" : "openai";
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch {
    // Encoded and malformed bodies are what some tests send.
    return undefined;
  }
}
