// Where a call goes. `/<upstream>/…` names it; without that, the native path decides. What may stand in front is taken off:
// `/k/<key>` for clients that can set nothing but an address. Upstreams come from the configuration alone, and the rest of the
// path is handed on as it came, byte for byte, so no path can reach another host.

import type { Upstream } from "../../schemas/upstreams.ts";
import { looksLikeAssayKey } from "../../schemas/assay-key.ts";
import { PROVIDERS, readPath } from "./providers/all-providers.ts";
import type { Operation, Provider } from "./providers/provider.ts";
import { Refusal } from "./refusal.ts";

export interface Route {
  upstream: Upstream;
  provider: Provider;
  operation: Operation;
  /** Path and query as the provider gets them, below the upstream's own address. */
  path: string;
  /** An Assay key that stood in the address; it is in neither `path` nor any log. */
  pathKey: string | undefined;
}

const PATH_KEY = /^\/k\/([^/]+)(?=\/)/;
const FIRST_SEGMENT = /^\/([^/?]+)(?=\/|$)/;

/**
 * @param url path and query as the client sent them
 * @throws Refusal 404 where neither a prefix nor a native path names an upstream
 */
export function resolveRoute(upstreams: ReadonlyMap<string, Upstream>, method: string, url: string): Route {
  const [prefix, keyInPath] = PATH_KEY.exec(url) ?? [""];
  const { rest, keyInQuery } = takeQueryKey(url.slice(prefix.length));
  const [, first] = FIRST_SEGMENT.exec(rest) ?? [];
  const named = first === undefined ? undefined : upstreams.get(first);
  const path = named && first !== undefined ? rest.slice(first.length + 1) || "/" : rest;
  const pathname = path.split("?", 1)[0] ?? path;
  const upstream = named ?? findNative(upstreams, pathname);
  if (!upstream) {
    const known = [...upstreams.keys()].map((name) => `/${name}/`).join(", ");
    throw new Refusal(404, "not_found", `No provider has this path. Start it with one of ${known}.`);
  }
  return {
    upstream,
    ...readPath(upstream.kind, method, pathname),
    path,
    pathKey: keyInPath ?? keyInQuery,
  };
}

/** Gemini's clients may send their key as `key=`. Ours are taken out there, however they are encoded; the provider's own stays. */
function takeQueryKey(url: string): { rest: string; keyInQuery: string | undefined } {
  const queryStart = url.indexOf("?");
  if (queryStart === -1) return { rest: url, keyInQuery: undefined };
  const parameters = url.slice(queryStart + 1).split("&");
  const keyInQuery = parameters.map(assayKeyIn).find((key) => key !== undefined);
  if (keyInQuery === undefined) return { rest: url, keyInQuery };
  const others = parameters.filter((parameter) => assayKeyIn(parameter) === undefined).join("&");
  return { rest: url.slice(0, queryStart) + (others && `?${others}`), keyInQuery };
}

function assayKeyIn(parameter: string): string | undefined {
  const value = new URLSearchParams(parameter).get("key");
  return value !== null && looksLikeAssayKey(value) ? value : undefined;
}

/** Providers whose paths say who they are. The most particular first: OpenAI's `/v1/` would take them all. */
function findNative(upstreams: ReadonlyMap<string, Upstream>, pathname: string): Upstream | undefined {
  const name = (["anthropic", "gemini", "openai"] as const).find((kind) =>
    PROVIDERS[kind].isNativePath(pathname),
  );
  return name && upstreams.get(name);
}
