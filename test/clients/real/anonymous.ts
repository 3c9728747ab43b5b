// Recorded calls of a client, made such that nothing tells whose they are but what is said in them: without the headers and fields in
// which clients name their sessions, runs and agents, and without such names in the texts. And the same calls as those of another
// session, in which something similar is asked.

import type { ReplayAnswer } from "../../services/replay-provider-answer.ts";
import type { ScriptedCall } from "../scripted/scripted-provider.ts";

export interface AnonymousCall {
  /** `<task>:<step>` */
  place: string;
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  answer: ReplayAnswer;
  responseId: string;
}

/** What any program with the same library would send. */
const HEADERS_KEPT = new Set(["accept", "anthropic-beta", "anthropic-version", "content-type", "user-agent"]);
/** OpenClaw is known by having one; a trace of zeros is none. */
const NO_TRACE = `00-${"0".repeat(32)}-${"0".repeat(16)}-00`;
const FIELDS_OF_IDS = ["metadata", "client_metadata", "prompt_cache_key", "safety_identifier", "user"];
const IDS_IN_TEXTS: readonly (readonly [pattern: RegExp, word: string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "00000000-0000-0000-0000-000000000000"],
  [/\bses_[0-9a-zA-Z]{20,}/g, "ses_0"],
  [/\b[0-9a-f]{32,}\b/g, "0"],
  [/ \| (?:session|sessionId)=[^ |"\\]+/g, ""],
];

/**
 * @param calls of one client, in their order
 * @param session which of several sessions, up to 15; each is about another mine
 */
export function toAnonymousCalls(calls: readonly ScriptedCall[], session: number): AnonymousCall[] {
  const ids = calls.map(({ id }) => id);
  const ofSession = (text: string): string => toSession(text, ids, session);
  return calls.map(({ place, method, url, rawHeaders, body, answer, responseId }) => ({
    place,
    method,
    url,
    headers: withoutIdHeaders(rawHeaders),
    body: ofSession(withoutIds(body.toString("utf8"))),
    answer: {
      ...answer,
      ...(answer.body ? { body: Buffer.from(ofSession(answer.body.toString("utf8"))) } : {}),
      ...(answer.frames
        ? { frames: answer.frames.map((frame) => Buffer.from(ofSession(frame.toString("utf8")))) }
        : {}),
    },
    responseId: ofSession(responseId),
  }));
}

function withoutIdHeaders(rawHeaders: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? "";
    if (HEADERS_KEPT.has(name)) headers[name] = rawHeaders[at + 1] ?? "";
    if (name === "traceparent") headers[name] = NO_TRACE;
  }
  return headers;
}

function withoutIds(body: string): string {
  const named = IDS_IN_TEXTS.reduce((text, [pattern, word]) => text.replaceAll(pattern, word), body);
  const request: Record<string, unknown> = JSON.parse(named);
  for (const field of FIELDS_OF_IDS) delete request[field];
  return JSON.stringify(request);
}

/** Words that stand in prompts and answers, and never in pieces of two frames; ids of the provider are never the same. */
function toSession(text: string, ids: readonly string[], session: number): string {
  const spoken = text
    .replaceAll("shaft", `shaft-${session}`)
    .replaceAll("samples.csv", `samples-${session}.csv`);
  return ids.reduce((result, id) => result.replaceAll(id, session.toString(16) + id.slice(1)), spoken);
}
