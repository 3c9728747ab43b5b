// What was told before and is needed now (outcome_facts in Postgres): read and changed in the transaction of one delivery.
//
// Always holds: a fact that has expired is found no more. Subjects and details are hashes by the time they come here.

import { and, asc, eq, gt, inArray, sql } from "drizzle-orm";
import type { Database, Transaction } from "../../schemas/postgres/open.ts";
import { outcomeFacts } from "../../schemas/postgres/outcome-tables.ts";
import { people } from "../../schemas/postgres/tables.ts";

/** Rows of one statement, each of which has seven parameters of the 65,535 that there may be. */
const ROWS_MAX = 1000;
/** Commits of one change, or deployments of one environment, that are looked at. */
const FOUND_MAX = 2000;

/** Rows that one delivery takes out, so that none is held up by it. */
const FORGOTTEN_MAX = 5000;

type Row = typeof outcomeFacts.$inferSelect;
export type FactName = Row["fact"];
export type Fact = Pick<Row, "detail" | "personId" | "value" | "at">;
export type NewFact = Pick<Row, "fact" | "subject" | "value" | "at"> &
  Partial<Pick<Row, "detail" | "personId">>;

export interface Facts {
  /** Oldest first. */
  find(fact: FactName, subjects: readonly string[]): Promise<Fact[]>;
  /** What is there under the same fact, subject and detail is replaced. */
  keep(facts: readonly NewFact[]): Promise<void>;
  forget(fact: FactName, subject: string, details?: readonly string[]): Promise<void>;
  findPeople(emails: readonly string[]): Promise<Map<string, string>>;
}

export function openFacts(transaction: Transaction, { now, keptMs }: { now: Date; keptMs: number }): Facts {
  const expiresAt = new Date(now.getTime() + keptMs);
  return {
    find: (fact, subjects) =>
      transaction
        .select()
        .from(outcomeFacts)
        .where(
          and(
            eq(outcomeFacts.fact, fact),
            inArray(outcomeFacts.subject, [...subjects]),
            gt(outcomeFacts.expiresAt, now),
          ),
        )
        .orderBy(asc(outcomeFacts.at), asc(outcomeFacts.detail))
        .limit(FOUND_MAX),
    async keep(facts) {
      // One row can't be replaced twice by one statement.
      const rows = [
        ...new Map(facts.map((fact) => [`${fact.fact} ${fact.subject} ${fact.detail}`, fact])).values(),
      ];
      for (let start = 0; start < rows.length; start += ROWS_MAX)
        await insert(
          transaction,
          rows.slice(start, start + ROWS_MAX).map((row) => ({ ...row, expiresAt })),
        );
    },
    async forget(fact, subject, details) {
      const ofSubject = [eq(outcomeFacts.fact, fact), eq(outcomeFacts.subject, subject)];
      const ofDetails = details === undefined ? [] : [inArray(outcomeFacts.detail, [...details])];
      await transaction.delete(outcomeFacts).where(and(...ofSubject, ...ofDetails));
    },
    findPeople: (emails) => findPeople(transaction, emails),
  };
}

/** Ids by address in lower case, of those who are known. */
export async function findPeople(
  database: Pick<Database, "select">,
  emails: readonly string[],
): Promise<Map<string, string>> {
  const asked = [...new Set(emails.map((email) => email.toLowerCase()))];
  if (asked.length === 0) return new Map();
  const found = await database
    .select({ email: people.email, personId: people.personId })
    .from(people)
    .where(inArray(people.email, asked));
  return new Map(found.map(({ email, personId }) => [email, personId]));
}

async function insert(transaction: Transaction, rows: (typeof outcomeFacts.$inferInsert)[]): Promise<void> {
  await transaction
    .insert(outcomeFacts)
    .values(rows)
    .onConflictDoUpdate({
      target: [outcomeFacts.subject, outcomeFacts.fact, outcomeFacts.detail],
      set: {
        personId: sql`excluded.person_id`,
        value: sql`excluded.value`,
        at: sql`excluded.at`,
        expiresAt: sql`excluded.expires_at`,
      },
    });
}

/** Part of every delivery, so that what intake remembers goes without a job of its own. What another one is taking out is left to it. */
export async function forgetExpired(transaction: Transaction, now: Date): Promise<void> {
  await transaction.execute(sql`
    DELETE FROM ${outcomeFacts} WHERE ctid IN (
      SELECT ctid FROM ${outcomeFacts} WHERE ${outcomeFacts.expiresAt} < ${now.toISOString()}
      LIMIT ${FORGOTTEN_MAX} FOR UPDATE SKIP LOCKED)`);
}
