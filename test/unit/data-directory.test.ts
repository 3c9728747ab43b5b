// A data directory is private, has one living owner, and keeps the secrets that were made in it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  isOwned,
  lockDataDirectory,
  makeDataDirectory,
  readIfPresent,
  readOrMakeSecret,
  replaceFile,
} from "../../schemas/data-directory.ts";

const CONTENDER = join(import.meta.dirname, "../services/lock-contender-process.ts");
const CONTENDERS = 20;
const ROUNDS = 30;
/** In one of so many rounds the winner is killed. */
const KILLED_EACH = 5;
const TEST_MS_MAX = 30_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-directory-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

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

  test("is nobody's where nobody ever was", () => {
    expect(isOwned(folder)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("leaves an empty file behind, and nothing else", () => {
    const unlock = lockDataDirectory(folder);
    expect(readdirSync(folder)).toEqual(["owner.lock", "owner.pid"]);
    unlock();
    expect(readdirSync(folder)).toEqual(["owner.lock"]);
    expect(statSync(join(folder, "owner.lock")).size).toBe(0);
  });

  test("can't be had where there is no directory, and the message names the file", () => {
    expect(() => lockDataDirectory(join(folder, "absent"))).toThrow(
      expect.objectContaining({
        code: "bad_configuration",
        message: expect.stringContaining(join(folder, "absent")) as unknown,
      }),
    );
  });
});

describe(`the lock, with ${CONTENDERS} processes that try at once`, { timeout: TEST_MS_MAX }, () => {
  let contenders: Contender[];
  beforeEach(() => {
    contenders = Array.from({ length: CONTENDERS }, startContender);
  });
  afterEach(() => Promise.all(contenders.map((contender) => contender.kill())));

  test("is won by one, each time, and by another one when that was killed", async () => {
    const dataDirs = Array.from({ length: ROUNDS }, (_one, round) => join(folder, String(round)));
    for (const dataDir of dataDirs) {
      mkdirSync(dataDir);
      const answers = await Promise.all(contenders.map((contender) => contender.tryFor(dataDir)));
      expect(answers.filter((answer) => answer === "won")).toHaveLength(1);
      const winner = contenders[answers.indexOf("won")];
      expect(isOwned(dataDir)).toBe(true);
      if (dataDirs.indexOf(dataDir) % KILLED_EACH > 0) continue;
      contenders = contenders.filter((contender) => contender !== winner);
      await winner?.kill();
      expect(isOwned(dataDir)).toBe(false);
      const again = await Promise.all(contenders.map((contender) => contender.tryFor(dataDir)));
      expect(again.filter((answer) => answer === "won")).toHaveLength(1);
    }
  });
});

interface Contender {
  tryFor(dataDir: string): Promise<string>;
  kill(): Promise<void>;
}

function startContender(): Contender {
  const child = spawn(process.execPath, [CONTENDER], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async tryFor(dataDir) {
      child.stdin.write(`${dataDir}\n`);
      return String((await lines.next()).value);
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

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

test("a file that can't be replaced leaves nothing else behind", () => {
  const file = join(folder, "position.json");
  mkdirSync(join(file, "in-the-way"), { recursive: true });
  expect(() => replaceFile(file, "new")).toThrow("EISDIR");
  expect(readdirSync(folder)).toEqual(["position.json"]);
});
