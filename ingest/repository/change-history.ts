// Which merged changes take another one back, and which are one that was taken back, applied again.
//
// A commit that `git revert` made says what it takes back; taking a revert back applies the change again. A change that was applied
// again in some other way has the same patch (`git patch-id`).

import type { Git } from "./git.ts";
import { listMergedChanges, readPatchId, type Commit, type MergedChange } from "./merged-changes.ts";

const DAY_MS = 86_400_000;
/** How long before the changes that are asked about a change can have been merged that one of them applies again. */
const APPLIED_AGAIN_DAYS_MAX = 90;

export interface ChangeHistory {
  /** Oldest first. */
  changes: readonly MergedChange[];
  isReversal: (change: MergedChange) => boolean;
  /** The change that it applies again, else itself. */
  firstOf: (change: MergedChange) => MergedChange;
  /** What took it back, where it was not applied again since. */
  reversalOf: (change: MergedChange) => MergedChange | undefined;
  /** The last change that was merged at a time or before. */
  lastAt: (time: Date) => MergedChange | undefined;
}

export async function readChangeHistory(
  git: Git,
  { branch, since }: { branch: string; since: Date },
): Promise<ChangeHistory> {
  const from = new Date(since.getTime() - APPLIED_AGAIN_DAYS_MAX * DAY_MS);
  const changes = await listMergedChanges(git, { branch, since: from });
  const changeOf = new Map(
    changes.flatMap((change) => change.commits.map(({ id }) => [id, change] as const)),
  );

  /** What a change takes back that does nothing else; undefined for any other, and for what is not in the history. */
  const targetOf = (change: MergedChange): MergedChange | undefined => changeOf.get(revertedBy(change) ?? "");
  const isReversal = (change: MergedChange): boolean => {
    if (revertedBy(change) === undefined) return false;
    const target = targetOf(change);
    return target === undefined || !isReversal(target);
  };

  const first = new Map<string, MergedChange>();
  const firstOf = (change: MergedChange): MergedChange => first.get(change.id) ?? change;
  const reversed = new Map<string, MergedChange>();
  const byPatch = new Map<string, MergedChange>();
  for (const change of changes) {
    const target = targetOf(change);
    if (isReversal(change)) {
      const taken = target && firstOf(target);
      if (taken === undefined) continue;
      reversed.set(taken.id, change);
      const patch = await readPatchId(git, taken);
      if (patch !== undefined) byPatch.set(patch, taken);
      continue;
    }
    // The patches of a history in which nothing was taken back need not be read.
    const patch = byPatch.size > 0 && target === undefined ? await readPatchId(git, change) : undefined;
    const again = target === undefined ? byPatch.get(patch ?? "") : targetOf(target);
    if (again === undefined) continue;
    first.set(change.id, firstOf(again));
    reversed.delete(firstOf(again).id);
  }
  return {
    changes,
    isReversal,
    firstOf,
    reversalOf: (change) => reversed.get(change.id),
    lastAt: (time) => changes.findLast(({ mergedAt }) => mergedAt <= time),
  };
}

/** A merge takes back what all of the commits that it brings take back. */
function revertedBy({ commits }: MergedChange): string | undefined {
  const made = commits.filter(({ isMerge }: Commit) => !isMerge);
  const [reverted] = made[0]?.reverted ?? [];
  return made.every((commit) => commit.reverted.length > 0) ? reverted : undefined;
}
