// The measure itself, counted by hand.

import { expect, test } from "vitest";
import { measurePairs } from "./pairwise.ts";

const assign = (pairs: string): { truth: string; found: string }[] =>
  pairs.split(" ").map(([truth = "", found = ""]) => ({ truth, found }));

test("a run that was cut costs recall, and two that were put together cost precision", () => {
  expect(measurePairs(assign("a1 a1 b2 b2"))).toEqual({ precision: 1, recall: 1 });
  // Of the six pairs of a, those within its first three calls are found.
  expect(measurePairs(assign("a1 a1 a1 a2"))).toEqual({ precision: 1, recall: 3 / 6 });
  // All six pairs are put together, and only two of them belong together.
  expect(measurePairs(assign("a1 a1 b1 b1"))).toEqual({ precision: 2 / 6, recall: 1 });
  expect(measurePairs(assign("a1 b2"))).toEqual({ precision: null, recall: null });
});
