// What is particular in the headers of a WebSocket's handshake (RFC 6455, 4): a key among the subprotocols, extensions that could
// not be metered, and how the two sides have agreed to deflate.

import type { IncomingMessage } from "node:http";
import { looksLikeAssayKey } from "../../../schemas/assay-key.ts";
import type { Deflation } from "./message-reader.ts";

const PROTOCOLS = "sec-websocket-protocol";
const EXTENSIONS = "sec-websocket-extensions";
const DEFLATE = "permessage-deflate";
const OWN_KEY_HEADER = "x-assay-key";
/** Browsers can set no header for a WebSocket, so OpenAI takes a key here. (platform.openai.com, Realtime over WebSocket) */
const KEY_PROTOCOL = "openai-insecure-api-key.";

/** A GET that asks for a WebSocket, and nothing beside it. Any other upgrade is not taken, and its request is answered as it is. */
export function isWebSocketUpgrade({ method, headers }: IncomingMessage): boolean {
  const hasBody = headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
  return method === "GET" && !hasBody && headers.upgrade?.toLowerCase() === "websocket";
}

/**
 * Moves an Assay key from the subprotocols to the header that it has with Assay, from where it is read, and goes no further.
 * @returns whether there is a key of the provider's own among them, which stays
 */
export function takeProtocolKey(incoming: IncomingMessage): boolean {
  const protocols = listOf(incoming.headers[PROTOCOLS]);
  const keys = protocols.filter((protocol) => protocol.startsWith(KEY_PROTOCOL));
  const ours = keys.map((protocol) => protocol.slice(KEY_PROTOCOL.length)).filter(looksLikeAssayKey);
  if (ours.length > 0) {
    incoming.headers[OWN_KEY_HEADER] ??= ours[0];
    const others = protocols.filter((protocol) => !ours.includes(protocol.slice(KEY_PROTOCOL.length)));
    replaceHeader(incoming.rawHeaders, PROTOCOLS, others);
    incoming.headers[PROTOCOLS] = others.join(", ");
  }
  return keys.length > ours.length;
}

/** Leaves of the extensions that a client offers those whose messages can be read here. */
export function narrowExtensions(headers: readonly string[]): string[] {
  const narrowed = [...headers];
  const offered = headers.flatMap((name, at) =>
    at % 2 === 0 && name.toLowerCase() === EXTENSIONS ? listOf(headers[at + 1]) : [],
  );
  replaceHeader(
    narrowed,
    EXTENSIONS,
    offered.filter((offer) => nameOf(offer) === DEFLATE),
  );
  return narrowed;
}

/** How the messages of each side are deflated, by the extensions that the provider has taken. (RFC 7692, 7.1) */
export function readDeflation(extensions: string | undefined): { client: Deflation; provider: Deflation } {
  const taken = listOf(extensions);
  const [deflate = ""] = taken;
  if (taken.length === 0) return { client: "none", provider: "none" };
  if (taken.length > 1 || nameOf(deflate) !== DEFLATE) return { client: "unknown", provider: "unknown" };
  const parameters = new Set(deflate.split(";").map((parameter) => parameter.trim().toLowerCase()));
  return {
    client: parameters.has("client_no_context_takeover") ? "afresh" : "onward",
    provider: parameters.has("server_no_context_takeover") ? "afresh" : "onward",
  };
}

/** One header in place of all of its name, where it is first; none where nothing is left. Flat list of names and values. */
function replaceHeader(flat: string[], name: string, values: readonly string[]): void {
  let isPlaced = values.length === 0;
  for (let at = 0; at < flat.length;) {
    if (flat[at]?.toLowerCase() !== name) {
      at += 2;
    } else if (isPlaced) {
      flat.splice(at, 2);
    } else {
      flat[at + 1] = values.join(", ");
      isPlaced = true;
      at += 2;
    }
  }
}

function nameOf(extension: string): string {
  return extension.split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** The elements of a list, as RFC 9110 has it; no value that stands here may hold a comma. */
function listOf(header: string | undefined): string[] {
  return (header ?? "")
    .split(",")
    .map((element) => element.trim())
    .filter((element) => element !== "");
}
