// Outcomes as JSON lines, each with the runs that have a share in it, for an operator. Whose outcome it is, and whose runs those are,
// finds the export in the audit, with its reason (exported-people.ts).

import type { Stores } from "../../../schemas/command.ts";
import { createExportedPeople, toPages } from "./exported-people.ts";
import { exportedOutcomes } from "../queries/exported-outcomes.ts";

export interface OutcomeExport {
  /** Of when they happened; `to` is not included. */
  from: Date;
  to: Date;
  reason: string;
  now: Date;
  /** Counts what was handed out so far. */
  summary: { outcomes: number; people: number };
}

export async function* exportOutcomes(
  { clickhouse, postgres }: Stores,
  { from, to, reason, now, summary }: OutcomeExport,
): AsyncGenerator<string> {
  const exported = createExportedPeople(postgres, { action: "outcomes_exported", from, to, reason, now });
  for await (const page of toPages(clickhouse.stream(exportedOutcomes, { from, to, now }))) {
    const emails = await exported.meet(
      page.flatMap(({ person_id, links }) =>
        [person_id ?? [], ...links.map(([personId]) => personId)].flat(),
      ),
    );
    const lines = page.map(({ links, ...outcome }) => {
      const shares = links.map(([personId, run_id, linked_by, share]) => {
        return { person_email: emails.get(personId) ?? null, run_id, linked_by, share };
      });
      return `${JSON.stringify({ ...outcome, links: shares })}\n`;
    });
    yield lines.join("");
    summary.outcomes += page.length;
    summary.people = exported.count();
  }
}
