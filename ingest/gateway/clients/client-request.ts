// The request as clients' files look at it, and how they read ids from it: from headers, and from single fields of the body, which
// is never parsed whole.

import type { IncomingHttpHeaders } from "node:http";
import { containsAssayKey } from "../../../schemas/assay-key.ts";
import type { Api } from "../../../schemas/closed-lists.ts";
import { FIELD_CHARS_MAX } from "../../../schemas/token-event.ts";
import { isRecord, textMember, type Members } from "../json-scan.ts";

export interface ClientRequest {
  headers: IncomingHttpHeaders;
  api: Api;
  isStream: boolean;
  /** The body without its content encoding and its members, where both could be read. */
  body?: { text: Buffer; members: Members } | undefined;
}

/**
 * What somebody says an id is. Undefined: nothing, so that the next source is asked. Null: an id that is longer than a field. It is
 * not cut, because what two ids have in common would make one conversation of two; and nobody else is asked, because what they say
 * would be another thing.
 */
export type Said = string | null | undefined;

/** What the first says that says anything. */
export function firstSaid(...sources: readonly Said[]): Said {
  return sources.find((value) => value !== undefined);
}

/** An id as somebody gave it, from a header or a parsed object. A key of ours is in the wrong place there, and is not kept. */
export function said(value: unknown): Said {
  if (typeof value !== "string" || value === "" || containsAssayKey(value)) return undefined;
  return value.length > FIELD_CHARS_MAX ? null : value;
}

export function headerSaid(headers: IncomingHttpHeaders, ...names: readonly string[]): Said {
  return firstSaid(...names.map((name) => said(headers[name])));
}

/** A member of an object in the request's body. */
export function memberSaid(request: ClientRequest, members: Members | undefined, name: string): Said {
  const span = members?.get(name);
  if (!request.body || !span) return undefined;
  // One more than a field holds tells an id that is too long; a text of many more is not even decoded.
  const value = textMember(request.body.text, members, name, FIELD_CHARS_MAX + 1);
  const isLong = value === null && span.end - span.start > FIELD_CHARS_MAX;
  return isLong ? null : said(value);
}

/** A member of the body itself. */
export function bodySaid(request: ClientRequest, name: string): Said {
  return memberSaid(request, request.body?.members, name);
}

/** Some ids travel as JSON within a header or a string. Undefined for what is no object. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A W3C trace context's trace id (w3.org/TR/trace-context, 3.2), which one run shares; a trace of zeros is none. */
export function traceIdOf(headers: IncomingHttpHeaders): string | undefined {
  const traceparent = headers["traceparent"];
  if (typeof traceparent !== "string") return undefined;
  const [, traceId] = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(traceparent) ?? [];
  return traceId === undefined || /^0+$/.test(traceId) ? undefined : traceId;
}

/** Where a body holds its system prompt. In the other interfaces it is a member of its own, or the first message. */
const SYSTEM_MEMBERS = [
  "system",
  "systemInstruction",
  "system_instruction",
  "instructions",
  "messages",
  "input",
];
/** A client introduces itself in the first lines of a system prompt; what follows is the user's own. */
const INTRODUCTION_BYTES = 16 * 1024;

/** Whether a system prompt begins with these words, or says them soon. They must need no escape in JSON. */
export function isIntroducedAs({ body }: ClientRequest, words: string): boolean {
  if (!body) return false;
  return SYSTEM_MEMBERS.some((name) => {
    const span = body.members.get(name);
    return (
      span &&
      body.text.subarray(span.start, Math.min(span.end, span.start + INTRODUCTION_BYTES)).includes(words)
    );
  });
}

/** Whether the body is known to offer the model no tool. */
export function offersNoTools({ body }: ClientRequest): boolean {
  return body !== undefined && (body.members.get("tools")?.items ?? 0) === 0;
}
