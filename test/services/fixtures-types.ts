// A provider's answer as tests use it, and the words that describe one.

import type { Api } from "../../schemas/closed-lists.ts";

/** Whose wire format. `other`: of no provider that has a format of its own here, such as transcription services. */
export type Dialect = "openai" | "anthropic" | "gemini" | "bedrock" | "cohere" | "other";

export type Framing = "json" | "sse" | "eventstream";

export interface Fixture {
  /** Path below its folder, with `/`; the second answer of a cassette ends in `#1`, the third in `#2`. */
  file: string;
  /** Who answered: `openai`, `anthropic`, `gemini`, `vertex`, `bedrock`, `azure`, `groq`, … */
  provider: string;
  /** `groq` speaks `openai`. */
  dialect: Dialect;
  api: Api;
  framing: Framing;
  /** The request that was answered, where it was recorded; else one that such an answer is given to, without a body. */
  request: FixtureRequest;
  status: number;
  /** As recorded, in order, duplicates kept; else the content type alone. */
  headers: readonly (readonly [name: string, value: string])[];
  /** The bytes on the wire, still encoded where `content-encoding` says so. */
  body: Buffer;
  /** The same bytes, cut where the provider's stream has its events. One piece for `json`. */
  frames: readonly Buffer[];
}

interface FixtureRequest {
  method: string;
  /** Path and query. */
  path: string;
  body: Buffer | undefined;
}

export const CONTENT_TYPES: Readonly<Record<Framing, string>> = {
  json: "application/json",
  sse: "text/event-stream; charset=utf-8",
  eventstream: "application/vnd.amazon.eventstream",
};

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
