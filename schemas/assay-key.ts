// The keys that Assay issues: `assay_` and 256 random bits in base64url. Only the SHA-256 of a key is ever kept, which is
// enough at this length: there is nothing to guess, so a slow hash would only cost every call.

import { hash, randomBytes } from "node:crypto";

const PREFIX = "assay_";
const SECRET_BYTES = 32;
const PATTERN = /^assay_[A-Za-z0-9_-]{43}$/;
const INSIDE = /assay_[a-z0-9_-]{43}/i;

export function createAssayKey(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString("base64url");
}

/** Whether a credential claims to be ours; a provider's own credential is not, and is passed on. */
export function looksLikeAssayKey(credential: string): boolean {
  return credential.startsWith(PREFIX);
}

export function isWellFormedAssayKey(credential: string): boolean {
  return PATTERN.test(credential);
}

/** Whether one of ours stands anywhere in a text, also where no key of ours belongs, and in whatever case. */
export function containsAssayKey(text: string): boolean {
  return INSIDE.test(text);
}

/** SHA-256 of the whole key, in hexadecimal: what the stores hold. */
export function hashAssayKey(key: string): string {
  return hash("sha256", key, "hex");
}
