// How far an outcome is believed, by what it is and who told of it. What nobody can make for themselves is high: others merged it,
// others use it. What a person or their own client says of their work is lower, and one's own word alone earns nothing (METHOD).

import type { Outcome } from "./outcome.ts";

/** What a forge, a tracker or a pipeline says that is easily made: one closes one's own ticket, and breaks a check to mend it. */
const EASILY_MADE: ReadonlySet<Outcome["kind"]> = new Set([
  "ticket_closed",
  "ticket_reopened",
  "check_fixed",
  "artifact_kept",
]);

const BY_SOURCE: Readonly<Record<Outcome["source"], Outcome["trust"]>> = {
  github: "high",
  gitlab: "high",
  ci: "high",
  tracker: "high",
  // Clients report of themselves, and other systems are not known here.
  otlp: "medium",
  api: "medium",
  import: "medium",
  self: "low",
};

export function toTrust(kind: Outcome["kind"], source: Outcome["source"]): Outcome["trust"] {
  if (kind === "rating_useful" || kind === "rating_not_useful") return "low";
  const trust = BY_SOURCE[source];
  return trust === "high" && EASILY_MADE.has(kind) ? "medium" : trust;
}
