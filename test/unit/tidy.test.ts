// The tree keeps its rules, and the rules find what breaks them: each is shown a planted violation.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findViolations, MIGRATION_CHECKSUMS } from "../tidy/rules.ts";

const ROOT = join(import.meta.dirname, "../..");

it("the tree keeps its rules", () => {
  expect(findViolations(ROOT)).toEqual([]);
});

describe("a planted violation is found", () => {
  let root: string;

  function plant(file: string, content = ""): void {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "assay-tidy-"));
    for (const folder of ["schemas", "ingest", "analytics", "dashboard", "test"])
      mkdirSync(join(root, folder));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it.each([
    ["ingest importing analytics", "ingest/a.ts", 'import { b } from "../analytics/b.ts";'],
    ["a part importing another lazily", "analytics/a.ts", 'const b = await import("../ingest/b.ts");'],
    ["schemas importing anything of ours", "schemas/a.ts", 'import type { B } from "../ingest/b.ts";'],
    [
      "a page importing store code",
      "dashboard/web/a.tsx",
      'import { x } from "../../schemas/postgres/tables.ts";',
    ],
    ["a page importing the server", "dashboard/web/a.tsx", 'import { x } from "../server/app.ts";'],
    ["a statistic importing a query", "analytics/stats/a.ts", 'import { x } from "../queries/b.ts";'],
    ["a folder for everything", "ingest/utils/a.ts", "export const a = 1;"],
    ["a folder outside the layout", "stuff/a.ts", "export const a = 1;"],
    ["a barrel", "ingest/sink/index.ts", 'export { a } from "./a.ts";'],
    ["a file of 301 lines", "ingest/a.ts", "const a = 1;\n".repeat(301)],
    ["an unfinished place", "ingest/a.ts", "// TODO: the rest"],
    ["a migration without a checksum", "schemas/clickhouse/migrations/0001_a.sql", "SELECT 1"],
  ])("%s", (_what, file, content) => {
    expect(findViolations(root)).toEqual([]);
    plant(file, content);
    expect(findViolations(root)).toHaveLength(1);
  });

  it("two files that import each other", () => {
    plant("ingest/a.ts", 'import { b } from "./b.ts";');
    plant("ingest/b.ts", 'import type { A } from "./a.ts";');
    expect(findViolations(root)).toEqual(["a cycle: ingest/a.ts → ingest/b.ts → ingest/a.ts"]);
  });

  it("a gap between migrations, an edited one and a removed one", () => {
    plant("schemas/clickhouse/migrations/0001_a.sql", "SELECT 1");
    plant("schemas/clickhouse/migrations/0003_c.sql", "SELECT 3");
    plant(
      MIGRATION_CHECKSUMS,
      JSON.stringify({
        "schemas/clickhouse/migrations/0001_a.sql":
          "e004ebd5b5532a4b85984a62f8ad48a81aa3460c1ca07701f386135d72cdecf5",
        "schemas/clickhouse/migrations/0003_c.sql": "0",
        "schemas/clickhouse/migrations/0004_d.sql": "0",
      }),
    );
    expect(findViolations(root)).toEqual([
      "schemas/clickhouse/migrations: migration 2 is missing or there twice",
      "schemas/clickhouse/migrations/0003_c.sql: edited after it was merged",
      "schemas/clickhouse/migrations/0004_d.sql: removed after it was merged",
    ]);
  });

  it("a function of 71 lines, and a promise that nobody waits for, by the linter's settings", () => {
    cpSync(join(ROOT, ".oxlintrc.json"), join(root, ".oxlintrc.json"));
    plant("tsconfig.json", '{ "compilerOptions": { "strict": true, "types": [] } }');
    plant("ingest/long.ts", `export function long(): void {\n${"  void 0;\n".repeat(70)}}\n`);
    plant("ingest/floating.ts", "export function go(): void {\n  Promise.resolve(1);\n}\n");
    const report = lint(root);
    expect(report).toContain("max-lines-per-function");
    expect(report).toContain("no-floating-promises");
  });
});

function lint(folder: string): string {
  try {
    return execFileSync(join(ROOT, "node_modules/.bin/oxlint"), ["--type-aware"], {
      cwd: folder,
      encoding: "utf8",
    });
  } catch (error) {
    return error instanceof Error && "stdout" in error ? String(error.stdout) : "";
  }
}
