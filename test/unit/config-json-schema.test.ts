import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { toConfigJsonSchema } from "../../schemas/config-json-schema.ts";

it("the published schema of the settings is the one in force (npm run schema writes it)", () => {
  const published = readFileSync(join(import.meta.dirname, "../../docs/assay.config.schema.json"), "utf8");
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(toConfigJsonSchema())));
});
