// A plain HTTP client that shows a test what stood on the wire: pieces as they were read, headers undecoded, and whether the
// answer came to its end.

import { request, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { isObject } from "./fixtures-types.ts";

export interface WireAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** As the socket gave them; the kernel may join what was sent apart. */
  pieces: readonly Buffer[];
  bytes: Buffer;
  text: string;
  /** An empty object where the body is no JSON object. */
  json: Readonly<Record<string, unknown>>;
  /** Whether the body ended as its framing says it must. */
  isComplete: boolean;
}

/** Posts and reads to the end. Rejects where no headers come. */
export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<WireAnswer> {
  const response = await openPost(url, body, headers);
  const pieces: Buffer[] = [];
  response.on("data", (piece: Buffer) => pieces.push(piece));
  // An early end is told by `complete`, and is what some tests are about.
  response.on("error", () => {});
  await new Promise((resolve) => response.once("close", resolve));
  const bytes = Buffer.concat(pieces);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    pieces,
    bytes,
    text: bytes.toString("utf8"),
    json: parseObject(bytes),
    isComplete: response.complete,
  };
}

/** Posts and returns at the headers. A Buffer is sent as it is, all else as JSON. */
export function openPost(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: "POST", agent: false, headers });
    outgoing.once("response", resolve);
    outgoing.once("error", reject);
    outgoing.end(Buffer.isBuffer(body) ? body : JSON.stringify(body));
  });
}

function parseObject(bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
