// What a request has to be before anything looks at it: addressed to Assay, and, where it changes something, sent by one of
// Assay's own pages.
//
// The first stops DNS rebinding: a page of another site whose name is made to point here would otherwise talk to Assay as
// its own server. Its name still stands in `Host`. A bare IP address can't be made to point anywhere else.
// The second stops cross-site requests. Browsers say in `Sec-Fetch-Site` where a request comes from, or at least in
// `Origin`; none of them lets another site send `application/json` here without asking first, which is never granted. A program that
// brings a personal access token is not asked: no page of another site has one, and no browser adds one by itself.

import { isIP } from "node:net";
import type { MiddlewareHandler } from "hono";
import { AppError } from "../../../schemas/app-error.ts";
import type { Config } from "../../../schemas/config.ts";
import { readAccessToken } from "../access/authenticate.ts";

export function createHostGuard({ host, publicUrl }: Pick<Config, "host" | "publicUrl">): MiddlewareHandler {
  const ownNames = new Set(["localhost", host.toLowerCase()]);
  if (publicUrl !== undefined) ownNames.add(new URL(publicUrl).hostname);
  return async function guardHost(context, next) {
    const name = new URL(context.req.url).hostname.replace(/^\[(.*)\]$/, "$1");
    if (!ownNames.has(name) && isIP(name) === 0) {
      const message =
        "Assay does not answer under this host name. The operator can set ASSAY_PUBLIC_URL to the address in use.";
      throw new AppError("forbidden", message);
    }
    await next();
  };
}

const READING_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
/** Whether a request only asks. */
export function isReading(method: string): boolean {
  return READING_METHODS.has(method);
}

const JSON_TYPE = /^application\/json\s*(;|$)/i;

export function createOriginGuard({ publicUrl }: Pick<Config, "publicUrl">): MiddlewareHandler {
  const publicOrigin = publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  return async function guardOrigin(context, next) {
    if (!isReading(context.req.method) && readAccessToken(context) === undefined) {
      const header = (name: string) => context.req.header(name);
      const isOwn = comesFromOwnPage(header("sec-fetch-site"), header("origin"), {
        ownHost: new URL(context.req.url).host,
        publicOrigin,
      });
      if (!isOwn) throw new AppError("forbidden", "Changes are taken from Assay's own pages only.");
      if (!JSON_TYPE.test(header("content-type") ?? ""))
        throw new AppError("bad_request", "The request must have the content type application/json.");
    }
    await next();
  };
}

/** Where a proxy in front ends the encryption, the origin's scheme is not ours, so the host alone is compared. */
function comesFromOwnPage(
  fetchSite: string | undefined,
  origin: string | undefined,
  own: { ownHost: string; publicOrigin: string | undefined },
): boolean {
  if (fetchSite !== undefined) return fetchSite === "same-origin";
  if (origin === undefined) return false;
  return origin === own.publicOrigin || URL.parse(origin)?.host === own.ownHost;
}
