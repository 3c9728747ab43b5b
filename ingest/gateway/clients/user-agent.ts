// Clients say who they are at the beginning of their user agent: a product and its version (RFC 9110, 10.1.5).

import { FIELD_CHARS_MAX } from "../../../schemas/token-event.ts";
import type { ClientRequest } from "./client-request.ts";

/** The version that a user agent gives: the pattern's first group, '' where it has none; undefined where it does not match. */
export function matchUserAgent({ headers }: ClientRequest, pattern: RegExp): string | undefined {
  const found = pattern.exec(headers["user-agent"] ?? "");
  return found ? (found[1] ?? "").slice(0, FIELD_CHARS_MAX) : undefined;
}
