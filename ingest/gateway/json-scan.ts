// Finds values in JSON without parsing it whole: a request can hold megabytes of text of which six short fields matter. The
// scan hops from quote to quote (`indexOf` runs at memory speed) and tracks brackets in between. It checks no more of the
// grammar than it needs to keep its place; what is not JSON gives undefined, and the call goes on unread.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

const NEAR_BYTES = 40;
/** What is newest in a request stands in its last messages. */
export const LAST_ITEMS_MAX = 64;

/** Where a value stands: from its first byte to behind its last. */
export interface Span {
  start: number;
  end: number;
  /** Of a member that is an array: how many elements it has, and where the last ones start, LAST_ITEMS_MAX of them. */
  items?: number;
  lastItems?: readonly number[];
}

/** The members of an object by name; of a repeated name the last, as JSON.parse has it. */
export type Members = ReadonlyMap<string, Span>;

/** The members of the object that starts at `start`, white space aside; undefined where there is none. */
export function scanObject(bytes: Buffer, start = 0): Members | undefined {
  const members = new Map<string, Span>();
  let at = skipSpace(bytes, start);
  if (bytes[at] !== OPEN_BRACE) return undefined;
  at = skipSpace(bytes, at + 1);
  while (bytes[at] === QUOTE) {
    const nameEnd = skipString(bytes, at);
    const colon = skipSpace(bytes, nameEnd);
    if (bytes[colon] !== COLON) return undefined;
    const value = spanOf(bytes, skipSpace(bytes, colon + 1));
    if (!value) return undefined;
    members.set(readName(bytes, at, nameEnd), value);
    at = skipSpace(bytes, value.end);
    if (bytes[at] === CLOSE_BRACE) return members;
    if (bytes[at] !== COMMA) return undefined;
    at = skipSpace(bytes, at + 1);
  }
  return bytes[at] === CLOSE_BRACE ? members : undefined;
}

/** The elements of the array that starts at `start`, at most `itemsMax` of them; undefined where there is none. */
export function scanArray(
  bytes: Buffer,
  start: number,
  itemsMax = Number.POSITIVE_INFINITY,
): Span[] | undefined {
  const items: Span[] = [];
  let at = skipSpace(bytes, start);
  if (bytes[at] !== OPEN_BRACKET) return undefined;
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === CLOSE_BRACKET) return items;
  while (items.length < itemsMax) {
    const end = skipValue(bytes, at);
    if (end <= at) return undefined;
    items.push({ start: at, end });
    at = skipSpace(bytes, end);
    if (bytes[at] === CLOSE_BRACKET) return items;
    if (bytes[at] !== COMMA) return undefined;
    at = skipSpace(bytes, at + 1);
  }
  return items;
}

/** The members of the object that `member` of `members` is. */
export function scanMember(bytes: Buffer, members: Members | undefined, name: string): Members | undefined {
  const span = members?.get(name);
  return span && scanObject(bytes, span.start);
}

/** What is longer is none of the small values that are looked for, and would cost its sender little and everybody else much. */
const PARSED_BYTES_MAX = 64 * 1024;

/** A value as JSON.parse gives it, or undefined where it is absent, broken, or longer than PARSED_BYTES_MAX. */
export function parseMember(bytes: Buffer, members: Members | undefined, name: string): unknown {
  const span = members?.get(name);
  if (!span || span.end - span.start > PARSED_BYTES_MAX) return undefined;
  try {
    return JSON.parse(bytes.toString("utf8", span.start, span.end));
  } catch {
    return undefined;
  }
}

/**
 * A member that is a string, of at most `charsMax` characters (longer ones are cut); null for anything else. Null too for an
 * empty one: providers send `"id":""` and `"model":""` before they know them.
 */
export function textMember(
  bytes: Buffer,
  members: Members | undefined,
  name: string,
  charsMax = 256,
): string | null {
  const span = members?.get(name);
  // A character takes at most six bytes (\u1234), so an id is never parsed out of a novel.
  if (!span || bytes[span.start] !== QUOTE || span.end - span.start > 6 * charsMax + 2) return null;
  const value = parseMember(bytes, members, name);
  return typeof value === "string" && value !== "" ? value.slice(0, charsMax) : null;
}

/** A member that is a whole number a counter can hold; null for anything else. */
export function countMember(bytes: Buffer, members: Members | undefined, name: string): number | null {
  return toCount(parseMember(bytes, members, name));
}

/** The same of a value that is parsed already; null too where it is no object. */
export function countOf(value: unknown, name: string): number | null {
  return isRecord(value) ? toCount(value[name]) : null;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A whole number from 0 to 2^53 - 1, or null. */
export function toCount(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** The value at `start`. An array's elements are counted on the way, so that megabytes of messages are walked once. */
function spanOf(bytes: Buffer, start: number): Span | undefined {
  if (bytes[start] !== OPEN_BRACKET) {
    const end = skipValue(bytes, start);
    return end > start ? { start, end } : undefined;
  }
  let at = skipSpace(bytes, start + 1);
  if (bytes[at] === CLOSE_BRACKET) return { start, end: at + 1, items: 0, lastItems: [] };
  const starts: number[] = [];
  for (let items = 1; ; items++) {
    const end = skipValue(bytes, at);
    if (end <= at) return undefined;
    if (starts.push(at) === 2 * LAST_ITEMS_MAX) starts.splice(0, LAST_ITEMS_MAX);
    at = skipSpace(bytes, end);
    if (bytes[at] === CLOSE_BRACKET)
      return { start, end: at + 1, items, lastItems: starts.slice(-LAST_ITEMS_MAX) };
    if (bytes[at] !== COMMA) return undefined;
    at = skipSpace(bytes, at + 1);
  }
}

function readName(bytes: Buffer, start: number, end: number): string {
  const name = bytes.toString("utf8", start + 1, end - 1);
  if (!name.includes("\\")) return name;
  try {
    return String(JSON.parse(bytes.toString("utf8", start, end)));
  } catch {
    return name;
  }
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  for (
    let byte = bytes[at];
    byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
    byte = bytes[at]
  )
    at++;
  return at;
}

/** Behind the value at `at`; `at` itself where there is no whole value. */
function skipValue(bytes: Buffer, at: number): number {
  const first = bytes[at];
  if (first === QUOTE) return skipString(bytes, at);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return skipNested(bytes, at);
  let end = at;
  while (end < bytes.length && !isDelimiter(bytes[end])) end++;
  return end;
}

function isDelimiter(byte: number | undefined): boolean {
  return (
    byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte === undefined || byte <= 0x20
  );
}

/** Behind the closing quote of the string at `at`; `at` where it never closes. */
function skipString(bytes: Buffer, at: number): number {
  for (let quote = findQuote(bytes, at + 1); quote !== -1; quote = findQuote(bytes, quote + 1)) {
    let slash = quote - 1;
    while (bytes[slash] === BACKSLASH) slash--;
    const isEscaped = (quote - slash) % 2 === 0;
    if (!isEscaped) return quote + 1;
  }
  return at;
}

/** Where the next quote is, or -1. Most strings are short, and a call of `indexOf` costs as much as looking at NEAR_BYTES. */
function findQuote(bytes: Buffer, from: number): number {
  const nearEnd = Math.min(from + NEAR_BYTES, bytes.length);
  for (let at = from; at < nearEnd; at++) if (bytes[at] === QUOTE) return at;
  return bytes.indexOf(QUOTE, nearEnd);
}

/** Behind the bracket that closes the one at `at`; `at` where none does. */
function skipNested(bytes: Buffer, at: number): number {
  let depth = 0;
  for (let here = at; here < bytes.length; here++) {
    const byte = bytes[here];
    if (byte === QUOTE) {
      const end = skipString(bytes, here);
      if (end === here) return at;
      here = end - 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth++;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--;
      if (depth === 0) return here + 1;
    }
  }
  return at;
}
