// Any bad records among any others are found; when nothing is accepted, or far too little, nobody is blamed.

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { insertApart } from "../../ingest/sink/insert-apart.ts";
import { AppError } from "../../schemas/app-error.ts";

const INSERTS_MAX = 512;

/** A table that refuses a list with one of `bad` in it, and counts how often it is asked. */
function createTable(bad: ReadonlySet<number>) {
  const stored = new Set<number>();
  const table = { stored, inserts: 0 };
  return {
    table,
    insert: async (items: readonly number[]) => {
      table.inserts++;
      const cause = { code: "469", type: "VIOLATED_CONSTRAINT" };
      if (items.some((item) => bad.has(item))) throw new AppError("internal", "refused", { cause });
      for (const item of items) stored.add(item);
    },
  };
}

test("exactly the bad ones are refused, and every good one is stored", async () => {
  const lists = fc.record({
    count: fc.integer({ min: 1, max: 300 }),
    bad: fc.uniqueArray(fc.nat({ max: 299 }), { maxLength: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(lists, async ({ count, bad: drawn }) => {
      const bad = new Set(drawn.filter((item) => item < count));
      const { table, insert } = createTable(bad);
      const items = Array.from({ length: count }, (_, item) => item);
      const refusals = await insertApart(items, insert);
      expect(refusals.map(({ item }) => item)).toEqual(items.filter((item) => bad.has(item)));
      expect(table.stored.size).toBe(count - bad.size);
    }),
  );
});

test.each([
  ["all of 4,000", () => true],
  ["every second of 4,000", (item: number) => item % 2 === 1],
  ["all but one of 4,000", (item: number) => item !== 1234],
])("with %s refused, all wait after a bounded number of inserts", async (_name, isBad) => {
  const items = Array.from({ length: 4000 }, (_, item) => item);
  const { table, insert } = createTable(new Set(items.filter(isBad)));
  await expect(insertApart(items, insert)).rejects.toMatchObject({ code: "unavailable", retry: true });
  expect(table.inserts).toBeLessThanOrEqual(INSERTS_MAX);
});

test("a record that our own code can't turn into a row is refused alone", async () => {
  const refusals = await insertApart([1, 2, 3], async (items) => {
    if (items.includes(2)) throw new TypeError("planted");
  });
  expect(refusals).toEqual([{ item: 2, error: new TypeError("planted") }]);
});
