// Payloads of GitLab's webhooks, in the shapes of the typed package of its API (@gitbeaker/core) and with the values of GitLab's own
// documentation where no test says another (https://docs.gitlab.com/user/project/integrations/webhook_events/).

import type {
  WebhookDeploymentEventSchema,
  WebhookIssueEventSchema,
  WebhookMergeRequestEventSchema,
  WebhookPipelineEventSchema,
  WebhookPushEventSchema,
} from "@gitbeaker/core";
import type { Commit } from "../../ingest/outcomes/forge-event.ts";
import { sha } from "./github-payloads.ts";
import { AUTHOR_ID, project, repository, user } from "./gitlab-project.ts";

const REVIEWER_ID = 51;
const NO_COMMIT = "0".repeat(40);

function toCommit({
  id = sha("commit"),
  authorEmail,
  message = "Update Catalan translation",
  files,
}: Partial<Commit>) {
  return {
    id,
    message,
    title: message.split("\n")[0] ?? "",
    timestamp: "2011-12-12T14:27:31+02:00",
    url: `http://gitlab.example/mike/diaspora/commit/${id}`,
    author: { name: "Jordi Mallach", email: authorEmail ?? "[REDACTED]" },
    added: [],
    modified: [...(files ?? [])],
    removed: [],
  };
}

export function buildPush(said: {
  branch: string;
  commits: readonly Partial<Commit>[];
  isNew?: boolean;
}): WebhookPushEventSchema {
  const commits = said.commits.map(toCommit);
  const after = commits.at(-1)?.id ?? sha("after");
  return {
    object_kind: "push",
    event_name: "push",
    before: said.isNew ? NO_COMMIT : sha("before"),
    after,
    ref: `refs/heads/${said.branch}`,
    ref_protected: true,
    checkout_sha: after,
    user_id: AUTHOR_ID,
    user_name: user.name,
    user_username: user.username,
    user_email: "john@example.com",
    user_avatar: user.avatar_url,
    project_id: project.id,
    project,
    repository,
    commits,
    total_commits_count: commits.length,
  };
}

type Action = "merge" | "approved" | "approval" | "unapproved" | "unapproval" | "open";

export function buildMergeRequest(said: {
  iid: number;
  action: Action;
  at: Date;
  branch?: string;
  byAuthor?: boolean;
  description?: string;
  lastCommit?: Partial<Commit>;
  mergeCommit?: string;
}): WebhookMergeRequestEventSchema {
  const { iid, action, at, branch = "ms-viewport", byAuthor = false, description = "" } = said;
  const {
    added: _added,
    modified: _modified,
    removed: _removed,
    ...lastCommit
  } = toCommit(said.lastCommit ?? {});
  return {
    object_kind: "merge_request",
    event_type: "merge_request",
    event_name: "merge_request",
    user: { ...user, id: byAuthor ? AUTHOR_ID : REVIEWER_ID },
    project,
    repository,
    object_attributes: {
      id: 99,
      iid,
      target_branch: "master",
      source_branch: branch,
      source_project_id: 14,
      author_id: AUTHOR_ID,
      assignee_ids: [6],
      reviewer_ids: [6],
      title: "MS-Viewport",
      created_at: "2013-12-03T17:23:34Z",
      updated_at: toGitlabTime(at),
      last_edited_at: "2013-12-03T17:23:34Z",
      last_edited_by_id: 1,
      milestone_id: null,
      state_id: 1,
      state: "merged",
      blocking_discussions_resolved: true,
      work_in_progress: false,
      draft: false,
      first_contribution: true,
      merge_commit_sha: said.mergeCommit ?? sha(`merge ${iid}`),
      target_project_id: 14,
      description,
      total_time_spent: 0,
      time_change: 0,
      human_total_time_spent: "",
      human_time_change: "",
      human_time_estimate: "",
      url: "http://gitlab.example/mike/diaspora/merge_requests/1",
      source: project,
      target: project,
      last_commit: lastCommit,
      labels: [],
      action,
      detailed_merge_status: "mergeable",
    },
    labels: [],
    changes: {
      target_branch: { previous: null, current: null },
      updated_by_id: { previous: null, current: null },
      draft: { previous: null, current: null },
      updated_at: { previous: null, current: null },
      assignees: { previous: null, current: null },
      reviewers: { previous: null, current: null },
      labels: { previous: null, current: null },
      last_edited_at: { previous: null, current: null },
      last_edited_by_id: { previous: null, current: null },
    },
    assignees: [],
    reviewers: [],
  };
}

export function buildPipeline(said: {
  branch: string;
  commit: Partial<Commit>;
  status: "failed" | "success" | "running";
  at: Date;
}): WebhookPipelineEventSchema {
  const { branch, status, at } = said;
  const {
    title: _title,
    added: _added,
    modified: _modified,
    removed: _removed,
    ...commit
  } = toCommit(said.commit);
  return {
    object_kind: "pipeline",
    object_attributes: {
      id: 31,
      iid: 3,
      name: "Pipeline for branch",
      ref: branch,
      tag: false,
      sha: commit.id,
      before_sha: commit.id,
      source: "push",
      status,
      detailed_status: status,
      stages: ["build", "test", "deploy"],
      created_at: "2016-08-12 15:23:28 UTC",
      finished_at: toGitlabTime(at),
      duration: 63,
      variables: [],
      url: "http://gitlab.example/mike/diaspora/-/pipelines/31",
    },
    merge_request: null,
    user,
    project,
    commit,
    source_pipeline: {
      project: { id: 41, web_url: "https://gitlab.example/upstream", path_with_namespace: "upstream" },
      pipeline_id: 30,
      job_id: 3401,
    },
    builds: [],
  };
}

export function buildIssue(said: {
  iid: number;
  action: "close" | "reopen";
  at: Date;
}): WebhookIssueEventSchema {
  const { iid, action, at } = said;
  return {
    object_kind: "issue",
    event_type: "issue",
    event_name: "issue",
    user,
    project,
    object_attributes: {
      id: 301,
      title: "New API: create/update/delete file",
      assignee_ids: [51],
      assignee_id: 51,
      author_id: 51,
      project_id: 14,
      created_at: "2013-12-03T17:15:43Z",
      updated_at: toGitlabTime(at),
      updated_by_id: 1,
      last_edited_at: null,
      last_edited_by_id: null,
      relative_position: 0,
      description: "Create new API for manipulations with repository",
      milestone_id: null,
      state_id: 1,
      confidential: false,
      discussion_locked: true,
      due_date: null,
      moved_to_id: null,
      duplicated_to_id: null,
      time_estimate: 0,
      total_time_spent: 0,
      time_change: 0,
      human_total_time_spent: null,
      human_time_estimate: null,
      human_time_change: null,
      weight: null,
      health_status: "at_risk",
      iid,
      url: "http://gitlab.example/diaspora/issues/23",
      state: action === "close" ? "closed" : "opened",
      action,
      severity: "high",
      escalation_status: "triggered",
      escalation_policy: { id: 18, name: "Engineering On-call" },
      labels: [],
    },
    repository,
    assignees: [],
    assignee: null,
    labels: [],
    changes: {
      updated_by_id: { previous: null, current: "1" },
      updated_at: { previous: "2013-12-03T17:15:43Z", current: toGitlabTime(at) },
      labels: { previous: null, current: null },
    },
  };
}

export function buildDeployment(said: {
  id: number;
  commit: string;
  at: Date;
  tier?: string;
}): WebhookDeploymentEventSchema {
  const { id, commit, at, tier = "production" } = said;
  return {
    object_kind: "deployment",
    status: "success",
    status_changed_at: at
      .toISOString()
      .replace("T", " ")
      .replace(/\.\d{3}Z$/, " +0000"),
    deployment_id: id,
    deployable_id: 796,
    deployable_url: "http://gitlab.example/mike/diaspora/-/jobs/796",
    environment: "live",
    environment_tier: tier,
    environment_slug: "live",
    environment_external_url: "https://live.example",
    project,
    short_sha: commit.slice(0, 8),
    user,
    user_url: "http://gitlab.example/root",
    commit_url: `http://gitlab.example/mike/diaspora/-/commit/${commit}`,
    commit_title: "Add new file",
  };
}

/** `2016-08-12 15:26:29 UTC` */
function toGitlabTime(at: Date): string {
  return at
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d{3}Z$/, " UTC");
}
