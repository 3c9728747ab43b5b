// What a client did, without what differs from one run of it to the next: ids it makes, times, durations, and the address that it
// was pointed at. What is left must be the same with and without a gateway in between.

import type { ClientResult } from "./real-client.ts";
import type { ScriptedCall } from "../scripted/scripted-provider.ts";

/** In their order: an id within a longer word before the words. */
const VARYING: readonly (readonly [pattern: RegExp, word: string])[] = [
  [/127\.0\.0\.1:\d+/g, "<address>"],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uuid>"],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?( ?(Z|UTC))?/g, "<time>"],
  [/\b(ses|prt|msg|task)_[0-9a-zA-Z]{20,}/g, "<$1>"],
  [/\b[0-9a-f]{32,}\b|\ba?(?!\d+\b)[0-9a-f]{16}\b|\b[0-9a-z]{8,12}-[0-9a-f]{8}\b/g, "<hex>"],
  [/(?<!\d)\d{13}(?!\d)/g, "0"],
  // Names and values of durations, in JSON and in JSON within a string of JSON.
  [/(\\*"\w*(?:_ms|Ms)\\*": ?)[\d.]+/g, "$10"],
  [/(_ms(?:>|: ))\d+/g, "$1<number>"],
  // Gemini CLI lists its skills in the order in which it has read them.
  [/<skill>.*?<\/skill>/g, "<skill>"],
  // Codex gives commands and agents a name by chance.
  [/(Chunk ID: |nickname\\*": ?\\*")\w+/g, "$1<name>"],
  [/(Wall time: |durationMs=|PGID: |Bash=|Agent=)[\d.]+/g, "$1<number>"],
];

/** Sums of prices differ in their last digits, in whatever order the calls ended. */
const LONG_DECIMALS = /\b\d+\.\d{6,}/g;

export function normalise(text: string): string {
  const rounded = text.replaceAll(LONG_DECIMALS, (digits) => Number(digits).toFixed(5));
  return VARYING.reduce((result, [pattern, word]) => result.replaceAll(pattern, word), rounded);
}

/** Of clients that print as things happen: agents at work at the same time have no order. */
export function normaliseResult({ exitCode, stdout, stderr }: ClientResult): object {
  return { exitCode, stdout: sortedLines(stdout), stderr: sortedLines(stderr) };
}

/** Gemini CLI tells of its own start when that was slow. */
const STARTUP_NOTE = "[STARTUP]";

function sortedLines(text: string): string[] {
  const lines = normalise(text).split("\n");
  return lines.filter((line) => !line.startsWith(STARTUP_NOTE)).toSorted();
}

/** Of one connection, and of what the gateway may say otherwise: which encodings of an answer it can count. */
const HEADERS_BESIDE = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "accept-encoding",
]);

/** What reached the provider, by the step it was answered with. */
export function normaliseCalls(calls: readonly ScriptedCall[]): object[] {
  return calls
    .map(({ place, method, url, rawHeaders, body }) => ({
      place,
      request: `${method} ${url}`,
      headers: rawHeaders
        .flatMap((name, at) => {
          const isValue = at % 2 === 1 || HEADERS_BESIDE.has(name.toLowerCase());
          return isValue ? [] : [normalise(`${name.toLowerCase()}: ${rawHeaders[at + 1]}`)];
        })
        .toSorted(),
      // Parsed, because some write what they have no order for as it comes.
      body: JSON.parse(normalise(body.toString("utf8"))),
    }))
    .toSorted((left, right) => (left.place < right.place ? -1 : 1));
}
