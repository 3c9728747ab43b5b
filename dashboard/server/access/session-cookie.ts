// The cookie that carries a session's token. Scripts can't read it and other sites' requests don't bring it. Over https its
// name begins with `__Host-`, which makes browsers refuse it from a neighbouring host or without encryption.

import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import type { Config } from "../../../schemas/config.ts";
import { SESSION_AGE_MS_MAX } from "./sessions.ts";

export interface SessionCookie {
  read(context: Context): string | undefined;
  write(context: Context, token: string): void;
  clear(context: Context): void;
}

export function createSessionCookie({ publicUrl }: Pick<Config, "publicUrl">): SessionCookie {
  const isHttps = publicUrl?.startsWith("https:") ?? false;
  const name = isHttps ? "__Host-assay_session" : "assay_session";
  // Strict also where a link leads here from elsewhere: the page itself needs no cookie, and its own requests bring it.
  const options: CookieOptions = { httpOnly: true, sameSite: "Strict", path: "/", secure: isHttps };
  return {
    read: (context) => getCookie(context, name),
    write: (context, token) =>
      setCookie(context, name, token, { ...options, maxAge: SESSION_AGE_MS_MAX / 1000 }),
    clear: (context) => void deleteCookie(context, name, options),
  };
}
