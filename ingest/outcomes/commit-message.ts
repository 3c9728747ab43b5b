// What intake takes out of a commit's message: the run that made it, and the commit that it takes back. The rest is never looked at.

/** The trailer that `assay git-trailer` adds: a line of its own, which stands further in where `git merge --squash` took messages over. */
const RUN_TRAILER = /^[ \t]*Assay-Run:[ \t]*([!-~]{1,200})[ \t]*$/gim;
/** The line that `git revert` writes, whatever the language of its user's terminal. */
const REVERT_LINE = /^This reverts commit ([0-9a-f]{40}|[0-9a-f]{64})\b/gim;

/** Each once, in their order. */
export function readRunIds(message: string): string[] {
  return [...new Set([...message.matchAll(RUN_TRAILER)].flatMap(([, runId]) => runId ?? []))];
}

/** Full hashes of the commits that a commit takes back. */
export function readRevertedCommits(message: string): string[] {
  return [
    ...new Set([...message.matchAll(REVERT_LINE)].flatMap(([, commit]) => commit?.toLowerCase() ?? [])),
  ];
}
