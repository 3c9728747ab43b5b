// The scanner sees in JSON what JSON.parse sees, in whatever way it is written, and keeps its head in what is none.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  countMember,
  parseMember,
  scanArray,
  scanMember,
  scanObject,
  textMember,
} from "../../ingest/gateway/json-scan.ts";

const space = fc.string({ unit: fc.constantFrom(" ", "\t", "\n", "\r"), maxLength: 2 });
const plain = fc.string({ unit: "grapheme", maxLength: 6 }).map((text) => JSON.stringify(text).slice(1, -1));
const escape = fc.constantFrom('\\"', "\\\\", "\\/", "\\b", "\\u0041", "\\uD83D\\uDE00", "\\ud800");
const string = fc.array(fc.oneof(plain, escape), { maxLength: 4 }).map((parts) => `"${parts.join("")}"`);
/**
 * No name ends in a backslash: V8 14.6 has seen `{"a":0,"\\":1}` before and takes the name in `{"a":0,"\"":1}` for the
 * same, so there JSON.parse is no judge.
 */
const name = fc
  .oneof(string, fc.constantFrom('"a"', '"\\u0061"', '"__proto__"', '"constructor"', '""'))
  .filter((text) => !text.endsWith('\\\\"'));
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));

/** JSON as text, with white space wherever it is allowed, escapes, and names that come twice. */
const { value, array, object } = fc.letrec<Record<"value" | "array" | "object", string>>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(string, number.map(String), fc.constantFrom("true", "false", "null", "1e5", "-0.5E-3")),
    tie("array"),
    tie("object"),
  ),
  array: list(tie("value"), "[", "]"),
  object: list(
    fc.tuple(name, space, space, tie("value")).map(([key, a, b, member]) => `${key}${a}:${b}${member}`),
    "{",
    "}",
  ),
}));

function list(item: fc.Arbitrary<string>, open: string, close: string): fc.Arbitrary<string> {
  const spaced = fc.tuple(space, item, space).map((parts) => parts.join(""));
  return fc
    .tuple(fc.array(spaced, { maxLength: 5 }), space)
    .map(([items, inside]) => open + (items.join(",") || inside) + close);
}

test("an object's members are those of JSON.parse", () => {
  fc.assert(
    fc.property(space, object, space, (before, text, after) => {
      const bytes = Buffer.from(before + text + after);
      const members = scanObject(bytes);
      const parsed = new Map(Object.entries<unknown>(JSON.parse(text)));
      expect([...(members?.keys() ?? [])].toSorted()).toEqual([...parsed.keys()].toSorted());
      for (const [key, member] of parsed) expect(parseMember(bytes, members, key)).toEqual(member);
    }),
    { numRuns: 500 },
  );
});

test("an array's elements are those of JSON.parse", () => {
  fc.assert(
    fc.property(space, array, (before, text) => {
      const bytes = Buffer.from(before + text);
      const spans = scanArray(bytes, 0)?.map(({ start, end }) =>
        JSON.parse(bytes.toString("utf8", start, end)),
      );
      expect(spans).toEqual(JSON.parse(text));
    }),
    { numRuns: 500 },
  );
});

test("an array is read no further than it was asked for", () => {
  const bytes = Buffer.from("[1, [2], } broken");
  expect(scanArray(bytes, 0, 2)).toHaveLength(2);
  expect(scanArray(bytes, 0)).toBeUndefined();
});

test("an object or array that is cut off at any byte is none", () => {
  fc.assert(
    fc.property(object, array, (objectText, arrayText) => {
      const whole = Buffer.from(objectText);
      for (let end = 0; end < whole.length; end++) expect(scanObject(whole.subarray(0, end))).toBeUndefined();
      const items = Buffer.from(arrayText);
      for (let end = 0; end < items.length; end++)
        expect(scanArray(items.subarray(0, end), 0)).toBeUndefined();
    }),
  );
});

test("bytes that are no JSON do no harm", () => {
  const syntax = fc.constantFrom("{", "}", "[", "]", '"', ":", ",", "\\", " ", "1", "a", "é", '{"a":', '"a"');
  const nonsense = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.string({ unit: syntax, maxLength: 40 }).map((text) => Buffer.from(text)),
    value.map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(nonsense, fc.nat(50), (bytes, start) => {
      const members = scanObject(bytes, start);
      for (const [key, span] of members ?? []) {
        expect(span.start).toBeLessThan(span.end);
        expect(span.end).toBeLessThanOrEqual(bytes.length);
        parseMember(bytes, members, key);
        textMember(bytes, members, key);
        countMember(bytes, members, key);
        scanMember(bytes, members, key);
      }
      scanArray(bytes, start);
    }),
    { numRuns: 2000 },
  );
});

test("a member that is text of a bounded length is read, and nothing else is", () => {
  const bytes = Buffer.from(
    `{"a":"${"x".repeat(300)}", "b":12, "c":"${"y".repeat(2000)}", "d":"\\u00e9", "e":null}`,
  );
  const members = scanObject(bytes);
  expect(textMember(bytes, members, "a")).toBe("x".repeat(256));
  expect(textMember(bytes, members, "b")).toBeNull();
  expect(textMember(bytes, members, "c")).toBeNull();
  expect(textMember(bytes, members, "d")).toBe("é");
  expect(textMember(bytes, members, "e")).toBeNull();
  expect(textMember(bytes, members, "f")).toBeNull();
});

test("a value that is too long to be one of the small ones is not parsed", () => {
  const bytes = Buffer.from(`{"short":[${"0,".repeat(999)}0],"long":[${"0,".repeat(99_999)}0]}`);
  expect(parseMember(bytes, scanObject(bytes), "short")).toHaveLength(1000);
  expect(parseMember(bytes, scanObject(bytes), "long")).toBeUndefined();
});

test("a count is a whole number that can be added up exactly, and anything else is unknown", () => {
  const counts = { a: 0, b: Number.MAX_SAFE_INTEGER, c: 2 ** 53, d: -1, e: 1.5, f: "7", g: null };
  const bytes = Buffer.from(JSON.stringify(counts));
  const read = Object.keys(counts).map((key) => countMember(bytes, scanObject(bytes), key));
  expect(read).toEqual([0, Number.MAX_SAFE_INTEGER, null, null, null, null, null]);
});

describe("the work grows with the length, and no faster", () => {
  const BYTES = 20_000;
  const fill = (unit: string): string => unit.repeat(Math.ceil(BYTES / unit.length));
  const documents: Record<string, string> = {
    "an open string": `{"a":"${fill("x")}`,
    "escaped quotes": `{"a":"${fill('\\"')}"}`,
    "backslashes before a quote": `{"a":"${fill("\\\\")}"}`,
    "backslashes that never end": `{"a":"${fill("\\")}`,
    "open brackets": `{"a":${fill("[")}`,
    "objects in objects": `{"a":${fill('{"a":')}`,
    "empty strings": `{"a":[${fill('"",')}""]}`,
    "members of one name": `{${fill('"a":1,')}"a":1}`,
    "white space": `{${fill(" ")}"a":1}`,
    "brackets that do not match": `{"a":${fill("[}")}`,
  };

  test.each(Object.entries(documents))("%s", (_name, text) => {
    const { bytes, steps } = countSteps(Buffer.from(text));
    scanObject(bytes);
    expect(steps()).toBeLessThan(10 * text.length);
  });
});

/** The same bytes, and how many of them were looked at, one by one or by `indexOf`. */
function countSteps(bytes: Buffer): { bytes: Buffer; steps: () => number } {
  let steps = 0;
  const counted = new Proxy(bytes, {
    get(target, property) {
      if (typeof property === "string" && /^\d+$/.test(property)) steps++;
      if (property === "indexOf") {
        return (byte: number, from: number): number => {
          const found = target.indexOf(byte, from);
          steps += (found === -1 ? target.length : found + 1) - from;
          return found;
        };
      }
      const member: unknown = Reflect.get(target, property, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
  return { bytes: counted, steps: () => steps };
}
