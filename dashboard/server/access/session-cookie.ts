// The cookie that carries a session's token, and the one that ties a way over the sign-in service to the browser that began it.
// Scripts can read neither. Over https their names begin with `__Host-`, which makes browsers refuse them from a neighbouring host
// or without encryption.

import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import type { Config } from "../../../schemas/config.ts";
import { SESSION_AGE_MS_MAX } from "./sessions.ts";

/** How long somebody may take at the sign-in service. */
export const OIDC_ATTEMPT_MS_MAX = 10 * 60_000;

export interface Cookie {
  read(context: Context): string | undefined;
  write(context: Context, value: string): void;
  clear(context: Context): void;
}

/**
 * Other sites' requests don't bring it, not even where a link there leads here: the page itself needs no cookie, and its own
 * requests bring it.
 */
export function createSessionCookie(config: Pick<Config, "publicUrl">): Cookie {
  return createCookie(config, { name: "assay_session", sameSite: "Strict", ageMs: SESSION_AGE_MS_MAX });
}

/** It is the sign-in service that sends the browser back, from another site, so it comes along where a link is followed. */
export function createOidcCookie(config: Pick<Config, "publicUrl">): Cookie {
  return createCookie(config, { name: "assay_oidc", sameSite: "Lax", ageMs: OIDC_ATTEMPT_MS_MAX });
}

function createCookie(
  { publicUrl }: Pick<Config, "publicUrl">,
  { name, sameSite, ageMs }: { name: string; sameSite: "Strict" | "Lax"; ageMs: number },
): Cookie {
  const isHttps = publicUrl?.startsWith("https:") ?? false;
  const ownName = isHttps ? `__Host-${name}` : name;
  const options: CookieOptions = { httpOnly: true, sameSite, path: "/", secure: isHttps };
  return {
    read: (context) => getCookie(context, ownName),
    write: (context, value) => setCookie(context, ownName, value, { ...options, maxAge: ageMs / 1000 }),
    clear: (context) => void deleteCookie(context, ownName, options),
  };
}
