// UUID version 7 (RFC 9562, 5.7): 48 bits of milliseconds, then randomness, so that ids made later sort later.

import { randomUUID } from "node:crypto";

/** Takes the random bits and the variant of a version 4, which Node makes from a pool and so quickly. */
export function uuidv7(atMs: number): string {
  const time = atMs.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
