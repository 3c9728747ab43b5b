// Which headers go on. Names, values, order and repetition stay as they came; taken out are the hop-by-hop headers, what is
// meant for Assay alone, what a trusted proxy says of the person, and whatever has an Assay key in it. (RFC 9110, 7.6.1.)

import type { IncomingMessage } from "node:http";
import { containsAssayKey, looksLikeAssayKey } from "../../schemas/assay-key.ts";
import { credentialOf, CREDENTIAL_HEADERS, type Caller } from "./identity/caller.ts";
import { DECODED_ENCODINGS } from "./meter/decoder.ts";
import type { RequestBody } from "./request-body.ts";
import type { Route } from "./route.ts";

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Node answers `Expect: 100-continue` itself; host and length are those of the request to the provider. */
const OURS_TO_SET: ReadonlySet<string> = new Set(["expect", "host", "content-length"]);
const OWN_PREFIX = "x-assay-";
/** Where Gemini's clients may put their key too. One of ours is no longer there. */
const QUERY_KEY = /[?&]key=/;
const CREDENTIALS: ReadonlySet<string> = new Set(CREDENTIAL_HEADERS);

export const EVENT_ID_HEADER = "x-assay-event-id";

/**
 * The request's headers for the provider: a flat list of names and values.
 * @param isPlainAnswer asks for an answer without encoding, because something will have to be taken out of it
 */
export function toUpstreamHeaders(
  incoming: IncomingMessage,
  {
    route,
    caller,
    body,
    isPlainAnswer,
  }: { route: Route; caller: Caller; body: RequestBody; isPlainAnswer: boolean },
): string[] {
  const nominated = nominatedBy(incoming.headers.connection);
  const headers = ["host", new URL(route.upstream.url).host];
  let hasCredential = route.provider.kind === "gemini" && QUERY_KEY.test(route.path);
  for (const [name, value] of pairs(incoming.rawHeaders)) {
    const lower = name.toLowerCase();
    if (
      HOP_BY_HOP.has(lower) ||
      OURS_TO_SET.has(lower) ||
      nominated.has(lower) ||
      lower.startsWith(OWN_PREFIX) ||
      caller.proxyHeaders.has(lower) ||
      containsAssayKey(value)
    )
      continue;
    if (CREDENTIALS.has(lower)) {
      if (looksLikeAssayKey(credentialOf(value))) continue;
      hasCredential = true;
    }
    if (lower !== "accept-encoding" || !route.operation.isMetered) headers.push(name, value);
    else headers.push(name, isPlainAnswer ? "identity" : narrowEncodings(value));
  }
  const key = route.upstream.key;
  if (key !== undefined && caller.isAuthenticated && !hasCredential)
    headers.push(...route.provider.authorization(key));
  if (body.kind === "stream" && incoming.headers["content-length"] !== undefined) {
    headers.push("content-length", incoming.headers["content-length"]);
  }
  return headers;
}

/**
 * The answer's headers for the client, from the raw ones, with the event's id added.
 * @param isShortened the body will be shorter than the provider's, so its length is not told
 */
export function toClientHeaders(
  raw: readonly (Buffer | string)[],
  { eventId, isShortened }: { eventId: string; isShortened: boolean },
): string[] {
  const text = raw.map((part) => (typeof part === "string" ? part : part.toString("latin1")));
  const connection = [...pairs(text)].filter(([name]) => name.toLowerCase() === "connection");
  const nominated = nominatedBy(connection.map(([, value]) => value).join(","));
  const headers: string[] = [];
  for (const [name, value] of pairs(text)) {
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || nominated.has(lower) || (isShortened && lower === "content-length"))
      continue;
    headers.push(name, value);
  }
  headers.push(EVENT_ID_HEADER, eventId);
  return headers;
}

function* pairs(flat: readonly string[]): Generator<[name: string, value: string]> {
  for (let at = 0; at + 1 < flat.length; at += 2) yield [flat[at] ?? "", flat[at + 1] ?? ""];
}

function nominatedBy(connection: string | undefined): ReadonlySet<string> {
  return new Set(connection?.split(",").map((name) => name.trim().toLowerCase()));
}

/** Leaves out the encodings whose answers could not be metered; a client that named no other gets it plain. */
function narrowEncodings(accepted: string): string {
  const kept = accepted
    .split(",")
    .filter((entry) => DECODED_ENCODINGS.has(entry.split(";", 1)[0]?.trim().toLowerCase() ?? ""));
  return kept.map((entry) => entry.trim()).join(", ") || "identity";
}
