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
  // By way of the organisation's own collector; and other systems are not known here.
  otlp: "medium",
  api: "medium",
  import: "medium",
  self: "low",
};

/** Telemetry that comes with a person's own key is that person's word: whoever has the key can send as many edits as they like. */
export function toTrust({
  kind,
  source,
  person_id,
}: Pick<Outcome, "kind" | "source" | "person_id">): Outcome["trust"] {
  if (kind === "rating_useful" || kind === "rating_not_useful") return "low";
  if (source === "otlp" && person_id !== null) return "low";
  const trust = BY_SOURCE[source];
  return trust === "high" && EASILY_MADE.has(kind) ? "medium" : trust;
}
