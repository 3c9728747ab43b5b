// Keyed hashes of the names by which an outcome is linked to runs: repository, branch, ticket, file and change. Nothing that takes
// an outcome keeps or logs the names themselves.
//
// Always holds: everything that makes them goes by this file, so that one thing has one hash whoever told of it. A file's is that
// of a tool call's target (gateway/features): the hash of the path from the root of its repository, with `/` and without `./`.

import { createHash } from "node:crypto";
import { createLinkHash } from "../gateway/features/keys.ts";

export interface LinkHashes {
  /** @param name `owner/name`, or an address to clone from; upper case and the host make no difference */
  repository: (name: string) => string;
  branch: (repository: string, branch: string) => string;
  /** @param ticket `ENG-17`, or `owner/name#17` of a repository's own tracker */
  ticket: (ticket: string) => string;
  /** @param path from the root of the repository */
  file: (path: string) => string;
  /** @param diff of Git, with any context; the same change elsewhere in the file, or on other lines, has the same hash */
  change: (diff: string) => string;
  /** Of anything else that has to be met again, and by nothing of another purpose: a commit, an environment, an account. */
  other: (purpose: string, name: string) => string;
}

export function createLinkHashes(linkSecret: string): LinkHashes {
  const hash = createLinkHash(linkSecret);
  // A file has no purpose before it, as in features. No path holds a line break after a word of these.
  const of = (purpose: string, ...names: string[]): string => hash([purpose, ...names].join("\n"));
  return {
    repository: (name) => of("repository", toRepositoryName(name)),
    branch: (repository, branch) => of("branch", toRepositoryName(repository), toBranchName(branch)),
    ticket: (ticket) => of("ticket", ticket.trim().toLowerCase()),
    file: (path) => hash(path.replaceAll("\\", "/").replace(/^(\.?\/)+/, "")),
    change: (diff) => of("change", digestChange(diff)),
    other: (purpose, name) => of(`other ${purpose}`, name),
  };
}

/** `https://host/owner/name.git`, `git@host:owner/name` and `ssh://git@host:22/owner/name` are `owner/name`. */
function toRepositoryName(name: string): string {
  const path = URL.canParse(name) ? new URL(name).pathname : name.replace(/^[^/@]+@[^/:]+:/, "");
  return path
    .replace(/^\/+|\/+$/g, "")
    .replace(/\.git$/i, "")
    .toLowerCase();
}

function toBranchName(branch: string): string {
  return branch.replace(/^refs\/heads\//, "");
}

const CHANGED_LINE = /^[+-](?!\+\+ |-- )/;

/** What was taken out and what was put in, file by file, without white space. */
function digestChange(diff: string): string {
  const digest = createHash("sha256");
  for (const line of diff.split("\n")) {
    const isFile = line.startsWith("+++ ") || line.startsWith("--- ");
    if (isFile || CHANGED_LINE.test(line)) digest.update(line.replaceAll(/\s+/g, "")).update("\n");
  }
  return digest.digest("base64url");
}
