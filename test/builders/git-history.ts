// A repository of a test: commits by whom and when the test says, without anything of the machine's own settings.

import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Circumstances {
  env?: Readonly<Record<string, string>>;
  /** RFC 3339. */
  at?: string;
  /** An address. */
  by?: string;
}

export interface TestRepository {
  folder: string;
  git(...args: string[]): string;
  gitWith(circumstances: Circumstances, ...args: string[]): string;
  /** Writes files, undefined: takes one away, and commits everything. Returns the commit's hash. */
  commit(
    files: Readonly<Record<string, string | undefined>>,
    message: string,
    circumstances?: Circumstances,
  ): string;
}

export function createTestRepository(folder: string): TestRepository {
  mkdirSync(folder, { recursive: true });
  let seconds = 0;

  function gitWith({ env = {}, at, by = "ada@example.com" }: Circumstances, ...args: string[]): string {
    seconds += 1;
    const date = at ?? new Date(Date.parse("2026-10-01T00:00:00Z") + seconds * 1000).toISOString();
    return execFileSync("git", args, {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"],
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_AUTHOR_NAME: by,
        GIT_AUTHOR_EMAIL: by,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_NAME: by,
        GIT_COMMITTER_EMAIL: by,
        GIT_COMMITTER_DATE: date,
        ...env,
      },
    });
  }

  const git = (...args: string[]): string => gitWith({}, ...args);
  git("init", "-q", "-b", "main");
  return {
    folder,
    git,
    gitWith,
    commit(files, message, circumstances = {}) {
      for (const [file, text] of Object.entries(files)) {
        const path = join(folder, file);
        mkdirSync(dirname(path), { recursive: true });
        if (text === undefined) rmSync(path);
        else writeFileSync(path, text);
      }
      git("add", "-A");
      gitWith(circumstances, "commit", "-q", "-m", message);
      return git("rev-parse", "HEAD").trim();
    },
  };
}
