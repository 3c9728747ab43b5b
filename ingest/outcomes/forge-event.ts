// What a forge tells that can make an outcome, or be needed for one: the same for GitHub and GitLab. Names and texts in it live
// for the length of a request, and become hashes in forge-outcomes.ts.

export interface Commit {
  id: string;
  /** The address that its author signed it with. */
  authorEmail: string | null;
  message: string;
  /** From the root of the repository: added, changed or removed. */
  files: readonly string[];
}

export interface Pushed {
  kind: "pushed";
  branch: string;
  isDefaultBranch: boolean;
  /** The branch was not there before, or has another history now. */
  isRewritten: boolean;
  /** The commit that the branch ends with now. */
  head: string;
  commits: readonly Commit[];
  /** Undefined where the forge does not say. */
  at: Date | undefined;
}

/** `change`: the number of the pull or merge request. */
export interface Reviewed {
  kind: "reviewed";
  change: number;
  reviewer: string;
  /** Approved by a person who is not the author. A later review of the same reviewer takes its place. */
  isApproval: boolean;
  at: Date;
}

export interface Merged {
  kind: "merged";
  change: number;
  /** Where the commits were made, and the repository of it, which may be a fork. */
  branch: string;
  branchRepository: string;
  /** That the merge made, or ended with. */
  mergeCommit: string | null;
  /** The change that this one takes back. */
  reverts: number | null;
  /** Whether reviews are told of by the same intake, so that none is known to be none. */
  isReviewKnown: boolean;
  commits: readonly Commit[];
  at: Date;
}

export interface Checked {
  kind: "checked";
  branch: string;
  /** Which check it is among those of the branch. */
  check: string;
  commit: Commit;
  hasPassed: boolean;
  at: Date;
}

export interface TicketMoved {
  kind: "ticket_closed" | "ticket_reopened";
  ticket: number;
  at: Date;
}

export interface Deployed {
  kind: "deployed";
  environment: string;
  /** Of the forge: its later states have the same. */
  deployment: number;
  commit: string;
  hasSucceeded: boolean;
  at: Date;
}

export type ForgeEvent = Pushed | Reviewed | Merged | Checked | TicketMoved | Deployed;

export interface ForgeDelivery {
  source: "github" | "gitlab";
  /** `owner/name` */
  repository: string;
  event: ForgeEvent;
}

/** What a payload comes to. `no_outcome`: the event is one of ours, but not this case of it. */
export type Reading = ForgeDelivery | "unknown_event" | "no_outcome" | "malformed";
