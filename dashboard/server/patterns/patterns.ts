// A person's own patterns: listed from the day on which they are told, explained, contested.
//
// Always holds: what a person says never changes afterwards, and stands in their audit without its words; a contest stops the clock
// once, so that nobody can contest a pattern for ever.

import { and, count, desc, eq, sql } from "drizzle-orm";
import { AppError } from "../../../schemas/app-error.ts";
import type { PatternCause, WorkloadClass } from "../../../schemas/closed-lists.ts";
import type { OwnPattern as OwnPatternView } from "../../../schemas/pattern-api.ts";
import { appendAudit } from "../../../schemas/postgres/audit.ts";
import { tellOfficers } from "../../../schemas/postgres/notices.ts";
import type { Transaction, Transactions } from "../../../schemas/postgres/open.ts";
import { patterns, patternStatements } from "../../../schemas/postgres/pattern-tables.ts";
import type { PatternRow } from "../../../schemas/postgres/patterns.ts";
import { actAsSystem } from "../../../schemas/postgres/scope.ts";
import type { SubjectId } from "../access/scope.ts";
import { listLooks } from "./looks.ts";
import type { ClockContext } from "./pattern-clock.ts";
import { toPatterns } from "./pattern-view.ts";

/** Newest ones; more are not kept at a time, as a rule. */
const LISTED_MAX = 100;
/** Of one pattern. */
const EXPLANATIONS_MAX = 10;

export async function listPatterns(
  store: Transactions,
  subjectId: SubjectId,
  context: ClockContext,
): Promise<OwnPatternView[]> {
  return store.db.transaction(async (transaction) => {
    const rows = await transaction
      .select()
      .from(patterns)
      .where(eq(patterns.personId, subjectId))
      .orderBy(sql`${patterns.closedAt} IS NOT NULL`, desc(patterns.notifiedAt), desc(patterns.patternId))
      .limit(LISTED_MAX);
    const looks = await listLooks(transaction, rows, subjectId);
    const seen = await toPatterns(transaction, rows, context);
    const { costUsdMin, ownShareMin } = context.config.method.patterns;
    return seen.map((pattern, at) => ({
      ...pattern,
      cost_floor_usd: Math.max(costUsdMin, ownShareMin * (rows[at]?.ownCostUsd ?? 0)).toFixed(2),
      can_contest: pattern.closed_at === null && rows[at]?.contestedAt === null,
      looks: looks.get(pattern.pattern_id) ?? [],
    }));
  });
}

export interface OwnPattern {
  subjectId: SubjectId;
  patternId: string;
}

export interface Said {
  text: string;
  cause?: PatternCause;
  workloadClass?: WorkloadClass | undefined;
}

/** @throws AppError `not_found`, `conflict` when it is closed, or was explained too often */
export async function explainPattern(
  store: Transactions,
  own: OwnPattern,
  { text: body, cause = "other", workloadClass }: Said,
  now: Date,
): Promise<void> {
  await store.db.transaction(async (transaction) => {
    const { patternId, personId } = await findOwn(transaction, own);
    await actAsSystem(transaction, async () => {
      await lock(transaction, patternId);
      const isExplanation = and(
        eq(patternStatements.patternId, patternId),
        eq(patternStatements.kind, "explanation"),
      );
      const [said] = await transaction
        .select({ times: count() })
        .from(patternStatements)
        .where(isExplanation);
      if (said !== undefined && said.times >= EXPLANATIONS_MAX)
        throw new AppError("conflict", `It was explained ${EXPLANATIONS_MAX} times, the most.`);
      const statement = { patternId, kind: "explanation", saidAt: now, saidBy: personId, body } as const;
      await transaction.insert(patternStatements).values({ ...statement, cause, workloadClass });
      await appendAudit(transaction, now, toEntry("explanation_given", { patternId, personId }));
    });
  });
}

/** @throws AppError `not_found`, `conflict` when it is closed, or was contested before */
export async function contestPattern(
  store: Transactions,
  own: OwnPattern,
  { text: body }: Said,
  now: Date,
): Promise<void> {
  await store.db.transaction(async (transaction) => {
    const { patternId, personId } = await findOwn(transaction, own);
    await actAsSystem(transaction, async () => {
      const { contestedAt } = await lock(transaction, patternId);
      if (contestedAt !== null)
        throw new AppError("conflict", "It was contested before, which is possible once.");
      await transaction.update(patterns).set({ contestedAt: now }).where(eq(patterns.patternId, patternId));
      const statement = { patternId, kind: "contest", saidAt: now, saidBy: personId, body } as const;
      await transaction.insert(patternStatements).values(statement);
      await appendAudit(transaction, now, toEntry("pattern_contested", { patternId, personId }));
      await tellOfficers(transaction, { personId, kind: "contest_waiting", about: patternId, at: now });
    });
  });
}

function toEntry(
  action: "explanation_given" | "pattern_contested",
  { patternId, personId }: Pick<PatternRow, "patternId" | "personId">,
) {
  return { action, actorId: personId, subjectId: personId, payload: { pattern_id: patternId } };
}

/** As the person, so that it is found only when it is theirs, and they were told of it. */
export async function findOwn(
  transaction: Transaction,
  { subjectId, patternId }: OwnPattern,
): Promise<Pick<PatternRow, "patternId" | "personId">> {
  const [found] = await transaction
    .select({ patternId: patterns.patternId, personId: patterns.personId })
    .from(patterns)
    .where(and(eq(patterns.patternId, patternId), eq(patterns.personId, subjectId)));
  if (found === undefined) throw noSuchPattern();
  return found;
}

/** The pattern as it is, until the transaction ends. */
export async function lock(transaction: Transaction, patternId: string): Promise<PatternRow> {
  const [row] = await transaction
    .select()
    .from(patterns)
    .where(eq(patterns.patternId, patternId))
    .for("update");
  if (row === undefined) throw noSuchPattern();
  if (row.closedAt !== null)
    throw new AppError("conflict", "This pattern is closed. There is nothing left to say.");
  return row;
}

export function noSuchPattern(): AppError {
  return new AppError("not_found", "There is no such pattern for you. List the patterns to see their ids.");
}
