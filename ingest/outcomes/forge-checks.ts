// A check that failed on a branch and passes later, with other code.
//
// Forges tell of one run of checks on several levels, as a workflow, a suite and single checks. The outcome's id is that of the commit
// that failed first, so that all of them, and all checks that the same commit broke, are one outcome. A check that passes on the very
// commit that it had failed on was not mended.

import type { Outcome } from "../../schemas/outcome.ts";
import { combine, fromFact, hashCommit, toContributions } from "./contributions.ts";
import type { Checked } from "./forge-event.ts";
import type { ForgeContext } from "./forge-context.ts";

export async function toCheckOutcomes(context: ForgeContext, event: Checked): Promise<Outcome[]> {
  const { facts, hashes, repository, prefix, create } = context;
  const { branch, check, commit, hasPassed, at } = event;
  const branchHash = hashes.branch(repository, branch);
  const subject = hashes.other("check", `${branchHash}\n${check}`);
  const commitHash = hashCommit(hashes, commit.id);
  if (!hasPassed) {
    await facts.keep([{ fact: "failing", subject, detail: commitHash, value: null, at }]);
    return [];
  }
  const failed = (await facts.find("failing", [subject])).filter((before) => before.at < at);
  await facts.forget(
    "failing",
    subject,
    failed.map(({ detail }) => detail),
  );
  const [first] = failed.filter(({ detail }) => detail !== commitHash);
  if (first === undefined) return [];
  const pushed = (await facts.find("commit", [branchHash, commitHash])).map(fromFact);
  const told = await toContributions([commit], context);
  return [
    create({
      ...combine([...pushed.filter((one) => one.commit === commitHash), ...told]),
      outcome_id: `${prefix}:check:${branchHash}:${first.detail}:fixed`,
      kind: "check_fixed",
      occurredAt: at,
      branch_hash: branchHash,
    }),
  ];
}
