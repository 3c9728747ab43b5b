// What each setting is called in a sentence.

import type { ChangeSubject } from "../../../schemas/settings-api.ts";

const SETTING_NAMES: Readonly<Record<ChangeSubject, string>> = {
  individual_scoring: "individual scoring",
  outcome_weights: "the weights of outcomes",
  method: "the numbers of the method",
  retention: "how long things are kept",
  target: "the organisation’s targets",
  team: "a team",
  service_schedule: "the schedules of services",
  person: "the list of people",
};

/** @param name as a version is called: `retention`, `team:ID` */
export function nameSetting(name: string): string {
  const [subject = ""] = name.split(":");
  return isSubject(subject) ? SETTING_NAMES[subject] : "a setting";
}

function isSubject(subject: string): subject is ChangeSubject {
  return Object.hasOwn(SETTING_NAMES, subject);
}
