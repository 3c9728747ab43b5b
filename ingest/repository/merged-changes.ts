// What was merged into a branch, change by change: each commit of its first-parent history, with the commits that it brought. A merge
// brings those of its other parents; a squashed or rebased commit brings itself.

import { readRevertedCommits, readRunIds } from "../outcomes/commit-message.ts";
import type { Git } from "./git.ts";

export interface Commit {
  id: string;
  isMerge: boolean;
  authorEmail: string;
  /** Of its trailers. */
  runIds: readonly string[];
  /** Commits that it says it takes back. */
  reverted: readonly string[];
}

export interface MergedChange {
  /** On the branch. */
  id: string;
  /** The branch as it was before. */
  parent: string;
  mergedAt: Date;
  commits: readonly Commit[];
}

/** Between commits, because messages have any number of lines. */
const END = "\u0001";
const COMMIT_FORMAT = `--format=%H%x00%P%x00%ae%x00%B%x01`;

/** Oldest first. The first commit of a repository is left out: it takes in what there was. */
export async function listMergedChanges(
  git: Git,
  { branch, since }: { branch: string; since: Date },
): Promise<MergedChange[]> {
  const format = "--format=%H%x00%P%x00%cI";
  const log = await git([
    "log",
    "--first-parent",
    "--reverse",
    format,
    `--since=${since.toISOString()}`,
    branch,
    "--",
  ]);
  const changes: MergedChange[] = [];
  for (const line of log.split("\n").filter((text) => text !== "")) {
    const [id = "", parents = "", at = ""] = line.split("\0");
    const [parent, ...merged] = parents.split(" ").filter((each) => each !== "");
    if (parent === undefined) continue;
    const range = merged.length === 0 ? ["-1", id] : [`${parent}..${id}`];
    changes.push({ id, parent, mergedAt: new Date(at), commits: await listCommits(git, range) });
  }
  return changes;
}

async function listCommits(git: Git, range: readonly string[]): Promise<Commit[]> {
  const log = await git(["log", COMMIT_FORMAT, ...range, "--"]);
  const commits = log.split(END).map((text) => text.trimStart());
  return commits
    .filter((text) => text !== "")
    .map((text) => {
      const [id = "", parents = "", authorEmail = "", message = ""] = text.split("\0");
      return {
        id,
        isMerge: parents.includes(" "),
        authorEmail,
        runIds: readRunIds(message),
        reverted: readRevertedCommits(message),
      };
    });
}

/** The same for the same change, wherever and by whom it was applied; undefined for a change of nothing. */
export async function readPatchId(git: Git, { parent, id }: MergedChange): Promise<string | undefined> {
  const patch = await git(["diff", parent, id, "--"]);
  const [patchId = ""] = (await git(["patch-id", "--stable"], patch)).split(" ");
  return patchId === "" ? undefined : patchId;
}
