// Values of parsed JSON that nobody has checked: each question has an answer for whatever it is asked of.

import { isRecord } from "../json-scan.ts";

/** Nothing that people or models write is nested so deeply; what lies deeper is left out. */
const DEPTH_MAX = 64;
/** Marks of a prompt cache move from call to call, and change nothing of what is said. */
const CACHE_MARKS: ReadonlySet<string> = new Set(["cache_control", "cachePoint"]);

export function toText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function toTextOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

export function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

/** The elements of an array that are objects; of anything else none. */
export function toRecords(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter((element) => isRecord(element)) : [];
}

/** What a text of JSON holds; the text itself where it is none, and an empty object for no text at all. */
export function parseArguments(text: string): unknown {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** JSON in which equal values have equal texts: members in the order of their names, without marks of a cache. */
export function toCanonicalJson(value: unknown, depth = 0): string {
  if (depth > DEPTH_MAX) return "null";
  if (Array.isArray(value)) {
    return `[${value.map((element) => toCanonicalJson(element, depth + 1)).join(",")}]`;
  }
  if (!isRecord(value)) return JSON.stringify(value) ?? "null";
  const members = Object.keys(value)
    .filter((name) => !CACHE_MARKS.has(name))
    .toSorted()
    .map((name) => `${JSON.stringify(name)}:${toCanonicalJson(value[name], depth + 1)}`);
  return `{${members.join(",")}}`;
}
