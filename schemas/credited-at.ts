// From when on an outcome counts. Some things are worth nothing unless they stand for a while: lines after their merge, a ticket that
// stays closed, an edit that is still there, a deployment that is not rolled back. They happened when they began to stand.

import type { Outcome } from "./outcome.ts";

const HAS_TO_STAND: ReadonlySet<Outcome["kind"]> = new Set([
  "lines_survived",
  "ticket_closed",
  "deploy_succeeded",
  "edit_accepted",
]);

const DAY_MS = 86_400_000;

/** @param survivalDays the number of the method (`outcomes.survivalDays`) */
export function toCreditedAt(kind: Outcome["kind"], occurredAt: string, survivalDays: number): string {
  if (!HAS_TO_STAND.has(kind)) return occurredAt;
  return new Date(Date.parse(occurredAt) + survivalDays * DAY_MS).toISOString();
}
