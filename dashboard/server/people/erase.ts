// Erases a person: every row about them, in both stores and among the dead letters of this machine.
//
// In this order, so that it can be cut off anywhere and be run again, and then goes on where it was:
//   1. shut out    keys, sessions and links go, so that nothing new begins
//   2. tombstone   what is under way, or comes late, is not written any more
//   3. rows        outcomes first, because the calls and runs say which of them are the person's
//   4. forget      what the audit said about them, their reports' line to them, and at last the person
//
// Always holds: no row goes before the tombstone is there to stay, and the address finds the person until all rows are gone.
// There is always an owner. The audit stays whole: its chain holds the hashes of payloads, and not the payloads.
//
// Kept: that somebody with this id, which nothing else holds any longer, was erased, when and why.

import { and, asc, eq, isNotNull, sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { AppError } from "../../../schemas/app-error.ts";
import { countPersonRows, putTombstone, removePersonRows } from "../../../schemas/clickhouse/erasure.ts";
import { defineRemoval, type ClickHouseStore } from "../../../schemas/clickhouse/store.ts";
import type { Stores } from "../../../schemas/command.ts";
import type { PostgresStore, Transaction } from "../../../schemas/postgres/open.ts";
import { outcomeFacts } from "../../../schemas/postgres/outcome-tables.ts";
import { noticePreferences, notices } from "../../../schemas/postgres/notice-tables.ts";
import { patterns } from "../../../schemas/postgres/pattern-tables.ts";
import { accessTokens, loginLinks, oidcSubjects, sessions } from "../../../schemas/postgres/access-tables.ts";
import { settingVersions } from "../../../schemas/postgres/setting-tables.ts";
import {
  audit,
  classCorrections,
  keys,
  people,
  personPositions,
  schedules,
} from "../../../schemas/postgres/tables.ts";
import { appendAudit } from "../../../schemas/postgres/audit.ts";
import { countLettersOf, removeLettersOf } from "./dead-letter-files.ts";
import type { Person } from "./people.ts";
import { outcomesOfRuns } from "../queries/outcomes-of-runs.ts";

/** Outcomes that one removal names. */
const REMOVED_OUTCOMES_MAX = 100;

export interface Erasure {
  stores: Stores;
  deadLettersDir: string;
  person: Person;
}

/** What there is of a person: rows by table, and who reports to them. */
export interface PersonTraces {
  rows: Record<string, number>;
  /** Their addresses. */
  reports: string[];
}

export async function findTraces({ stores, deadLettersDir, person }: Erasure): Promise<PersonTraces> {
  const { personId } = person;
  const { clickhouse, postgres } = stores;
  const ofPerson = await countPersonRows(clickhouse, personId);
  const ofRuns = await clickhouse.query(outcomesOfRuns, { person_id: personId });
  const { db } = postgres;
  const reports = await db
    .select({ email: people.email })
    .from(people)
    .where(eq(people.managerId, personId))
    .orderBy(asc(people.email));
  return {
    rows: {
      ...ofPerson,
      outcomes: (ofPerson["outcomes"] ?? 0) + ofRuns.length,
      keys: await db.$count(keys, eq(keys.personId, personId)),
      sessions: await db.$count(sessions, eq(sessions.personId, personId)),
      login_links: await db.$count(loginLinks, eq(loginLinks.personId, personId)),
      access_tokens: await db.$count(accessTokens, eq(accessTokens.personId, personId)),
      oidc_subjects: await db.$count(oidcSubjects, eq(oidcSubjects.personId, personId)),
      schedules: await db.$count(schedules, eq(schedules.personId, personId)),
      class_corrections: await db.$count(classCorrections, eq(classCorrections.personId, personId)),
      outcome_facts: await db.$count(outcomeFacts, eq(outcomeFacts.personId, personId)),
      patterns: await db.$count(patterns, eq(patterns.personId, personId)),
      notices: await db.$count(notices, eq(notices.personId, personId)),
      notice_preferences: await db.$count(noticePreferences, eq(noticePreferences.personId, personId)),
      person_positions: await db.$count(personPositions, eq(personPositions.personId, personId)),
      setting_versions: await db.$count(settingVersions, namesPerson(personId)),
      audit_payloads: await db.$count(audit, and(eq(audit.subjectId, personId), isNotNull(audit.payload))),
      people: 1,
      dead_letters: countLettersOf(deadLettersDir, personId),
    },
    reports: reports.map(({ email }) => email),
  };
}

/** @throws AppError `conflict` for the only owner; or of a store: then it is run again, and goes on */
export async function erasePerson(
  { stores: { clickhouse, postgres }, deadLettersDir, person: { personId } }: Erasure,
  { reason, now }: { reason: string | undefined; now: Date },
): Promise<void> {
  await postgres.db.transaction(async (transaction) => {
    await refuseOnlyOwner(transaction, personId);
    await transaction.update(people).set({ role: "self" }).where(eq(people.personId, personId));
    await removeAccess(transaction, personId);
  });
  await putTombstone(clickhouse, personId);
  await removeOutcomesOfRuns(clickhouse, personId);
  await removePersonRows(clickhouse, [personId]);
  removeLettersOf(deadLettersDir, personId);
  await forget(postgres, personId, { reason, now });
}

/** Versions of the person's entry in the list of people, and of those of others that name them as a manager. */
function namesPerson(personId: string): SQL {
  const { name, value } = settingVersions;
  return sql`${name} LIKE 'person:%' AND (${name} = ${`person:${personId}`} OR position(${personId} IN ${value}::text) > 0)`;
}

/** Locks the owners, so that of the last two only one can be erased at a time. */
export async function refuseOnlyOwner(transaction: Transaction, personId: string): Promise<void> {
  const owners = await transaction
    .select({ personId: people.personId })
    .from(people)
    .where(eq(people.role, "owner"))
    .orderBy(asc(people.personId))
    .for("update");
  if (owners.length > 1 || owners[0]?.personId !== personId) return;
  const message = "This is the only owner. Make somebody else an owner first.";
  throw new AppError("conflict", message);
}

async function removeAccess(transaction: Transaction, personId: string): Promise<void> {
  // They name keys.
  await transaction.delete(schedules).where(eq(schedules.personId, personId));
  await transaction.delete(keys).where(eq(keys.personId, personId));
  await transaction.delete(sessions).where(eq(sessions.personId, personId));
  await transaction.delete(loginLinks).where(eq(loginLinks.personId, personId));
  await transaction.delete(accessTokens).where(eq(accessTokens.personId, personId));
  await transaction.delete(oidcSubjects).where(eq(oidcSubjects.personId, personId));
}

const removeOutcomes = defineRemoval({
  name: "erasure: outcomes of runs",
  table: "outcomes",
  where: "outcome_id IN {outcome_ids:Array(String)}",
  params: z.object({ outcome_ids: z.array(z.string()) }),
});

async function removeOutcomesOfRuns(clickhouse: ClickHouseStore, personId: string): Promise<void> {
  const found = await clickhouse.query(outcomesOfRuns, { person_id: personId });
  for (let start = 0; start < found.length; start += REMOVED_OUTCOMES_MAX) {
    const page = found.slice(start, start + REMOVED_OUTCOMES_MAX);
    await clickhouse.remove(removeOutcomes, { outcome_ids: page.map(({ outcome_id }) => outcome_id) });
  }
}

/** A key or a link that was made in the meantime goes too; a table that refers to people and is not named here refuses it. */
async function forget(
  postgres: PostgresStore,
  personId: string,
  { reason, now }: { reason: string | undefined; now: Date },
): Promise<void> {
  await postgres.db.transaction(async (transaction) => {
    await removeAccess(transaction, personId);
    for (const table of [patterns, notices, noticePreferences])
      await transaction.delete(table).where(eq(table.personId, personId));
    await transaction.delete(outcomeFacts).where(eq(outcomeFacts.personId, personId));
    await transaction.update(patterns).set({ managerId: null }).where(eq(patterns.managerId, personId));
    const hasPayload = and(eq(audit.subjectId, personId), isNotNull(audit.payload));
    await transaction.update(audit).set({ payload: null }).where(hasPayload);
    await transaction.delete(classCorrections).where(eq(classCorrections.personId, personId));
    await transaction.delete(personPositions).where(eq(personPositions.personId, personId));
    await transaction.delete(settingVersions).where(namesPerson(personId));
    for (const table of [people, personPositions])
      await transaction.update(table).set({ managerId: null }).where(eq(table.managerId, personId));
    await transaction.delete(people).where(eq(people.personId, personId));
    await appendAudit(transaction, now, {
      action: "person_erased",
      actorId: null,
      subjectId: personId,
      ...(reason === undefined ? {} : { reason }),
    });
  });
}
