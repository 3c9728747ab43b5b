// Where a call goes. `/<upstream>/…` names it; without that, the native path decides. What may stand in front, for clients that can
// set nothing but an address, is taken off: a key (`/k/<key>`) and attribution (`/t/<tags>`), in either order. Upstreams come from the
// configuration alone, and the rest of the path is handed on as it came, byte for byte, so no path can reach another host.

import type { Upstream } from "../../schemas/upstreams.ts";
import { containsAssayKey, looksLikeAssayKey } from "../../schemas/assay-key.ts";
import { PROVIDERS, readPath } from "./providers/all-providers.ts";
import type { Operation, Provider } from "./providers/provider.ts";
import { decodeSegment } from "./providers/request-facts.ts";
import { Refusal } from "./refusal.ts";

export interface Route {
  upstream: Upstream;
  provider: Provider;
  operation: Operation;
  /** Path and query as the provider gets them, below the upstream's own address. */
  path: string;
  /** An Assay key that stood in the address; it is in neither `path` nor any log. */
  pathKey: string | undefined;
  /** What stood between `/t/` and the provider's part, at commas and slashes, decoded. */
  pathTags: readonly string[];
}

const PATH_KEY = /^\/k\/([^/?]+)(?=\/)/;
const FIRST_SEGMENT = /^\/([^/?]+)(?=\/|$)/;
/** Segments of tags. At each it is looked whether the provider's part begins; an address has room for thousands. */
const TAG_SEGMENTS_MAX = 16;

/**
 * @param url path and query as the client sent them
 * @throws Refusal 404 where neither a prefix nor a native path names an upstream; 400 where a key stands in the wrong place
 */
export function resolveRoute(upstreams: ReadonlyMap<string, Upstream>, method: string, url: string): Route {
  const { rest: prefixed, keyInQuery } = takeQueryKey(url);
  const { rest, keyInPath, tagSegments } = takePrefixes(upstreams, prefixed);
  const named = findNamed(upstreams, rest);
  const path = named ? rest.slice(named.name.length + 1) || "/" : rest;
  if (containsAssayKey(decodeSegment(path))) {
    const message = "An Assay key stands where a provider would see it. Put it in front: /k/<key>/…";
    throw new Refusal(400, "invalid_request", message);
  }
  const pathname = pathnameOf(path);
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
    pathTags: tagSegments.flatMap((segment) => segment.split(",").map(decodeSegment)),
  };
}

function takePrefixes(
  upstreams: ReadonlyMap<string, Upstream>,
  url: string,
): { rest: string; keyInPath: string | undefined; tagSegments: string[] } {
  const before = takePathKey(url);
  const { rest, tagSegments } = takeTags(upstreams, before.rest);
  const after = before.keyInPath === undefined ? takePathKey(rest) : { ...before, rest };
  return { ...after, tagSegments };
}

function takePathKey(url: string): { rest: string; keyInPath: string | undefined } {
  const [prefix = "", keyInPath] = PATH_KEY.exec(url) ?? [];
  return { rest: url.slice(prefix.length), keyInPath };
}

/** Tags go on up to the segment at which the provider's part begins, or a key. */
function takeTags(
  upstreams: ReadonlyMap<string, Upstream>,
  url: string,
): { rest: string; tagSegments: string[] } {
  const tagSegments: string[] = [];
  if (!url.startsWith("/t/")) return { rest: url, tagSegments };
  let rest = url.slice("/t".length);
  while (tagSegments.length < TAG_SEGMENTS_MAX && !PATH_KEY.test(rest)) {
    const [segment, tag] = FIRST_SEGMENT.exec(rest) ?? [];
    const isProviders = findNamed(upstreams, rest) ?? findNative(upstreams, pathnameOf(rest));
    if (segment === undefined || tag === undefined || isProviders) break;
    tagSegments.push(tag);
    rest = rest.slice(segment.length);
  }
  return { rest, tagSegments };
}

function pathnameOf(url: string): string {
  return url.split("?", 1)[0] ?? url;
}

function findNamed(upstreams: ReadonlyMap<string, Upstream>, path: string): Upstream | undefined {
  const [, first] = FIRST_SEGMENT.exec(path) ?? [];
  return first === undefined ? undefined : upstreams.get(first);
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
