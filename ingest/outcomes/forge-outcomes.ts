// What a forge tells becomes outcomes, together with what it told before.
//
//   pushed     who made which commits, for the merge that follows or has just been; a commit may take a merged change back
//   reviewed   is remembered for the merge
//   merged     an outcome, or the reversal of one where the change takes another one back
//   checked    forge-checks.ts    deployed   forge-deployments.ts
//
// Always holds: the ids of outcomes follow from what is told alone, so that it makes no difference how often or in which order a push
// and its merge arrive. A change that takes another one back is no outcome itself; one that brings it back again is.

import { z } from "zod";
import { outcomeSchema, type Outcome } from "../../schemas/outcome.ts";
import { readRevertedCommits } from "./commit-message.ts";
import { combine, fromFact, hashCommit, toContributions, toFacts } from "./contributions.ts";
import { toCheckOutcomes } from "./forge-checks.ts";
import type { ForgeContext } from "./forge-context.ts";
import { toDeployOutcomes } from "./forge-deployments.ts";
import type { ForgeDelivery, Merged, Pushed, Reviewed, TicketMoved } from "./forge-event.ts";
import { createOutcome } from "./new-outcome.ts";

export async function toForgeOutcomes(
  { source, repository, event }: ForgeDelivery,
  { survivalDays, ...parts }: Pick<ForgeContext, "facts" | "hashes" | "now"> & { survivalDays: number },
): Promise<Outcome[]> {
  const repo_hash = parts.hashes.repository(repository);
  const context: ForgeContext = {
    ...parts,
    repository,
    prefix: `${source}:${repo_hash}`,
    create: (told) => createOutcome({ repo_hash, source, ...told }, survivalDays),
  };
  switch (event.kind) {
    case "pushed":
      return onPushed(context, event);
    case "reviewed":
      return onReviewed(context, event);
    case "merged":
      return onMerged(context, event);
    case "checked":
      return toCheckOutcomes(context, event);
    case "ticket_closed":
    case "ticket_reopened":
      return [onTicket(context, event)];
    case "deployed":
      return toDeployOutcomes(context, event);
    default:
      return event satisfies never;
  }
}

async function onPushed(context: ForgeContext, event: Pushed): Promise<Outcome[]> {
  const { facts, hashes, repository, now } = context;
  const { branch, isDefaultBranch, isRewritten, head, commits, at = now } = event;
  const branchHash = hashes.branch(repository, branch);
  if (isRewritten) await facts.forget("commit", branchHash);
  const contributions = await toContributions(commits, context);
  // Found by the commit that a merge ended with; and by the branch, but for the one that everything is merged into.
  const subjects = [hashCommit(hashes, head), ...(isDefaultBranch ? [] : [branchHash])];
  await facts.keep(subjects.flatMap((subject) => toFacts(contributions, subject, at)));
  const completed = (await findMerged(context, head)).map((outcome) => {
    const told = combine(contributions);
    return {
      ...outcome,
      person_id: outcome.person_id ?? told.person_id,
      run_id: outcome.run_id ?? told.run_id,
      file_hashes: outcome.file_hashes.length > 0 ? outcome.file_hashes : told.file_hashes,
    };
  });
  await facts.keep(completed.map((outcome) => toMergedFact(hashCommit(hashes, head), outcome, at)));
  return [...completed, ...(isDefaultBranch ? await toReversals(context, event) : [])];
}

async function toReversals(context: ForgeContext, { commits, at = context.now }: Pushed): Promise<Outcome[]> {
  const reverted = commits.flatMap(({ message }) => readRevertedCommits(message));
  const merged = await Promise.all(reverted.map((commit) => findMerged(context, commit)));
  return merged.flat().map(({ outcome_id }) => toReversal(context, outcome_id, at));
}

async function onReviewed({ facts, hashes, prefix }: ForgeContext, event: Reviewed): Promise<Outcome[]> {
  const { change, reviewer, isApproval, at } = event;
  const detail = hashes.other("account", reviewer);
  await facts.keep([
    { fact: "approved", subject: changeId(prefix, change), detail, value: isApproval, at },
    // Of the repository: its reviews are told of, so that a change without one is known to have none.
    { fact: "approved", subject: prefix, value: null, at },
  ]);
  return [];
}

async function onMerged(context: ForgeContext, event: Merged): Promise<Outcome[]> {
  const { facts, hashes, prefix, create } = context;
  const { change, branch, branchRepository, mergeCommit, reverts, isReviewKnown, at } = event;
  if (reverts !== null) return [toReversal(context, `${changeId(prefix, reverts)}:merged`, at)];
  const branchHash = hashes.branch(branchRepository, branch);
  const mergeHash = mergeCommit === null ? null : hashCommit(hashes, mergeCommit);
  const found = await facts.find("commit", [branchHash, ...(mergeHash === null ? [] : [mergeHash])]);
  const told = await toContributions(event.commits, context);
  const reviews = await facts.find("approved", [changeId(prefix, change), prefix]);
  const isApproved = reviews.some(({ value }) => value === true);
  const outcome = create({
    ...combine([...found.map(fromFact), ...told]),
    outcome_id: `${changeId(prefix, change)}:merged`,
    kind: "pr_merged",
    occurredAt: at,
    branch_hash: branchHash,
    reviewed_by_other: isReviewKnown || reviews.length > 0 ? isApproved : null,
  });
  if (mergeHash !== null) await facts.keep([toMergedFact(mergeHash, outcome, at)]);
  // The next change from a branch that lives on is not made of the same commits.
  await facts.forget("commit", branchHash);
  return [outcome];
}

function onTicket({ hashes, prefix, repository, create }: ForgeContext, event: TicketMoved): Outcome {
  const { kind, ticket, at } = event;
  const id = `${prefix}:issue:${ticket}`;
  return create({
    outcome_id: kind === "ticket_closed" ? `${id}:closed` : `${id}:reopened`,
    kind,
    occurredAt: at,
    ticket_hash: hashes.ticket(`${repository}#${ticket}`),
    reverses: kind === "ticket_closed" ? null : `${id}:closed`,
  });
}

function toReversal({ create }: ForgeContext, mergedId: string, occurredAt: Date): Outcome {
  return create({
    outcome_id: `${mergedId}:reverted`,
    kind: "pr_reverted",
    occurredAt,
    reverses: mergedId,
  });
}

function changeId(prefix: string, change: number): string {
  return `${prefix}:pr:${change}`;
}

function toMergedFact(subject: string, outcome: Outcome, at: Date) {
  return { fact: "merged", subject, personId: outcome.person_id, value: outcome, at } as const;
}

/** The outcome whose merge ended with a commit. */
async function findMerged({ facts, hashes }: ForgeContext, commit: string): Promise<Outcome[]> {
  const found = await facts.find("merged", [hashCommit(hashes, commit)]);
  return z.array(outcomeSchema).parse(found.map(({ value }) => value));
}
