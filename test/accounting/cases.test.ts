// The table of accounting cases says of each where it is tested, or why it can't be yet, and the tests agree.

import { readdirSync, readFileSync } from "node:fs";
import { join, normalize, relative } from "node:path";
import { expect, test } from "vitest";

const CASES = 68;
const DOCS = join(import.meta.dirname, "../../docs");
const TESTS = join(import.meta.dirname, "..");

/** Files of tests, relative to docs/, by the numbers of the cases in their names. */
function readTests(): Map<number, Set<string>> {
  const files = new Map<number, Set<string>>();
  for (const name of readdirSync(TESTS, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".test.ts")) continue;
    for (const [, number] of readFileSync(join(TESTS, name), "utf8").matchAll(/["'`]case (\d+):/g)) {
      const known = files.get(Number(number)) ?? new Set();
      files.set(Number(number), known.add(normalize(relative(DOCS, join(TESTS, name)))));
    }
  }
  return files;
}

const rows = readFileSync(join(DOCS, "accounting-cases.md"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const [, number, where] = /^\| *(\d+) *\|.*\| (.*?) *\|$/.exec(line) ?? [];
    return number === undefined || where === undefined ? [] : [{ number: Number(number), where }];
  });
const tests = readTests();

test("the table has every case once, in order", () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: CASES }, (_, at) => at + 1));
});

test.each(rows)("$number is tested where the table says so, or is said not to be", ({ number, where }) => {
  const linked = [...where.matchAll(/\]\(([^)]+)\)/g)].map(([, file = ""]) => file);
  const isNotYet = /^Not yet: \S/.test(where);
  expect(isNotYet).toBe(linked.length === 0);
  expect(tests.has(number)).toBe(!isNotYet);
  expect([...(tests.get(number) ?? [])]).toEqual(expect.arrayContaining(linked));
});

test("no test has the number of a case that there is none of", () => {
  expect([...tests.keys()].filter((number) => number < 1 || number > CASES)).toEqual([]);
});
