// Reads the audit: a person's own entries through their view of the store, or everybody's through the officer's, newest first. Row-level
// security decides which those are; here they are paged, filtered and put into words.
//
// Always holds: names of others are read only for entries that the reader may see. Who was erased has no name any more.

import { and, desc, eq, gte, inArray, lt, or } from "drizzle-orm";
import { z } from "zod";
import type { AuditEntryView, AuditFilter } from "../../../schemas/audit-api.ts";
import type { AuditAction } from "../../../schemas/postgres/audit.ts";
import type { PostgresStore, Transactions } from "../../../schemas/postgres/open.ts";
import { audit, people } from "../../../schemas/postgres/tables.ts";
import { formatCursor, parseCursor } from "../http/cursor.ts";
import { ACTION_WORDS, NOBODY } from "./audit-words.ts";
import { nameSetting } from "./setting-names.ts";

export const PAGE_ENTRIES = 50;
const cursorSchema = z.tuple([z.int()]);

type AuditRow = typeof audit.$inferSelect;

export interface AuditReading {
  /** Whoever reads: their view, and who they are. */
  store: Transactions;
  readerId: string;
  /** Only entries about, or by, this person; undefined: all that the reader may see. */
  personId?: string;
  filter: AuditFilter;
  cursor?: string | undefined;
  entriesMax?: number;
}

export interface AuditEntries {
  entries: AuditEntryView[];
  nextCursor: string | null;
}

/** @throws AppError `bad_request` for a cursor that we did not give */
export async function readAudit(
  postgres: PostgresStore,
  { store, entriesMax = PAGE_ENTRIES, ...reading }: AuditReading,
): Promise<AuditEntries> {
  const rows = await store.db.transaction((transaction) =>
    transaction
      .select()
      .from(audit)
      .where(toCondition(reading))
      .orderBy(desc(audit.auditId))
      .limit(entriesMax + 1),
  );
  const page = rows.slice(0, entriesMax);
  const last = page.at(-1);
  const names = await readNames(postgres, page);
  return {
    entries: page.map((row) => toEntry(row, { names, readerId: reading.readerId })),
    nextCursor: rows.length > page.length && last ? formatCursor([last.auditId]) : null,
  };
}

function toCondition({ personId, filter: { from, to, action }, cursor }: Omit<AuditReading, "store">) {
  const before = cursor === undefined ? undefined : parseCursor(cursor, cursorSchema)[0];
  return and(
    personId === undefined ? undefined : or(eq(audit.subjectId, personId), eq(audit.actorId, personId)),
    from === undefined ? undefined : gte(audit.at, new Date(from)),
    to === undefined ? undefined : lt(audit.at, new Date(to)),
    action === undefined ? undefined : eq(audit.action, action),
    before === undefined ? undefined : lt(audit.auditId, before),
  );
}

type Names = ReadonlyMap<string, string>;

async function readNames({ db }: PostgresStore, rows: readonly AuditRow[]): Promise<Names> {
  const ids = [...new Set(rows.flatMap(({ actorId, subjectId }) => [actorId ?? [], subjectId ?? []].flat()))];
  const { personId, name } = people;
  const found =
    ids.length === 0 ? [] : await db.select({ personId, name }).from(people).where(inArray(personId, ids));
  return new Map(found.map((person) => [person.personId, person.name]));
}

const payloadSchema = z.record(z.string(), z.string().nullable()).nullable();

function toEntry(row: AuditRow, { names, readerId }: { names: Names; readerId: string }): AuditEntryView {
  const { auditId, at, actorId, subjectId, reason } = row;
  const action = toAction(row.action);
  const words = action && ACTION_WORDS[action];
  const nameOf = (id: string): string => names.get(id) ?? "somebody who was erased";
  const setting = nameSetting(payloadSchema.parse(row.payload)?.["setting"] ?? "");
  const subject = { ...toSubject({ actorId, subjectId, readerId, nameOf }), setting };
  return {
    entry_id: auditId,
    at: at.toISOString(),
    action: row.action,
    who:
      actorId === null
        ? words?.isOfAssay
          ? "Assay"
          : "An operator"
        : actorId === readerId
          ? "You"
          : nameOf(actorId),
    what: words?.tell(subject) ?? row.action,
    why: reason,
  };
}

interface Subject {
  actorId: string | null;
  subjectId: string | null;
  readerId: string;
  nameOf: (id: string) => string;
}

function toSubject({ actorId, subjectId, readerId, nameOf }: Subject): { whom: string; whose: string } {
  if (subjectId === null) return { whom: NOBODY, whose: "nobody’s" };
  const isOwn = subjectId === actorId;
  if (subjectId === readerId) return { whom: isOwn ? "yourself" : "you", whose: "your" };
  return isOwn
    ? { whom: "themselves", whose: "their" }
    : { whom: nameOf(subjectId), whose: `${nameOf(subjectId)}’s` };
}

/** Undefined for what a newer version of Assay wrote. */
function toAction(action: string): AuditAction | undefined {
  return isKnown(action) ? action : undefined;
}

function isKnown(action: string): action is AuditAction {
  return Object.hasOwn(ACTION_WORDS, action);
}
