// The subjects of the Settings page and what things are called there. The subject is in the address: `?subject=weights`.

import { OUTCOME_NAMES } from "./outcome-names.ts";
import { TERM_NAMES } from "./policy-rows.ts";
import type { Role, TargetMeasure } from "../../../schemas/closed-lists.ts";

export const SUBJECTS = [
  { name: "people", label: "People", isForOwners: true },
  { name: "teams", label: "Teams", isForOwners: false },
  { name: "weights", label: "Outcome weights", isForOwners: false },
  { name: "method", label: "Numbers of the method", isForOwners: false },
  { name: "targets", label: "Targets", isForOwners: false },
  { name: "schedules", label: "Schedules of services", isForOwners: false },
  { name: "retention", label: "Retention", isForOwners: false },
  { name: "scoring", label: "Individual scoring", isForOwners: false },
  { name: "changes", label: "Changes", isForOwners: false },
] as const;
export type Subject = (typeof SUBJECTS)[number]["name"];

export interface SettingsView {
  subject: Subject;
  /** Part of a name or an address, of people. */
  filter: string;
}

export function listSubjects(isOwner: boolean): readonly (typeof SUBJECTS)[number][] {
  return SUBJECTS.filter(({ isForOwners }) => isOwner || !isForOwners);
}

/** A word that is not known means the first subject that the reader may open. */
export function parseSettingsView(search: string, isOwner: boolean): SettingsView {
  const query = new URLSearchParams(search);
  const subjects = listSubjects(isOwner);
  const subject = subjects.find(({ name }) => name === query.get("subject")) ?? subjects[0];
  return { subject: subject?.name ?? "teams", filter: query.get("filter") ?? "" };
}

export function toSettingsSearch({ subject, filter }: SettingsView): string {
  const query = new URLSearchParams({ subject, ...(filter !== "" && { filter }) });
  return `?${query.toString()}`;
}

/** A line of a version in the page's words: `pr_merged: 5 points` as `Pull request merged: 5 points`. */
export function tellLine(line: string): string {
  const [key = ""] = line.split(":");
  const names: Readonly<Record<string, string | undefined>> = { ...OUTCOME_NAMES, ...TERM_NAMES };
  const name = Object.hasOwn(names, key) ? names[key] : undefined;
  return name === undefined ? line : `${name}${line.slice(key.length)}`;
}

export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  self: "No further role",
  manager: "Manager",
  owner: "Owner",
  officer: "Privacy officer",
  operator: "Operator",
};

export const MEASURE_NAMES: Readonly<Record<TargetMeasure, string>> = {
  weekly_cost_usd: "Cost a week, in $",
  weekly_tokens: "Tokens a week",
  weekly_calls: "Calls a week",
};

const PART_NAMES: Readonly<Record<string, string>> = {
  credit: "Credit",
  outcomes: "Outcomes",
  yield: "Yield and earned volume",
  signals: "Signals",
  patterns: "Patterns",
  targets: "Targets and meaningful use",
};

export function namePart(part: string): string {
  return PART_NAMES[part] ?? part;
}

/** `replayTimesMax` as `Replay times max`: the name as docs/method.md has it stands beside it. */
export function nameNumber(name: string): string {
  const words = name.replaceAll(/([A-Z])/g, " $1").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function tellFixed(setting: string): string {
  return `Set by the operator: ${setting}`;
}
