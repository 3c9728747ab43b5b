// Commits of agents say by which run they were made; everybody else's are as they would be without the hook.

import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { installTrailerHook, KEPT_HOOK, uninstallTrailerHook } from "../../ingest/repository/trailer-hook.ts";
import { createTestRepository, type TestRepository } from "../builders/git-history.ts";

let folder: string;
let repository: TestRepository;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-trailer-"));
  repository = createTestRepository(join(folder, "clone"));
  repository.commit({ "a.txt": "one\n" }, "Begin");
});
afterEach(() => rmSync(folder, { recursive: true }));

const trailersOf = (revision = "HEAD"): string[] =>
  repository
    .git("log", "-1", "--format=%(trailers:key=Assay-Run,valueonly)", revision)
    .split("\n")
    .filter((line) => line !== "");

test.each([
  ["the run that somebody named", { ASSAY_RUN_ID: "r", CLAUDE_CODE_SESSION_ID: "s" }, ["r"]],
  ["the session of Claude Code", { CLAUDE_CODE_SESSION_ID: "s" }, ["s"]],
  ["the session of Codex", { CODEX_SESSION_ID: "s", CODEX_THREAD_ID: "t" }, ["s"]],
  ["the thread of Codex", { CODEX_THREAD_ID: "t" }, ["t"]],
  ["nothing without an agent", {}, []],
  ["nothing of what is no id", { ASSAY_RUN_ID: "a b" }, []],
])("a commit names %s", async (_what, env, expected) => {
  await installTrailerHook(repository.folder);
  repository.commit({ "a.txt": "two\n" }, "Go on", { env });
  expect(trailersOf()).toEqual(expected);
  expect(repository.git("log", "-1", "--format=%s").trim()).toBe("Go on");
});

describe("a commit that is only moved keeps the trailers that it has", () => {
  const env = { ASSAY_RUN_ID: "moving" };

  beforeEach(async () => {
    await installTrailerHook(repository.folder);
    repository.git("switch", "-qc", "work");
    repository.commit({ "b.txt": "by hand\n" }, "By hand");
    repository.commit({ "c.txt": "by an agent\n" }, "By an agent", { env: { ASSAY_RUN_ID: "making" } });
    repository.git("switch", "-q", "main");
    repository.commit({ "a.txt": "meanwhile\n" }, "Meanwhile");
  });

  test.each([
    ["rebase", ["switch", "-q", "work"], ["rebase", "-q", "main"]],
    ["cherry-pick", ["switch", "-q", "main"], ["cherry-pick", "work~1", "work"]],
  ])("%s", (_how, go, move) => {
    repository.git(...go);
    repository.gitWith({ env }, ...move);
    expect([trailersOf("HEAD~1"), trailersOf()]).toEqual([[], ["making"]]);
  });

  test("merge", () => {
    repository.gitWith({ env }, "merge", "-q", "--no-ff", "-m", "Merge work", "work");
    expect(trailersOf()).toEqual([]);
  });
});

it("adds a second run to a commit that is amended, and none twice", async () => {
  await installTrailerHook(repository.folder);
  for (const run of ["first", "second", "second"])
    repository.gitWith(
      { env: { ASSAY_RUN_ID: run } },
      "commit",
      "-q",
      "--amend",
      "--no-edit",
      "--allow-empty",
    );
  expect(trailersOf()).toEqual(["first", "second"]);
});

it("lets a message that is left empty in the editor call the commit off", async () => {
  await installTrailerHook(repository.folder);
  const env = { ASSAY_RUN_ID: "r", GIT_EDITOR: "true" };
  expect(() => repository.gitWith({ env }, "commit", "-q", "--allow-empty")).toThrow("Command failed");
});

const before = (script: string) => {
  const hook = join(repository.folder, ".git/hooks/prepare-commit-msg");
  mkdirSync(join(repository.folder, ".git/hooks"), { recursive: true });
  writeFileSync(hook, `#!/bin/sh\n${script}\n`);
  chmodSync(hook, 0o755);
  return hook;
};

describe("a hook that was there before", () => {
  test("is called first, and is back in its place in the end", async () => {
    const hook = before('echo "Before: $2" >> "$1"');
    const script = readFileSync(hook, "utf8");
    await installTrailerHook(repository.folder);
    expect(await installTrailerHook(repository.folder)).toMatchObject({ isKept: true });
    repository.commit({ "a.txt": "two\n" }, "Go on", { env: { ASSAY_RUN_ID: "r" } });
    expect(repository.git("log", "-1", "--format=%B")).toMatch(/Before: message[^]*Assay-Run: r/);
    await uninstallTrailerHook(repository.folder);
    expect(readFileSync(hook, "utf8")).toBe(script);
    expect(existsSync(`${hook}.before-assay`)).toBe(false);
    expect(await uninstallTrailerHook(repository.folder)).toBeUndefined();
  });

  test("still calls a commit off", async () => {
    before("exit 1");
    await installTrailerHook(repository.folder);
    expect(() => repository.commit({ "a.txt": "two\n" }, "Go on")).toThrow("Command failed");
  });

  test("is never overwritten by a second one", async () => {
    before("exit 0");
    await installTrailerHook(repository.folder);
    const hook = before("exit 0");
    await expect(installTrailerHook(repository.folder)).rejects.toMatchObject({ code: "conflict" });
    expect(existsSync(join(repository.folder, ".git/hooks", KEPT_HOOK))).toBe(true);
    expect(readFileSync(hook, "utf8")).not.toContain("assay");
  });
});

test("worktrees and hooks in a folder of the repository's own get it too", async () => {
  const tree = join(folder, "tree");
  repository.git("worktree", "add", "-q", tree);
  await installTrailerHook(tree);
  repository.commit({ "a.txt": "two\n" }, "Go on", { env: { ASSAY_RUN_ID: "r" } });
  expect(trailersOf()).toEqual(["r"]);
  repository.git("config", "core.hooksPath", "hooks");
  mkdirSync(join(repository.folder, "deep"));
  await installTrailerHook(join(repository.folder, "deep"));
  repository.commit({ "a.txt": "three\n" }, "Go further", { env: { ASSAY_RUN_ID: "s" } });
  expect(trailersOf()).toEqual(["s"]);
});

test("outside of a repository it says so", async () => {
  await expect(installTrailerHook(folder)).rejects.toMatchObject({ code: "bad_request" });
  expect(execFileSync("git", ["--version"], { encoding: "utf8" })).toContain("git version");
});
