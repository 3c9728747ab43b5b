// Standard Webhooks (https://www.standardwebhooks.com, version 1): a signature of the message's id, the time that it was sent at and its
// body. Libraries for most languages make it; GitLab's signing tokens are the same.

import { createHmac, timingSafeEqual } from "node:crypto";

/** Between the sender's clock and ours, as the specification's own libraries have it. */
export const CLOCK_DIFFERENCE_MS_MAX = 5 * 60_000;
/** A secret with this before it is base64; any other is taken as it is. */
const ENCODED_SECRET = "whsec_";
/** Several, where a sender changes its secret. */
const SIGNATURES_MAX = 8;

/** Headers `webhook-id`, `webhook-timestamp` (seconds since 1970) and `webhook-signature`. */
export interface SignedMessage {
  id: string;
  timestamp: string;
  signature: string;
  body: string;
}

/** `forged`: nobody who knows the secret signed it. `stale`: signed, and not now. */
export function checkSignature(
  secret: string,
  { id, timestamp, signature, body }: SignedMessage,
  now: Date,
): "valid" | "forged" | "stale" {
  const expected = createHmac("sha256", toKey(secret)).update(`${id}.${timestamp}.${body}`).digest();
  const given = signature.split(" ", SIGNATURES_MAX).flatMap((part) => part.match(/^v1,(.+)$/)?.[1] ?? []);
  const isSigned = given.some((text) => isSame(Buffer.from(text, "base64"), expected));
  if (!isSigned || id === "") return "forged";
  const isNow = Math.abs(Number(timestamp) * 1000 - now.getTime()) <= CLOCK_DIFFERENCE_MS_MAX;
  return isNow ? "valid" : "stale";
}

/** Takes as long for any two of one length. */
export function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function toKey(secret: string): Buffer {
  return secret.startsWith(ENCODED_SECRET)
    ? Buffer.from(secret.slice(ENCODED_SECRET.length), "base64")
    : Buffer.from(secret);
}
