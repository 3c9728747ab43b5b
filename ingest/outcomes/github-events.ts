// GitHub's webhook payloads as what they tell. Source: https://docs.github.com/webhooks/webhook-events-and-payloads
//
// Always holds: an event of another name, or another case of these, is nothing and no mistake: a webhook may be set to send everything.

import { z } from "zod";
import type { ForgeDelivery, ForgeEvent, Reading } from "./forge-event.ts";
import { commit, commits, defineReader, name, number, time, toBranch, type Reader } from "./payload.ts";

const repository = z.object({ full_name: name });
const account = z.object({ id: number, type: z.string().optional() });

const FAILED: ReadonlySet<string> = new Set(["failure", "timed_out", "startup_failure"]);

/** `null` while it runs. */
const conclusion = z.string().nullish();

function tell(said: { repository: { full_name: string } }, event: ForgeEvent): ForgeDelivery {
  return { source: "github", repository: said.repository.full_name, event };
}

const push = defineReader(
  z.object({
    ref: name,
    after: name,
    created: z.boolean(),
    forced: z.boolean(),
    deleted: z.boolean(),
    commits,
    // In seconds here, and as text in every other event.
    repository: repository.extend({ default_branch: name, pushed_at: z.union([z.number(), time]) }),
  }),
  (said) => {
    const branch = toBranch(said.ref);
    if (branch === undefined || said.deleted) return "no_outcome";
    const { pushed_at: pushedAt, default_branch: defaultBranch } = said.repository;
    return tell(said, {
      kind: "pushed",
      branch,
      isDefaultBranch: branch === defaultBranch,
      isRewritten: said.created || said.forced,
      head: said.after,
      commits: said.commits,
      at: typeof pushedAt === "number" ? new Date(pushedAt * 1000) : pushedAt,
    });
  },
);

/** The line that the button Revert writes. A change that is brought back has `Reapply` for a title, or had two `Revert`. */
const REVERTS = /^Reverts (?:([\w.-]+\/[\w.-]+))?#(\d{1,10})\b/im;
const REAPPLIES = /^(Reapply "|Revert "Revert ")/;

const pullRequest = defineReader(
  z.object({
    action: z.string(),
    repository,
    pull_request: z.object({
      number,
      title: z.string(),
      body: z.string().nullish(),
      merged: z.boolean().nullish(),
      merged_at: time.nullish(),
      merge_commit_sha: name.nullish(),
      // A fork may be gone by now.
      head: z.object({ ref: name, repo: repository.nullish() }),
    }),
  }),
  (said) => {
    const { merged, merged_at: at, number: change, title, body, head, ...rest } = said.pull_request;
    if (said.action !== "closed" || merged !== true || at == null) return "no_outcome";
    const [, ofRepository, reverted] = REVERTS.exec(body ?? "") ?? [];
    const isElsewhere = ofRepository?.toLowerCase() !== said.repository.full_name.toLowerCase();
    const isOther = ofRepository !== undefined && isElsewhere;
    const reverts = reverted === undefined || isOther || REAPPLIES.test(title) ? null : Number(reverted);
    return tell(said, {
      kind: "merged",
      change,
      branch: head.ref,
      branchRepository: head.repo?.full_name ?? said.repository.full_name,
      mergeCommit: rest.merge_commit_sha ?? null,
      reverts,
      // Reviews are an event of their own, which may not be sent.
      isReviewKnown: false,
      commits: [],
      at,
    });
  },
);

const pullRequestReview = defineReader(
  z.object({
    action: z.string(),
    repository,
    review: z.object({ state: z.string(), user: account.nullable() }),
    pull_request: z.object({ number, user: account.nullable(), updated_at: time }),
  }),
  (said) => {
    const { review, pull_request: reviewed } = said;
    if (review.user === null) return "no_outcome";
    const isOther = review.user.id !== reviewed.user?.id && review.user.type !== "Bot";
    const isApproved = said.action === "submitted" && review.state.toLowerCase() === "approved";
    // Nothing but a dismissal, or asking for changes, takes an approval back.
    if (review.state.toLowerCase() === "commented") return "no_outcome";
    return tell(said, {
      kind: "reviewed",
      change: reviewed.number,
      reviewer: String(review.user.id),
      isApproval: isApproved && isOther,
      at: reviewed.updated_at,
    });
  },
);

function toChecked(
  said: { repository: { full_name: string } },
  run: { branch: string | null | undefined; conclusion: string | null | undefined },
  rest: Pick<Extract<ForgeEvent, { kind: "checked" }>, "check" | "commit" | "at">,
): ForgeDelivery | "no_outcome" {
  const hasPassed = run.conclusion === "success";
  if (run.branch == null || !(hasPassed || FAILED.has(run.conclusion ?? ""))) return "no_outcome";
  return tell(said, { kind: "checked", branch: run.branch, hasPassed, ...rest });
}

const checkRun = defineReader(
  z.object({
    action: z.string(),
    repository,
    check_run: z.object({
      name,
      head_sha: name,
      conclusion,
      completed_at: time.nullish(),
      app: z.object({ id: number }).nullish(),
      check_suite: z.object({ head_branch: name.nullish() }).nullish(),
    }),
  }),
  (said) => {
    const { check_run: run } = said;
    if (said.action !== "completed" || run.completed_at == null) return "no_outcome";
    const check = { branch: run.check_suite?.head_branch, conclusion: run.conclusion };
    // Whose commit it is stands in the push alone.
    const head = { id: run.head_sha, authorEmail: null, message: "", files: [] };
    return toChecked(said, check, {
      check: `run ${run.app?.id} ${run.name}`,
      commit: head,
      at: run.completed_at,
    });
  },
);

const suiteSchema = z.object({
  head_branch: name.nullish(),
  conclusion,
  updated_at: time,
  head_commit: commit,
});

const checkSuite = defineReader(
  z.object({
    action: z.string(),
    repository,
    check_suite: suiteSchema.extend({ app: z.object({ id: number }).nullish() }),
  }),
  (said) => {
    if (said.action !== "completed") return "no_outcome";
    const { head_branch: branch, conclusion: end, head_commit: head, updated_at: at, app } = said.check_suite;
    return toChecked(said, { branch, conclusion: end }, { check: `suite ${app?.id}`, commit: head, at });
  },
);

const workflowRun = defineReader(
  z.object({
    action: z.string(),
    repository,
    workflow_run: suiteSchema.extend({ workflow_id: number, head_repository: repository.nullish() }),
  }),
  (said) => {
    const { head_branch: branch, conclusion: end, head_commit: head, ...rest } = said.workflow_run;
    // A fork's branch may have the name of one of ours.
    const isFork = rest.head_repository?.full_name !== said.repository.full_name;
    if (said.action !== "completed" || isFork) return "no_outcome";
    const check = `workflow ${rest.workflow_id}`;
    return toChecked(said, { branch, conclusion: end }, { check, commit: head, at: rest.updated_at });
  },
);

const issues = defineReader(
  z.object({
    action: z.string(),
    repository,
    issue: z.object({
      number,
      state_reason: z.string().nullish(),
      closed_at: time.nullish(),
      updated_at: time,
    }),
  }),
  (said) => {
    const { number: ticket, state_reason: reason, closed_at: closedAt, updated_at: updatedAt } = said.issue;
    if (said.action === "reopened") return tell(said, { kind: "ticket_reopened", ticket, at: updatedAt });
    // `not_planned` and `duplicate` are no work that was done.
    const isDone = said.action === "closed" && (reason ?? "completed") === "completed";
    return isDone ? tell(said, { kind: "ticket_closed", ticket, at: closedAt ?? updatedAt }) : "no_outcome";
  },
);

const deploymentStatus = defineReader(
  z.object({
    repository,
    deployment_status: z.object({ state: z.string(), created_at: time }),
    deployment: z.object({
      id: number,
      sha: name,
      environment: name,
      production_environment: z.boolean().nullish(),
      transient_environment: z.boolean().nullish(),
    }),
  }),
  (said) => {
    const { deployment, deployment_status: status } = said;
    const isProduction = deployment.production_environment ?? deployment.environment === "production";
    const hasSucceeded = status.state === "success";
    const isEnd = hasSucceeded || status.state === "failure" || status.state === "error";
    // A preview of every pull request is nothing that anybody uses.
    if (!isProduction || deployment.transient_environment === true || !isEnd) return "no_outcome";
    return tell(said, {
      kind: "deployed",
      environment: deployment.environment,
      deployment: deployment.id,
      commit: deployment.sha,
      hasSucceeded,
      at: status.created_at,
    });
  },
);

const READERS: ReadonlyMap<string, Reader> = new Map(
  Object.entries({
    push,
    pull_request: pullRequest,
    pull_request_review: pullRequestReview,
    check_run: checkRun,
    check_suite: checkSuite,
    workflow_run: workflowRun,
    issues,
    deployment_status: deploymentStatus,
  }),
);

/** @param event as the header X-GitHub-Event names it */
export function readGithubEvent(event: string, payload: unknown): Reading {
  return READERS.get(event)?.(payload) ?? "unknown_event";
}
