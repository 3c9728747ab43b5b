// A data directory is private, has one living owner, and keeps the secrets that were made in it.

import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  isOwned,
  lockDataDirectory,
  makeDataDirectory,
  readIfPresent,
  readOrMakeSecret,
  replaceFile,
} from "../../schemas/data-directory.ts";
import { isAlive, ownProcessIdentity } from "../../schemas/process-identity.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-directory-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const writeOwner = (content: string): void => writeFileSync(join(folder, "owner.json"), content);
const modeOf = (file: string): number => statSync(file).mode & 0o777;

test("the directory is its owner's alone, also when it was open before", () => {
  const dataDir = join(folder, "a", "b");
  makeDataDirectory(dataDir);
  expect(modeOf(dataDir)).toBe(0o700);
  makeDataDirectory(folder);
  expect(modeOf(folder)).toBe(0o700);
});

describe("the lock", () => {
  test("is one process's until it is given back", () => {
    const unlock = lockDataDirectory(folder);
    expect(isOwned(folder)).toBe(true);
    expect(() => lockDataDirectory(folder)).toThrow(
      expect.objectContaining({
        code: "data_directory_locked",
        message: expect.stringContaining(`process ${process.pid}`) as unknown,
      }),
    );
    unlock();
    expect(isOwned(folder)).toBe(false);
    lockDataDirectory(folder)();
  });

  test("of a dead process is taken over", () => {
    writeOwner(JSON.stringify({ pid: 2 ** 30, startedAt: "1" }));
    lockDataDirectory(folder);
    expect(isOwned(folder)).toBe(true);
  });

  test("of a process whose number another one has now is taken over", () => {
    writeOwner(JSON.stringify({ ...ownProcessIdentity(), startedAt: "another time" }));
    expect(isOwned(folder)).toBe(false);
    lockDataDirectory(folder);
    expect(isOwned(folder)).toBe(true);
  });

  test.each(["", "{", "null", '{"pid":"x"}'])("that a power cut left as %j is taken over", (content) => {
    writeOwner(content);
    expect(isOwned(folder)).toBe(false);
    lockDataDirectory(folder);
    expect(isOwned(folder)).toBe(true);
  });

  test("leaves nothing else behind", () => {
    const unlock = lockDataDirectory(folder);
    expect(() => lockDataDirectory(folder)).toThrow("is using");
    expect(readdirSync(folder)).toEqual(["owner.json"]);
    unlock();
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a process", () => {
  test("is alive under its own number and time alone", () => {
    const own = ownProcessIdentity();
    expect(isAlive(own)).toBe(true);
    expect(isAlive({ ...own, startedAt: `${own.startedAt}0` })).toBe(false);
    expect(isAlive({ pid: 2 ** 30, startedAt: own.startedAt })).toBe(false);
  });
});

test("a secret is made once, stays the same, and is nobody else's", () => {
  const secret = readOrMakeSecret(folder, "sketch-secret");
  expect(Buffer.from(secret, "base64url")).toHaveLength(32);
  expect(readOrMakeSecret(folder, "sketch-secret")).toBe(secret);
  expect(readOrMakeSecret(folder, "other-secret")).not.toBe(secret);
  expect(modeOf(join(folder, "sketch-secret"))).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["other-secret", "sketch-secret"]);
});

test("a file is replaced, or was never there", () => {
  const file = join(folder, "position.json");
  expect(readIfPresent(file)).toBeUndefined();
  replaceFile(file, "old");
  replaceFile(file, "new");
  expect(readIfPresent(file)).toBe("new");
  expect(modeOf(file)).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["position.json"]);
});
