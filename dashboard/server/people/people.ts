// People: found by their address, the first owner, and the import of a list.
//
// Always holds: an address is one in whatever case it is typed. An import goes in as a whole or not at all, nobody ends up
// reporting to themselves over whatever number of steps, and two imports at once come one after the other. Who was in which
// team and reported to whom stays known.

import { eq, inArray, sql } from "drizzle-orm";
import { AppError } from "../../../schemas/app-error.ts";
import type { Database, PostgresStore, Transaction } from "../../../schemas/postgres/open.ts";
import { recordPositions } from "../../../schemas/postgres/positions.ts";
import { people, teams } from "../../../schemas/postgres/tables.ts";
import { refuseFaults, type PersonLine } from "./people-file.ts";
import { findReportingFaults } from "./reporting-lines.ts";

export type Person = typeof people.$inferSelect;

const OWNER = { email: "owner@localhost", name: "Owner", role: "owner" } as const;
/** Rows of one INSERT; a statement takes 65,535 parameters. */
const INSERT_ROWS_MAX = 1000;

/** @throws AppError `not_found` */
export async function findPerson(database: Database, email: string): Promise<Person> {
  const [person] = await database.select().from(people).where(eq(people.email, email.trim().toLowerCase()));
  if (person !== undefined) return person;
  const message = `There is no person with the address ${email}. Add them with: npx assay people import FILE.csv`;
  throw new AppError("not_found", message);
}

/** Makes the first owner where there is nobody at all. Returns them, or undefined where there was somebody. */
export async function createOwner(postgres: PostgresStore, now: Date): Promise<Person | undefined> {
  return postgres.db.transaction(async (transaction) => {
    await lockPeople(transaction);
    const anybody = await transaction.select({ personId: people.personId }).from(people).limit(1);
    if (anybody.length > 0) return undefined;
    const [owner] = await transaction
      .insert(people)
      .values({ ...OWNER, createdAt: now })
      .returning();
    await recordPositions(transaction, now);
    return owner;
  });
}

export interface ImportSummary {
  created: number;
  updated: number;
}

/**
 * Creates the people of a list that are new and updates the others; who is not on it stays as they are.
 * @throws AppError `bad_request`, one line a fault, when a manager is unknown or reporting lines go in a circle
 */
export async function importPeople(
  postgres: PostgresStore,
  lines: readonly PersonLine[],
  now: Date,
): Promise<ImportSummary> {
  return postgres.db.transaction(async (transaction) => {
    await lockPeople(transaction);
    const known = await transaction
      .select({ personId: people.personId, email: people.email, managerId: people.managerId })
      .from(people);
    refuseFaults(findReportingFaults(lines, known));
    const teamIds = await upsertTeams(transaction, lines);
    for (let start = 0; start < lines.length; start += INSERT_ROWS_MAX) {
      const rows = lines.slice(start, start + INSERT_ROWS_MAX).map(({ email, name, team, role }) => {
        const teamId = team === null ? null : teamIds.get(team);
        return { email, name, teamId, role, createdAt: now };
      });
      await transaction
        .insert(people)
        .values(rows)
        .onConflictDoUpdate({
          target: people.email,
          set: { name: sql`excluded.name`, teamId: sql`excluded.team_id`, role: sql`excluded.role` },
        });
    }
    await setManagers(transaction, lines);
    await recordPositions(transaction, now);
    const knownEmails = new Set(known.map(({ email }) => email));
    const updated = lines.filter(({ email }) => knownEmails.has(email)).length;
    return { created: lines.length - updated, updated };
  });
}

/** Until the transaction ends nobody else changes people; reading goes on. */
export async function lockPeople(transaction: Transaction): Promise<void> {
  await transaction.execute(sql`LOCK TABLE ${people} IN SHARE ROW EXCLUSIVE MODE`);
}

async function upsertTeams(
  transaction: Transaction,
  lines: readonly PersonLine[],
): Promise<Map<string, string>> {
  const names = [...new Set(lines.flatMap(({ team }) => team ?? []))];
  if (names.length === 0) return new Map();
  await transaction
    .insert(teams)
    .values(names.map((name) => ({ name })))
    .onConflictDoNothing();
  const rows = await transaction.select().from(teams).where(inArray(teams.name, names));
  return new Map(rows.map(({ name, teamId }) => [name, teamId]));
}

/** After everybody is there, because a manager may stand below their reports. */
async function setManagers(transaction: Transaction, lines: readonly PersonLine[]): Promise<void> {
  const emails = sql.param(lines.map(({ email }) => email));
  const managerEmails = sql.param(lines.map(({ managerEmail }) => managerEmail));
  await transaction.execute(sql`
    UPDATE people SET manager_id = report.manager_id
    FROM (
      SELECT line.email, manager.person_id AS manager_id
      FROM unnest(${emails}::text[], ${managerEmails}::text[]) AS line (email, manager_email)
      LEFT JOIN people AS manager ON manager.email = line.manager_email
    ) AS report
    WHERE people.email = report.email AND people.manager_id IS DISTINCT FROM report.manager_id`);
}
