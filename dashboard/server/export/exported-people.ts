// What exports about people have in common: whoever is in one finds it in their audit, with its reason, before the first of their
// lines is handed out; and lines name people by their addresses.

import { inArray } from "drizzle-orm";
import { appendAudit, type AuditAction } from "../../../schemas/postgres/audit.ts";
import type { PostgresStore } from "../../../schemas/postgres/open.ts";
import { people } from "../../../schemas/postgres/tables.ts";

/** Rows of a page. */
const PAGE_ROWS = 1000;
const NOBODY = "00000000-0000-0000-0000-000000000000";

export interface ExportOfPeople {
  action: AuditAction;
  from: Date;
  to: Date;
  reason: string;
  now: Date;
}

export interface ExportedPeople {
  /** Notes the export in the audit of those whom it had not met yet, and gives everybody's address, by id. */
  meet(personIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** How many were met so far. */
  count(): number;
}

export function createExportedPeople(
  postgres: PostgresStore,
  { action, from, to, reason, now }: ExportOfPeople,
): ExportedPeople {
  const audited = new Set<string>();
  const payload = { from: from.toISOString(), to: to.toISOString() };
  return {
    async meet(personIds) {
      const met = [...new Set(personIds)].filter((id) => id !== NOBODY);
      for (const subjectId of met.filter((id) => !audited.has(id))) {
        const entry = { action, actorId: null, subjectId, reason, payload } as const;
        await postgres.db.transaction((transaction) => appendAudit(transaction, now, entry));
        audited.add(subjectId);
      }
      const { personId, email } = people;
      const rows = await postgres.db.select({ personId, email }).from(people).where(inArray(personId, met));
      return new Map(rows.map((row) => [row.personId, row.email]));
    },
    count: () => audited.size,
  };
}

/** The rows of an export, some at a time: people are looked up for all of them together. */
export async function* toPages<Row>(rows: AsyncIterable<Row>): AsyncGenerator<Row[]> {
  let page: Row[] = [];
  for await (const row of rows) {
    page.push(row);
    if (page.length < PAGE_ROWS) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
