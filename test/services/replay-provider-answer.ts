// What a replay provider can answer: a body or the frames of a stream, at a pace, with a fault. A script gives one for each
// request; `jsonAnswer`, `streamAnswer`, `errorAnswer` and `fixtureAnswer` build the usual ones, `encodedAnswer` encodes one.

import { promisify } from "node:util";
import * as zlib from "node:zlib";
import type { Dialect, Fixture } from "./fixtures-types.ts";

export interface ReplayAnswer {
  /** 200 unless said. */
  status?: number;
  /** In this order, spelled like this, duplicates kept. */
  headers?: readonly (readonly [name: string, value: string])[];
  /** Sent with a content length in one piece, unless pace or fault ask for more. */
  body?: Buffer;
  /** Sent chunked, each frame a write of its own. Instead of `body`. */
  frames?: readonly Buffer[];
  pace?: Pace;
  fault?: Fault;
}

/** Cuts the bytes anew and spreads them over real time. Without it nothing waits. */
interface Pace {
  /** Pieces of so many bytes, whatever the frames were. */
  chunkBytes?: number;
  /** Cuts at these offsets, whatever the frames were. */
  splitAt?: readonly number[];
  /** Between one piece and the next. */
  gapMs?: number;
}

export type Fault =
  /** The connection is reset before a byte of the answer. */
  | { kind: "reset-before-headers" }
  /** Nothing is answered until the client leaves or the provider is closed. */
  | { kind: "silent" }
  | { kind: "slow-headers"; delayMs: number }
  /** After so many bytes of the body: a TCP reset. */
  | { kind: "reset"; afterBytes: number }
  /** … the connection is closed, without the end that HTTP asks for. */
  | { kind: "cut"; afterBytes: number }
  /** … the answer ends as if that had been all. */
  | { kind: "truncate"; afterBytes: number }
  /** … nothing more comes until the client leaves or the provider is closed. */
  | { kind: "stall"; afterBytes: number }
  /** `content-length` says so many bytes more (or less, if negative) than are sent; then the connection is closed. */
  | { kind: "wrong-length"; byBytes: number };

export type Encoding = "gzip" | "deflate" | "br" | "zstd";

export function jsonAnswer(document: unknown, headers: ReplayAnswer["headers"] = []): ReplayAnswer {
  return {
    headers: [["content-type", "application/json"], ...headers],
    body: Buffer.from(JSON.stringify(document)),
  };
}

/** A stream of server-sent events. */
export function streamAnswer(frames: readonly string[], headers: ReplayAnswer["headers"] = []): ReplayAnswer {
  return {
    headers: [
      ["content-type", "text/event-stream; charset=utf-8"],
      ["cache-control", "no-cache"],
      ...headers,
    ],
    frames: frames.map((frame) => Buffer.from(frame)),
  };
}

export function redirectAnswer(location: string): ReplayAnswer {
  return { status: 307, headers: [["location", location]], body: Buffer.alloc(0) };
}

/** A fixture as it stood on the wire, without the headers that belong to one connection. */
export function fixtureAnswer(fixture: Fixture): ReplayAnswer {
  const headers = fixture.headers.filter(([name]) => !CONNECTION_HEADERS.has(name.toLowerCase()));
  const content = fixture.framing === "json" ? { body: fixture.body } : { frames: fixture.frames };
  return { status: fixture.status, headers, ...content };
}

/** Hop-by-hop, and the length: recordings keep the one of a body that was decoded or re-indented since. */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "transfer-encoding",
]);

/**
 * The same answer encoded, as one stream that is flushed after each frame, so that the frames stay apart on the wire.
 * @param isDeclared false leaves the `content-encoding` header out, as some intermediaries do
 */
export async function encodedAnswer(
  answer: ReplayAnswer,
  encoding: Encoding,
  isDeclared = true,
): Promise<ReplayAnswer> {
  const { body, frames, headers = [], ...rest } = answer;
  const encoded = await encodeFrames(frames ?? [body ?? Buffer.alloc(0)], encoding);
  return {
    ...rest,
    headers: isDeclared ? [...headers, ["content-encoding", encoding]] : headers,
    ...(frames ? { frames: encoded } : { body: Buffer.concat(encoded) }),
  };
}

async function encodeFrames(frames: readonly Buffer[], encoding: Encoding): Promise<Buffer[]> {
  const encoder = ENCODERS[encoding]();
  let pending: Buffer[] = [];
  encoder.on("data", (piece: Buffer) => pending.push(piece));
  const flush = promisify((done: () => void) => encoder.flush(done));
  const encoded: Buffer[] = [];
  for (const frame of frames) {
    encoder.write(frame);
    await flush();
    encoded.push(Buffer.concat(pending));
    pending = [];
  }
  const ended = new Promise((resolve) => encoder.once("end", resolve));
  encoder.end();
  await ended;
  return [...encoded, Buffer.concat(pending)];
}

const ENCODERS = {
  gzip: zlib.createGzip,
  deflate: zlib.createDeflate,
  br: zlib.createBrotliCompress,
  zstd: zlib.createZstdCompress,
} as const;

/** An error in the provider's own JSON, with the headers that its clients look at. */
export function errorAnswer(dialect: Dialect, status: number): ReplayAnswer {
  const message = `The replay provider answers ${status}, as it was told to.`;
  const retry: ReplayAnswer["headers"] = status === 429 ? [["retry-after", "1"]] : [];
  return { ...jsonAnswer(toErrorBody(dialect, status, message), retry), status };
}

function toErrorBody(dialect: Dialect, status: number, message: string): object {
  switch (dialect) {
    case "anthropic":
      return { type: "error", error: { type: ANTHROPIC_TYPES[status] ?? "api_error", message } };
    case "gemini":
      return { error: { code: status, message, status: GOOGLE_STATUS[status] ?? "INTERNAL" } };
    case "bedrock":
    case "cohere":
      return { message };
    case "openai":
    case "other": {
      const [type, code] = OPENAI_TYPES[status] ?? ["server_error", null];
      return { error: { message, type, param: null, code } };
    }
    default:
      return dialect satisfies never;
  }
}

/** platform.openai.com, "Error codes". */
const OPENAI_TYPES: Readonly<Record<number, [type: string, code: string | null]>> = {
  400: ["invalid_request_error", null],
  401: ["invalid_request_error", "invalid_api_key"],
  404: ["invalid_request_error", "unknown_url"],
  429: ["requests", "rate_limit_exceeded"],
};

/** docs.anthropic.com, "Errors". */
const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  500: "api_error",
  529: "overloaded_error",
};

/** google.rpc.Code, as the HTTP mapping gives it. */
const GOOGLE_STATUS: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
};
