// Patterns that a manager decides, and contests that the officer answers.
//
// Whose pattern somebody may see is said by the policies of the table (schemas/postgres/pattern-tables.ts): a manager those that opened
// for them, the officer those whose contest waits. Their own stand with their own patterns, and not here.
//
// Always holds: nothing of a pattern is handed out before the look at it stands in the person's audit; the list names nobody, and is in
// the order in which something is due; who does not lead the person any longer finds nothing, also before analytics has ended the view.

import { and, asc, eq, inArray, ne, sql } from "drizzle-orm";
import { AppError } from "../../../schemas/app-error.ts";
import type { ClickHouseStore } from "../../../schemas/clickhouse/store.ts";
import type { Review, ReviewedPattern } from "../../../schemas/pattern-api.ts";
import { appendAudit } from "../../../schemas/postgres/audit.ts";
import { addNotice } from "../../../schemas/postgres/notices.ts";
import type { Transaction, Transactions } from "../../../schemas/postgres/open.ts";
import { patterns, patternStatements } from "../../../schemas/postgres/pattern-tables.ts";
import { movePattern, type PatternRow } from "../../../schemas/postgres/patterns.ts";
import { actAsSystem } from "../../../schemas/postgres/scope.ts";
import { audit, people } from "../../../schemas/postgres/tables.ts";
import { countWorkingDays, toDay, toMonday } from "../../../schemas/working-days.ts";
import { acceptExplanation } from "./accept-explanation.ts";
import { isContested, toClock, type ClockContext } from "./pattern-clock.ts";
import { toPatterns } from "./pattern-view.ts";
import { lock, noSuchPattern } from "./patterns.ts";

const LISTED_MAX = 100;

export interface Reviewer {
  /** Narrowed to the reviewer. */
  store: Transactions;
  personId: string;
}

export async function listReview(
  { store, personId: actorId }: Reviewer,
  context: ClockContext,
): Promise<Review> {
  return store.db.transaction(async (transaction) => {
    const rows = await transaction
      .select()
      .from(patterns)
      .where(ne(patterns.personId, actorId))
      .orderBy(sql`coalesce(${patterns.openedAt}, ${patterns.contestedAt})`, asc(patterns.patternId))
      .limit(LISTED_MAX);
    return actAsSystem(transaction, async () => {
      const known = await readPeople(transaction, [actorId, ...rows.map(({ personId }) => personId)]);
      const theirs = rows.filter((row) => isFor(row, actorId, known));
      for (const row of theirs) await noteFirstListing(transaction, { row, actorId, now: context.now });
      const listed = theirs.map((row) => ({
        pattern_id: row.patternId,
        families: row.families,
        is_contested: isContested(row),
        asks: toAsked(row, actorId, known),
        due_on: toClock(row, context)?.ends_on ?? null,
      }));
      return { patterns: listed.toSorted((a, b) => (a.due_on ?? "").localeCompare(b.due_on ?? "")) };
    });
  });
}

/** @throws AppError `not_found` for whoever may not see it */
export async function viewPattern(
  { store, personId: actorId }: Reviewer,
  patternId: string,
  context: ClockContext,
): Promise<ReviewedPattern> {
  return store.db.transaction(async (transaction) => {
    const { row, known } = await findReviewed(transaction, { patternId, actorId });
    const [pattern] = await toPatterns(transaction, [row], context);
    if (pattern === undefined) throw noSuchPattern();
    const payload = { pattern_id: patternId };
    const entry = { action: "pattern_viewed", actorId, subjectId: row.personId, payload } as const;
    await appendAudit(transaction, context.now, entry);
    const asks = toAsked(row, actorId, known);
    return { ...pattern, person_name: known.get(row.personId)?.name ?? "", asks };
  });
}

export interface Decision {
  decision: "explained" | "resolved" | "dismissed";
  text: string;
}

/**
 * What the manager decides.
 * @returns the pattern as it is now
 * @throws AppError `not_found`, `conflict` while a contest waits for its answer
 */
export async function decidePattern(
  { store, personId: actorId }: Reviewer,
  patternId: string,
  { decision: to, text: body }: Decision,
  { clickhouse, now, config }: ClockContext & { clickhouse: ClickHouseStore },
): Promise<PatternRow> {
  return store.db.transaction(async (transaction) => {
    await findReviewed(transaction, { patternId, actorId });
    return actAsSystem(transaction, async () => {
      const row = await lock(transaction, patternId);
      if (row.state !== "open" || row.managerId !== actorId) throw noSuchPattern();
      if (isContested(row))
        throw new AppError("conflict", "It is contested, and waits for the privacy officer's answer.");
      const statement = { patternId, kind: "decision", saidAt: now, saidBy: actorId, body } as const;
      await transaction.insert(patternStatements).values(statement);
      if (to === "explained") await acceptExplanation(transaction, { clickhouse, now }, row);
      const week = toMonday(toDay(now, config.timezone));
      return movePattern(transaction, row, { to, closedBy: "manager", at: now, week, actorId });
    });
  });
}

export interface Answer {
  is_upheld: boolean;
  text: string;
}

/** @throws AppError `not_found` where no contest of somebody else's waits */
export async function answerContest(
  { store, personId: actorId }: Reviewer,
  patternId: string,
  { is_upheld: isUpheld, text: body }: Answer,
  { now, config }: ClockContext,
): Promise<void> {
  await store.db.transaction(async (transaction) => {
    const { known } = await findReviewed(transaction, { patternId, actorId });
    await actAsSystem(transaction, async () => {
      const row = await lock(transaction, patternId);
      if (row.contestedAt === null || !isAskedOfficer(row, actorId, known)) throw noSuchPattern();
      const pausedWorkingDays = row.pausedWorkingDays + countWorkingDays(row.contestedAt, now, config);
      const isIt = eq(patterns.patternId, patternId);
      await transaction.update(patterns).set({ answeredAt: now, pausedWorkingDays }).where(isIt);
      const statement = { patternId, kind: "answer", saidAt: now, saidBy: actorId, body, isUpheld } as const;
      await transaction.insert(patternStatements).values(statement);
      const week = toMonday(toDay(now, config.timezone));
      if (isUpheld)
        await movePattern(transaction, row, { to: "dismissed", closedBy: "officer", at: now, week, actorId });
      const payload = { pattern_id: patternId, is_upheld: String(isUpheld) };
      const entry = { action: "contest_answered", actorId, subjectId: row.personId, payload } as const;
      await appendAudit(transaction, now, entry);
      const { personId } = row;
      await addNotice(transaction, { personId, kind: "contest_answered", about: patternId, at: now });
    });
  });
}

type Known = ReadonlyMap<string, typeof people.$inferSelect>;

/** As the reviewer, who sees what is theirs to see. */
async function findReviewed(
  transaction: Transaction,
  { patternId, actorId }: { patternId: string; actorId: string },
): Promise<{ row: PatternRow; known: Known }> {
  const [row] = await transaction
    .select()
    .from(patterns)
    .where(and(eq(patterns.patternId, patternId), ne(patterns.personId, actorId)));
  if (row === undefined) throw noSuchPattern();
  const known = await actAsSystem(transaction, () => readPeople(transaction, [actorId, row.personId]));
  if (!isFor(row, actorId, known)) throw noSuchPattern();
  return { row, known };
}

async function readPeople(transaction: Transaction, ids: readonly string[]): Promise<Known> {
  const found = await transaction.select().from(people).where(inArray(people.personId, ids));
  return new Map(found.map((person) => [person.personId, person]));
}

/** Narrows what the policies let through: the manager it opened for leads the person still, or the officer is asked. */
function isFor(row: PatternRow, actorId: string, known: Known): boolean {
  const isStillTheirs = row.managerId === actorId && known.get(row.personId)?.managerId === actorId;
  return (row.state === "open" && isStillTheirs) || isAskedOfficer(row, actorId, known);
}

function isAskedOfficer(row: PatternRow, actorId: string, known: Known): boolean {
  return isContested(row) && known.get(actorId)?.role === "officer";
}

function toAsked(row: PatternRow, actorId: string, known: Known): ReviewedPattern["asks"] {
  if (isAskedOfficer(row, actorId, known)) return "answer";
  return isContested(row) ? "nothing" : "decision";
}

/**
 * That a pattern stood in somebody's list is in the audit once, although the list names nobody: who leads one person knows whose it is.
 * Each look at the pattern itself is there every time.
 */
async function noteFirstListing(
  transaction: Transaction,
  { row: { patternId, personId }, actorId, now }: { row: PatternRow; actorId: string; now: Date },
): Promise<void> {
  const action = "pattern_listed";
  const isNoted = and(
    eq(audit.subjectId, personId),
    eq(audit.action, action),
    eq(audit.actorId, actorId),
    sql`${audit.payload}->>'pattern_id' = ${patternId}`,
  );
  if ((await transaction.$count(audit, isNoted)) > 0) return;
  const payload = { pattern_id: patternId };
  await appendAudit(transaction, now, { action, actorId, subjectId: personId, payload });
}
