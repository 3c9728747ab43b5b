// Every change of a pattern's state, whoever makes it: time, evidence, or a person who decides.
//
// Always holds: a state changes only from the one that it was thought to be in, so that of two who decide at the same moment one does;
// each change from `notified` on stands in the person's audit, and the person is told of it; a decision leaves a label without the person.

import { and, asc, eq, sql } from "drizzle-orm";
import { AppError } from "../app-error.ts";
import type { NoticeKind, PatternClosing, PatternState } from "../closed-lists.ts";
import { appendAudit, type AuditAction } from "./audit.ts";
import { addNotice } from "./notices.ts";
import type { Transaction } from "./open.ts";
import { patternEvidence, patternLabels, patterns } from "./pattern-tables.ts";
import { actAsSystem } from "./scope.ts";

export type PatternRow = typeof patterns.$inferSelect;

/** Where a pattern can go from where. */
export const NEXT_STATES: Readonly<Record<PatternState, readonly PatternState[]>> = {
  observed: ["notified"],
  notified: ["open", "explained", "resolved", "dismissed"],
  open: ["explained", "resolved", "dismissed", "expired"],
  explained: [],
  resolved: [],
  dismissed: [],
  expired: [],
};

export interface PatternMove {
  to: PatternState;
  /** With a state that closes it. */
  closedBy?: PatternClosing;
  /** With `open`: who sees it. */
  managerId?: string | null;
  at: Date;
  /** The Monday of the organisation's week. */
  week: string;
  /** The person who decided it; null: time or evidence did. */
  actorId: string | null;
}

/**
 * Moves a pattern on, as the product, whoever the transaction acts as.
 * @throws AppError `conflict` when it is not in the state any longer that it was read in, or can't go where it is to
 */
export async function movePattern(
  transaction: Transaction,
  { patternId, personId, state }: Pick<PatternRow, "patternId" | "personId" | "state">,
  move: PatternMove,
): Promise<PatternRow> {
  const { to, at, closedBy, managerId, actorId } = move;
  return actAsSystem(transaction, async () => {
    const isClosing = NEXT_STATES[to].length === 0;
    const isThere = and(eq(patterns.patternId, patternId), eq(patterns.state, state));
    const [moved] = NEXT_STATES[state].includes(to)
      ? await transaction
          .update(patterns)
          .set({
            state: to,
            ...(to === "notified" && {
              notifiedAt: at,
              toldCostUsd: sql`${patterns.namedCostUsd}`,
              toldLastWeek: sql`${patterns.lastWeek}`,
            }),
            ...(to === "open" && { openedAt: at, managerId: managerId ?? null, pausedWorkingDays: 0 }),
            ...(isClosing && { closedAt: at, closedBy: closedBy ?? null }),
          })
          .where(isThere)
          .returning()
      : [];
    if (moved === undefined)
      throw new AppError("conflict", "The pattern has moved on meanwhile. Look at it again.");
    if (closedBy !== undefined) await addLabel(transaction, moved, { ...move, closedBy });
    const payload = { pattern_id: patternId, state: to, closed_by: closedBy ?? null };
    const entry = { action: toAction(to), actorId, subjectId: personId, payload } as const;
    await appendAudit(transaction, at, entry);
    await tell(transaction, moved, move);
    return moved;
  });
}

async function tell(
  transaction: Transaction,
  { patternId: about, personId, managerId }: PatternRow,
  { to, at, closedBy }: PatternMove,
): Promise<void> {
  // The officer's answer to a contest is a notice of its own, and says that the pattern is closed.
  if (closedBy !== "officer") await addNotice(transaction, { personId, kind: toAction(to), about, at });
  if (to === "open" && managerId !== null)
    await addNotice(transaction, { personId: managerId, kind: "review_opened", about, at });
}

/** What the step is called in the audit and in notices. */
function toAction(state: PatternState): AuditAction & NoticeKind {
  if (state === "notified") return "pattern_notified";
  return state === "open" ? "pattern_opened" : "pattern_closed";
}

async function addLabel(
  transaction: Transaction,
  { patternId, methodVersion }: PatternRow,
  { to, closedBy, week }: PatternMove & { closedBy: PatternClosing },
): Promise<void> {
  const found = await transaction
    .select()
    .from(patternEvidence)
    .where(eq(patternEvidence.patternId, patternId))
    .orderBy(asc(patternEvidence.week), asc(patternEvidence.signal));
  const weeks = [...new Set(found.map((each) => each.week))];
  await transaction.insert(patternLabels).values({
    decidedWeek: week,
    state: to,
    closedBy,
    workloadClass: found[0]?.workloadClass ?? null,
    evidence: found.map(({ week: of, family, signal, effect, pValue }) => ({
      week: weeks.indexOf(of),
      family,
      signal,
      effect,
      p_value: pValue,
    })),
    methodVersion,
  });
}
