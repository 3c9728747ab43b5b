// Payloads of GitHub's webhooks: published examples of its own typed packages, at the test's time and with what a test says. Everything
// that no test speaks of stays as GitHub sent it.

import { createHash } from "node:crypto";
import examples from "@octokit/webhooks-examples" with { type: "json" };
import type {
  CheckRunCompletedEvent,
  CheckSuiteCompletedEvent,
  DeploymentStatusCreatedEvent,
  IssuesEvent,
  PullRequestClosedEvent,
  PullRequestReviewSubmittedEvent,
  PushEvent,
  WebhookEventMap,
  WorkflowRunCompletedEvent,
} from "@octokit/webhooks-types";
import type { Commit } from "../../ingest/outcomes/forge-event.ts";

export const REPOSITORY = "Codertocat/Hello-World";
const [OWNER_ID, REVIEWER_ID] = [21_031_067, 99];

/** The first published example that is like this. */
function findExample<Name extends keyof WebhookEventMap>(
  event: Name,
  isLike: (payload: WebhookEventMap[Name]) => boolean = () => true,
): WebhookEventMap[Name] {
  // The package's types know one of its examples only with its name.
  const all = examples as unknown as { name: string; examples: WebhookEventMap[Name][] }[];
  const found = all.find(({ name }) => name === event)?.examples.find(isLike);
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
  const payload = findExample("push", ({ commits: listed }) => listed.length > 0);
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

export interface SaidMerge {
  number: number;
  at: Date;
  branch?: string;
  mergeCommit?: string;
  title?: string;
  body?: string | null;
}

export function buildMerge({ number, at, ...said }: SaidMerge): PullRequestClosedEvent {
  const payload = findExample("pull_request", ({ action }) => action === "closed") as PullRequestClosedEvent;
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
  const action = state === "dismissed" ? "dismissed" : "submitted";
  const payload = findExample("pull_request_review", (one) => one.action === action);
  const { review, pull_request: pullRequest } = payload as PullRequestReviewSubmittedEvent;
  const user = { ...review.user, id: byAuthor ? OWNER_ID : REVIEWER_ID };
  return {
    ...(payload as PullRequestReviewSubmittedEvent),
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
  const payload = findExample("check_run", ({ action }) => action === "completed") as CheckRunCompletedEvent;
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
  const payload = findExample("check_suite", ({ action }) => action === "completed");
  const { check_suite: suite } = payload as CheckSuiteCompletedEvent;
  const headCommit = toHeadCommit(suite.head_commit, said);
  return {
    ...(payload as CheckSuiteCompletedEvent),
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

export function buildWorkflowRun(said: SaidCheck): WorkflowRunCompletedEvent {
  const { branch, commit, at, conclusion } = said;
  const payload = findExample("workflow_run", ({ action }) => action === "completed");
  const { workflow_run: run } = payload as WorkflowRunCompletedEvent;
  return {
    ...(payload as WorkflowRunCompletedEvent),
    repository: findExample("push").repository,
    workflow_run: {
      ...run,
      head_branch: branch,
      head_sha: commit,
      conclusion,
      updated_at: toTime(at),
      head_commit: toHeadCommit(run.head_commit, said),
    },
  } as WorkflowRunCompletedEvent;
}

function toHeadCommit<
  Head extends { id: string; message: string; author: { name: string; email?: string | null } },
>(published: Head, { commit, message, authorEmail }: SaidCheck): Head {
  const author = { ...published.author, ...(authorEmail && { email: authorEmail }) };
  return { ...published, id: commit, message: message ?? published.message, author };
}

export function buildIssue(said: {
  number: number;
  at: Date;
  action: "closed" | "reopened";
  reason?: "completed" | "not_planned";
}): IssuesEvent {
  const { number, at, action, reason = "completed" } = said;
  const payload = findExample("issues", (one) => one.action === "reopened");
  const isClosed = action === "closed";
  return {
    ...payload,
    action,
    repository: findExample("push").repository,
    issue: {
      ...payload.issue,
      number,
      state: isClosed ? "closed" : "open",
      state_reason: isClosed ? reason : "reopened",
      closed_at: isClosed ? toTime(at) : null,
      updated_at: toTime(at),
    },
  } as IssuesEvent;
}

export function buildDeployment(said: {
  id: number;
  commit: string;
  at: Date;
  state?: "success" | "failure" | "in_progress";
  environment?: string;
}): DeploymentStatusCreatedEvent {
  const { id, commit, at, state = "success", environment = "production" } = said;
  const payload = findExample("deployment_status") as DeploymentStatusCreatedEvent;
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
