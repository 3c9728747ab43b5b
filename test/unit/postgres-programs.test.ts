// PostgreSQL's programs are found complete and within reach, wherever the checkout lies. The package is a small one of the
// same form, because the real one has 60 MB.

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { preparePostgresPrograms } from "../../schemas/postgres/programs.ts";

let folder: string;
let root: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-test-programs-"));
  chmodSync(folder, 0o755);
  vi.stubEnv("TMPDIR", folder);
  root = join(folder, "checkout/package");
  for (const name of ["bin", "lib"]) mkdirSync(join(root, "native", name), { recursive: true });
  writeFileSync(join(root, "package.json"), JSON.stringify({ version: "18.0.0" }));
  writeFileSync(join(root, "native/bin/postgres"), "the program");
  writeFileSync(join(root, "native/lib/libpq.so.5.18"), "the library");
  const links = [{ source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so.5" }];
  writeFileSync(join(root, "native/pg-symlinks.json"), JSON.stringify(links));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const library = (native: string) => readFileSync(join(native, "lib/libpq.so.5"), "utf8");

test("programs that are within reach are used where they lie, with the links that no install script made", () => {
  for (const forEveryone of [true, false]) {
    expect(preparePostgresPrograms(forEveryone, root)).toBe(join(root, "native"));
    expect(library(join(root, "native"))).toBe("the library");
  }
});

test("programs in a checkout that only its owner may enter are copied once to where everyone may", () => {
  chmodSync(join(folder, "checkout"), 0o700);
  expect(preparePostgresPrograms(false, root)).toBe(join(root, "native"));
  const copy = preparePostgresPrograms(true, root);
  expect(copy.startsWith(root)).toBe(false);
  expect(readFileSync(join(copy, "bin/postgres"), "utf8")).toBe("the program");
  expect(statSync(join(copy, "..")).mode & 0o777).toBe(0o755);
  const made = statSync(join(copy, "bin/postgres")).ino;
  expect(preparePostgresPrograms(true, root)).toBe(copy);
  expect(statSync(join(copy, "bin/postgres")).ino).toBe(made);
  rmSync(root, { recursive: true });
  expect(library(copy)).toBe("the library");
});

test("what somebody else may write to is never run", () => {
  chmodSync(join(folder, "checkout"), 0o700);
  chmodSync(join(preparePostgresPrograms(true, root), ".."), 0o777);
  expect(() => preparePostgresPrograms(true, root)).toThrow(
    expect.objectContaining({ code: "bad_configuration" }),
  );
});
