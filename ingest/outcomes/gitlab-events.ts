// GitLab's webhook payloads as what they tell. Source: https://docs.gitlab.com/user/project/integrations/webhook_events/
//
// Always holds: an event of another kind, or another case of these, is nothing and no mistake: GitLab switches a webhook off whose
// deliveries are refused.

import { z } from "zod";
import type { ForgeDelivery, ForgeEvent, Reading } from "./forge-event.ts";
import { commit, commits, defineReader, name, number, time, toBranch, type Reader } from "./payload.ts";

const project = z.object({ path_with_namespace: name });

/** A branch that is not there has this for its commit. */
const NO_COMMIT = /^0+$/;

function tell(said: { project: { path_with_namespace: string } }, event: ForgeEvent): ForgeDelivery {
  return { source: "gitlab", repository: said.project.path_with_namespace, event };
}

const push = defineReader(
  z.object({
    ref: name,
    before: name,
    after: name,
    project: project.extend({ default_branch: name.nullish() }),
    commits,
  }),
  (said) => {
    const branch = toBranch(said.ref);
    if (branch === undefined || NO_COMMIT.test(said.after)) return "no_outcome";
    return tell(said, {
      kind: "pushed",
      branch,
      isDefaultBranch: branch === said.project.default_branch,
      // A branch with another history can't be told from one that goes on.
      isRewritten: NO_COMMIT.test(said.before),
      head: said.after,
      commits: said.commits,
      at: undefined,
    });
  },
);

/** What the button Revert writes. */
const REVERTS = /^This reverts merge request (?:[\w./-]+)?!(\d{1,10})\b/im;
const REAPPLIES = /^(Reapply "|Revert "Revert ")/;
/** `approval` and `unapproval` are of one person, `approved` and `unapproved` are that too, and make the last or first missing one. */
const REVIEWS: ReadonlyMap<string, boolean> = new Map([
  ["approval", true],
  ["approved", true],
  ["unapproval", false],
  ["unapproved", false],
]);

const mergeRequest = defineReader(
  z.object({
    user: z.object({ id: number }),
    project,
    object_attributes: z.object({
      iid: number,
      action: z.string().nullish(),
      author_id: number,
      title: z.string(),
      description: z.string().nullish(),
      source_branch: name,
      source: project.nullish(),
      merge_commit_sha: name.nullish(),
      last_commit: commit.nullish(),
      updated_at: time,
    }),
  }),
  (said) => {
    const { iid: change, action, author_id: authorId, updated_at: at, ...rest } = said.object_attributes;
    const isApproval = REVIEWS.get(action ?? "");
    if (isApproval !== undefined) {
      const isOther = said.user.id !== authorId;
      const reviewer = String(said.user.id);
      return tell(said, { kind: "reviewed", change, reviewer, isApproval: isApproval && isOther, at });
    }
    if (action !== "merge") return "no_outcome";
    const [, reverted] = REVERTS.exec(rest.description ?? "") ?? [];
    return tell(said, {
      kind: "merged",
      change,
      branch: rest.source_branch,
      branchRepository: rest.source?.path_with_namespace ?? said.project.path_with_namespace,
      // Without a merge commit the branch was gone on with.
      mergeCommit: rest.merge_commit_sha ?? rest.last_commit?.id ?? null,
      reverts: reverted === undefined || REAPPLIES.test(rest.title) ? null : Number(reverted),
      // Approvals come with the same trigger.
      isReviewKnown: true,
      commits: rest.last_commit ? [rest.last_commit] : [],
      at,
    });
  },
);

const pipeline = defineReader(
  z.object({
    project,
    object_attributes: z.object({
      ref: name,
      tag: z.boolean(),
      status: z.string(),
      finished_at: time.nullish(),
    }),
    merge_request: z.object({ source_branch: name }).nullish(),
    commit,
  }),
  (said) => {
    const { ref, tag, status, finished_at: at } = said.object_attributes;
    const hasPassed = status === "success";
    if (tag || at == null || !(hasPassed || status === "failed")) return "no_outcome";
    const branch = said.merge_request?.source_branch ?? ref;
    return tell(said, { kind: "checked", branch, check: "pipeline", commit: said.commit, hasPassed, at });
  },
);

const issue = defineReader(
  z.object({
    project,
    object_attributes: z.object({
      iid: number,
      action: z.string().nullish(),
      updated_at: time,
      closed_at: time.nullish(),
    }),
  }),
  (said) => {
    const { iid: ticket, action, updated_at: updatedAt, closed_at: closedAt } = said.object_attributes;
    if (action === "reopen") return tell(said, { kind: "ticket_reopened", ticket, at: updatedAt });
    if (action !== "close") return "no_outcome";
    return tell(said, { kind: "ticket_closed", ticket, at: closedAt ?? updatedAt });
  },
);

/** The address of a commit ends with its full hash; the payload itself has the short one alone. */
const COMMIT_ADDRESS = /\/commit\/([0-9a-f]{40,64})$/;

const deployment = defineReader(
  z.object({
    project,
    status: z.string(),
    status_changed_at: time,
    deployment_id: number,
    environment: name,
    environment_tier: z.string().nullish(),
    commit_url: z.string(),
  }),
  (said) => {
    const [, deployed] = COMMIT_ADDRESS.exec(said.commit_url) ?? [];
    const isProduction = (said.environment_tier ?? said.environment) === "production";
    const hasSucceeded = said.status === "success";
    if (!isProduction || deployed === undefined || !(hasSucceeded || said.status === "failed"))
      return "no_outcome";
    return tell(said, {
      kind: "deployed",
      environment: said.environment,
      deployment: said.deployment_id,
      commit: deployed,
      hasSucceeded,
      at: said.status_changed_at,
    });
  },
);

const READERS: ReadonlyMap<string, Reader> = new Map(
  Object.entries({ push, merge_request: mergeRequest, pipeline, issue, deployment }),
);

const kindSchema = z.object({ object_kind: z.string() });

/** What an event is stands in its payload, so that a header that is not signed decides nothing. */
export function readGitlabEvent(payload: unknown): Reading {
  const parsed = kindSchema.safeParse(payload);
  if (!parsed.success) return "malformed";
  return READERS.get(parsed.data.object_kind)?.(payload) ?? "unknown_event";
}
