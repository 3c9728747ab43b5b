// What a caller tells Assay itself, in our headers or, where a client can set nothing but an address, in its path
// (`/t/team=search,run=7/…`). The path's words `run`, `session`, `agent` and `class` mean what our headers mean; everything else in
// it is a tag. A header goes before the path. It is attribution only: who pays is decided elsewhere, and no tag changes that.

import type { IncomingHttpHeaders } from "node:http";
import { containsAssayKey } from "../../../schemas/assay-key.ts";
import { WORKLOAD_CLASSES } from "../../../schemas/closed-lists.ts";
import { FIELD_CHARS_MAX, TAGS_MAX, type TokenEvent } from "../../../schemas/token-event.ts";
import { firstSaid, headerSaid, said, type Said } from "./client-request.ts";

export interface Declared {
  run: Said;
  session: Said;
  agent: Said;
  /** A word that is no class declares nothing. */
  workloadClass: TokenEvent["workload_class"];
  tags: TokenEvent["tags"];
}

const PATH_WORDS: ReadonlySet<string> = new Set(["run", "session", "agent", "class"]);

/** @param pathTags `name=value` or `name`, as they stood in the path, decoded */
export function readDeclared(headers: IncomingHttpHeaders, pathTags: readonly string[]): Declared {
  const inPath = parseTags(pathTags);
  const words = new Map(inPath.filter(([name]) => PATH_WORDS.has(name)));
  const declaredClass = firstSaid(headerSaid(headers, "x-assay-class"), words.get("class"));
  const inHeader = parseTags(String(headers["x-assay-tags"] ?? "").split(","));
  return {
    run: firstSaid(headerSaid(headers, "x-assay-run-id"), said(words.get("run"))),
    session: firstSaid(headerSaid(headers, "x-assay-session-id"), said(words.get("session"))),
    agent: firstSaid(headerSaid(headers, "x-assay-agent"), said(words.get("agent"))),
    workloadClass: WORKLOAD_CLASSES.find((workloadClass) => workloadClass === declaredClass) ?? null,
    tags: toTags([...inHeader, ...inPath.filter(([name]) => !PATH_WORDS.has(name))]),
  };
}

/** A tag without a value stands for itself. A key of ours is in the wrong place there, and is not kept. */
function parseTags(tags: readonly string[]): [name: string, value: string][] {
  return tags.flatMap((tag) => {
    const [name = "", ...rest] = tag.split("=");
    const pair: [string, string] = [name.trim(), rest.join("=").trim()];
    return pair[0] === "" || pair.some(containsAssayKey) ? [] : [pair];
  });
}

/** The first TAGS_MAX names; what stands earlier goes before what repeats its name. Longer words are cut. */
function toTags(pairs: readonly [name: string, value: string][]): TokenEvent["tags"] {
  const tags = new Map<string, string>();
  for (const [name, value] of pairs) {
    const key = name.slice(0, FIELD_CHARS_MAX);
    if (tags.size < TAGS_MAX && !tags.has(key) && !key.startsWith("__proto__")) {
      tags.set(key, value.slice(0, FIELD_CHARS_MAX));
    }
  }
  return Object.fromEntries(tags);
}
