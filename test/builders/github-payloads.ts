// Payloads of GitHub's webhooks: published examples of its own typed packages, at the test's time and with what a test says. Everything
// that no test speaks of stays as GitHub sent it.

import { createHash } from "node:crypto";
import examples from "@octokit/webhooks-examples" with { type: "json" };
import type {
  CheckRunCompletedEvent,
  CheckSuiteCompletedEvent,
  DeploymentStatusCreatedEvent,
  IssuesClosedEvent,
  IssuesReopenedEvent,
  PullRequestClosedEvent,
  PullRequestReviewSubmittedEvent,
  PushEvent,
  WebhookEventMap,
  WorkflowRunCompletedEvent,
} from "@octokit/webhooks-types";
import { z } from "zod";
import type { Commit } from "../../ingest/outcomes/forge-event.ts";

export const REPOSITORY = "Codertocat/Hello-World";
const [OWNER_ID, REVIEWER_ID] = [21_031_067, 99];

/** All that are published, by event. What the package exports at run time is not what its types say. */
export const EXAMPLES = z
  .array(z.object({ name: z.string(), examples: z.array(z.looseObject({})) }))
  .parse(examples);

/** The first published example that is like this; it is of its published type, because its publisher says so. */
function findExample<Name extends keyof WebhookEventMap, Like extends WebhookEventMap[Name]>(
  event: Name,
  isLike: (payload: WebhookEventMap[Name]) => payload is Like,
): Like {
  const published = EXAMPLES.find(({ name }) => name === event)?.examples ?? [];
  const found = z.array(z.custom<WebhookEventMap[Name]>()).parse(published).find(isLike);
  if (found === undefined) throw new Error(`There is no such example of ${event}.`);
  return structuredClone(found);
}

export interface SaidPush {
  branch: string;
  at: Date;
  commits: readonly Partial<Commit>[];
  created?: boolean;
  forced?: boolean;
}

export function buildPush({ branch, at, commits, created = false, forced = false }: SaidPush): PushEvent {
  const payload = pushed();
  const [published] = payload.commits;
  if (published === undefined) throw new Error("The example has no commit.");
  const listed = commits.map(({ id = sha(at.toISOString()), authorEmail, message, files = [] }) => ({
    ...published,
    id,
    message: message ?? published.message,
    author: { ...published.author, email: authorEmail ?? published.author.email },
    added: [],
    modified: [...files],
    removed: [],
  }));
  const repository = { ...payload.repository, pushed_at: Math.floor(at.getTime() / 1000) };
  const after = listed.at(-1)?.id ?? payload.after;
  return { ...payload, ref: `refs/heads/${branch}`, after, created, forced, commits: listed, repository };
}

/** Whose repository all of them are of. */
function pushed(): PushEvent {
  return findExample("push", (one): one is PushEvent => one.commits.length > 0);
}

export interface SaidMerge {
  number: number;
  at: Date;
  branch?: string;
  mergeCommit?: string;
  title?: string;
  body?: string | null;
}

export function buildMerge({ number, at, ...said }: SaidMerge): PullRequestClosedEvent {
  const payload = findExample(
    "pull_request",
    (one): one is PullRequestClosedEvent => one.action === "closed",
  );
  const { branch = "changes", mergeCommit = sha(`merge ${number}`), title, body } = said;
  const pullRequest = payload.pull_request;
  return {
    ...payload,
    number,
    pull_request: {
      ...pullRequest,
      number,
      title: title ?? pullRequest.title,
      body: body === undefined ? pullRequest.body : body,
      merged: true,
      merged_at: toTime(at),
      closed_at: toTime(at),
      updated_at: toTime(at),
      merge_commit_sha: mergeCommit,
      head: { ...pullRequest.head, ref: branch },
    },
  };
}

type ReviewState = PullRequestReviewSubmittedEvent["review"]["state"];

export function buildReview(said: {
  number: number;
  at: Date;
  state: ReviewState;
  byAuthor?: boolean;
}): PullRequestReviewSubmittedEvent {
  const { number, at, state, byAuthor = false } = said;
  const payload = findExample(
    "pull_request_review",
    (one): one is PullRequestReviewSubmittedEvent => one.action === "submitted",
  );
  const { review, pull_request: pullRequest } = payload;
  const user = { ...review.user, id: byAuthor ? OWNER_ID : REVIEWER_ID };
  return {
    ...payload,
    review: { ...review, state, user, submitted_at: toTime(at) },
    pull_request: { ...pullRequest, number, updated_at: toTime(at) },
  };
}

export interface SaidCheck {
  branch: string;
  commit: string;
  at: Date;
  conclusion: "success" | "failure" | "cancelled";
  message?: string;
  authorEmail?: string;
}

export function buildCheckRun({ branch, commit, at, conclusion }: SaidCheck): CheckRunCompletedEvent {
  const payload = findExample(
    "check_run",
    (one): one is CheckRunCompletedEvent => one.action === "completed",
  );
  const run = payload.check_run;
  const checkSuite = { ...run.check_suite, head_branch: branch, head_sha: commit };
  return {
    ...payload,
    check_run: {
      ...run,
      head_sha: commit,
      conclusion,
      completed_at: toTime(at),
      check_suite: checkSuite,
    },
  };
}

export function buildCheckSuite(said: SaidCheck): CheckSuiteCompletedEvent {
  const { branch, commit, at, conclusion } = said;
  const payload = findExample(
    "check_suite",
    (one): one is CheckSuiteCompletedEvent => one.action === "completed",
  );
  const { check_suite: suite } = payload;
  const headCommit = toHeadCommit(suite.head_commit, said);
  return {
    ...payload,
    check_suite: {
      ...suite,
      head_branch: branch,
      head_sha: commit,
      conclusion,
      updated_at: toTime(at),
      head_commit: headCommit,
    },
  };
}

export function buildWorkflowRun(said: SaidCheck & { fromFork?: boolean }): WorkflowRunCompletedEvent {
  const { branch, commit, at, conclusion, fromFork = false } = said;
  const payload = findExample(
    "workflow_run",
    (one): one is WorkflowRunCompletedEvent => one.action === "completed",
  );
  const { workflow_run: run } = payload;
  return {
    ...payload,
    repository: pushed().repository,
    workflow_run: {
      ...run,
      head_repository: { ...run.head_repository, full_name: fromFork ? "fork/Hello-World" : REPOSITORY },
      head_branch: branch,
      head_sha: commit,
      conclusion,
      updated_at: toTime(at),
      head_commit: toHeadCommit(run.head_commit, said),
    },
  };
}

function toHeadCommit<
  Head extends { id: string; message: string; author: { name: string; email?: string | null } },
>(published: Head, { commit, message, authorEmail }: SaidCheck): Head {
  const author = { ...published.author, ...(authorEmail && { email: authorEmail }) };
  return { ...published, id: commit, message: message ?? published.message, author };
}

export interface SaidIssue {
  number: number;
  at: Date;
}

export function buildReopenedIssue({ number, at }: SaidIssue): IssuesReopenedEvent {
  const payload = findExample("issues", (one): one is IssuesReopenedEvent => one.action === "reopened");
  const issue = { ...payload.issue, number, state: "open", closed_at: null, updated_at: toTime(at) } as const;
  return { ...payload, repository: pushed().repository, issue };
}

/** None is published. */
export function buildClosedIssue(
  said: SaidIssue & { reason?: "completed" | "not_planned" },
): IssuesClosedEvent {
  const { issue, repository, sender } = buildReopenedIssue(said);
  const { at, reason = "completed" } = said;
  return {
    action: "closed",
    repository,
    sender,
    issue: { ...issue, state: "closed", state_reason: reason, closed_at: toTime(at) },
  };
}

export function buildDeployment(said: {
  id: number;
  commit: string;
  at: Date;
  state?: "success" | "failure" | "in_progress";
  environment?: string;
}): DeploymentStatusCreatedEvent {
  const { id, commit, at, state = "success", environment = "production" } = said;
  const payload = findExample(
    "deployment_status",
    (one): one is DeploymentStatusCreatedEvent => one.action === "created",
  );
  return {
    ...payload,
    deployment: { ...payload.deployment, id, sha: commit, environment },
    deployment_status: { ...payload.deployment_status, state, environment, created_at: toTime(at) },
  };
}

/** A commit's id of the right form, the same for the same seed. */
export function sha(seed: string): string {
  return createHash("sha1").update(seed).digest("hex");
}

/** Without milliseconds, as GitHub writes times. */
function toTime(at: Date): string {
  return at.toISOString().replace(/\.\d{3}Z$/, "Z");
}
