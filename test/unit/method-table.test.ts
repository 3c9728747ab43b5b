import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { renderMethod } from "../../schemas/method-table.ts";

it("docs/method.md has the numbers in force (npm run schema writes them)", () => {
  const published = readFileSync(join(import.meta.dirname, "../../docs/method.md"), "utf8");
  expect(published).toBe(renderMethod(published));
});
