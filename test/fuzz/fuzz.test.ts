// A short run of the fuzzer over every target, and that it finds what is planted, and finds it again.

import { describe, expect, test } from "vitest";
import { inputOf, iterate } from "./iterate.ts";
import { TARGETS, type Target } from "./targets.ts";

const SEED = String(Date.now());
const ITERATIONS = 300;
const quietly = {
  seed: SEED,
  onIteration: () => undefined,
  isOver: (iteration: number) => iteration >= ITERATIONS,
};

describe.each(TARGETS.map((target) => [target.name, target] as const))("%s", (_name, target) => {
  test(`holds for ${ITERATIONS} damaged inputs (seed ${SEED})`, { timeout: 30_000 }, async () => {
    expect(await iterate({ ...quietly, targets: [target] })).toBeUndefined();
  });
});

test("a planted defect is found, and its seed and number give the same input again", async () => {
  const planted: Target = {
    name: "planted",
    corpus: [Buffer.from('data: {"choices":[]}\n\n')],
    check(bytes) {
      if (!bytes.includes("choices")) throw new Error("planted");
    },
  };
  const targets = [planted];
  const finding = await iterate({ ...quietly, targets });
  expect(finding).toMatchObject({ target: "planted", error: new Error("planted") });
  const again = inputOf(targets, SEED, finding?.iteration ?? -1);
  expect(again.input.equals(finding?.input ?? Buffer.alloc(0))).toBe(true);
});
