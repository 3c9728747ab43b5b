// What each action of the audit is called in a list, and what an entry of it says.
//
// Always holds: every action has its words (a new one without them does not compile), and none of them judges anybody.

import type { AuditAction } from "../../../schemas/postgres/audit.ts";

/** Whom an entry is about, as the words need it. */
export interface SubjectWords {
  /** `you`, `Ada`, or `somebody who was erased`; `nobody` where it is about no one. */
  whom: string;
  /** `your`, `Ada’s`, `their` for what they did themselves. */
  whose: string;
  /** Which setting, where it is one. */
  setting: string;
}

interface ActionWords {
  label: string;
  /** Goes on after who it was. */
  tell: (subject: SubjectWords) => string;
  /** Analytics and signing in act too; anything else without a person is an operator's. */
  isOfAssay?: true;
}

/** What a service owns is nobody's. */
const of =
  (thing: string, verb: string) =>
  ({ whom, whose }: SubjectWords) =>
    whom === NOBODY ? `${verb} a service’s ${thing}` : `${verb} ${whose} ${thing}`;

export const NOBODY = "nobody";

export const ACTION_WORDS: Readonly<Record<AuditAction, ActionWords>> = {
  login_link_created: {
    label: "Sign-in link made",
    tell: ({ whom }) => `made a one-time sign-in link for ${whom}`,
  },
  access_token_created: { label: "Access token made", tell: of("access token", "made") },
  access_token_revoked: { label: "Access token revoked", tell: of("access token", "revoked") },
  role_given: {
    label: "Role given",
    tell: ({ whom }) => `gave ${whom} a role, by the groups of the organisation’s sign-in`,
    isOfAssay: true,
  },
  key_created: { label: "Key made", tell: of("key", "made") },
  key_rotated: { label: "Key rotated", tell: of("key", "rotated") },
  key_revoked: { label: "Key revoked", tell: of("key", "revoked") },
  schedule_added: { label: "Schedule registered", tell: of("schedule", "registered") },
  schedule_ended: { label: "Schedule ended", tell: of("schedule", "ended") },
  class_corrected: {
    label: "Class corrected",
    tell: ({ whose }) => `corrected the class of one of ${whose} runs`,
  },
  class_correction_withdrawn: {
    label: "Correction withdrawn",
    tell: ({ whose }) => `withdrew a correction of the class of one of ${whose} runs`,
  },
  outcome_disputed: {
    label: "Outcome disputed",
    tell: ({ whose }) => `disputed an outcome of one of ${whose} runs`,
  },
  outcome_dispute_withdrawn: {
    label: "Dispute withdrawn",
    tell: ({ whose }) => `withdrew the dispute of an outcome of one of ${whose} runs`,
  },
  events_exported: { label: "Calls exported", tell: ({ whose }) => `exported ${whose} calls` },
  runs_exported: { label: "Runs exported", tell: ({ whose }) => `exported ${whose} runs` },
  outcomes_exported: { label: "Outcomes exported", tell: ({ whose }) => `exported ${whose} outcomes` },
  weeks_exported: { label: "Weeks exported", tell: ({ whose }) => `exported ${whose} weeks` },
  patterns_exported: { label: "Patterns exported", tell: ({ whose }) => `exported ${whose} patterns` },
  run_explained: {
    label: "Run looked at",
    tell: ({ whose }) => `looked at how one of ${whose} runs was scored, at the command line`,
  },
  pattern_explained: {
    label: "Pattern looked at by an operator",
    tell: ({ whose }) => `looked at one of ${whose} patterns, at the command line`,
  },
  policy_published: { label: "Policy published", tell: () => "published a version of the policy" },
  template_added: { label: "Template allowed", tell: () => "allowed a text that the organisation hands out" },
  template_removed: { label: "Template taken back", tell: () => "took back a text that was allowed" },
  pattern_notified: {
    label: "Pattern: person told",
    tell: ({ whom }) => `told ${whom} of a pattern`,
    isOfAssay: true,
  },
  pattern_opened: {
    label: "Pattern opened",
    tell: ({ whose }) => `opened one of ${whose} patterns for the manager`,
    isOfAssay: true,
  },
  pattern_closed: {
    label: "Pattern closed",
    tell: ({ whose }) => `closed one of ${whose} patterns`,
    isOfAssay: true,
  },
  pattern_view_ended: {
    label: "Manager’s view ended",
    tell: ({ whose }) => `ended the manager’s view of one of ${whose} patterns`,
    isOfAssay: true,
  },
  pattern_listed: {
    label: "Pattern seen in a list",
    tell: ({ whose }) => `saw one of ${whose} patterns in the list of those to review`,
  },
  pattern_viewed: { label: "Pattern looked at", tell: ({ whose }) => `looked at one of ${whose} patterns` },
  explanation_given: {
    label: "Pattern explained",
    tell: ({ whose }) => `explained one of ${whose} patterns`,
  },
  pattern_contested: {
    label: "Pattern contested",
    tell: ({ whose }) => `contested one of ${whose} patterns`,
  },
  contest_answered: {
    label: "Contest answered",
    tell: ({ whose }) => `answered the contest of one of ${whose} patterns`,
  },
  person_erased: { label: "Person erased", tell: ({ whom }) => `erased ${whom}` },
  person_added: { label: "Person added", tell: ({ whom }) => `added ${whom} to the people` },
  person_changed: {
    label: "Person changed",
    tell: ({ whose }) => `changed ${whose} entry in the list of people`,
  },
  setting_changed: { label: "Setting changed", tell: ({ setting }) => `changed ${setting}` },
  setting_undone: { label: "Change taken back", tell: ({ setting }) => `took back a change of ${setting}` },
  scoring_switched_off: { label: "Scoring switched off", tell: () => "switched individual scoring off" },
  scoring_switched_on: { label: "Scoring switched on", tell: () => "switched individual scoring on again" },
};

/** For a list to choose from, by name. */
export const ACTION_LABELS = Object.entries(ACTION_WORDS)
  .map(([action, { label }]) => ({ action, label }))
  .toSorted((one, other) => (one.label < other.label ? -1 : 1));
