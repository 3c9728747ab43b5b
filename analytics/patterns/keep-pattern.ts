// One pattern of a person, brought up to date: its figures and evidence as they are now, and the step that follows.
//
// Always holds: until the person is told, the evidence is what holds now; from then on it only grows, because the person was told of it.
// Everything of one pattern is one transaction.

import { and, eq, gte, inArray } from "drizzle-orm";
import { appendAudit } from "../../schemas/postgres/audit.ts";
import type { Transaction } from "../../schemas/postgres/open.ts";
import { patternEvidence, patterns } from "../../schemas/postgres/pattern-tables.ts";
import { movePattern, type PatternRow } from "../../schemas/postgres/patterns.ts";
import { positionAt, readPositions } from "../../schemas/postgres/positions.ts";
import { SIGNALS } from "../signals/signals.ts";
import { askSchedules } from "./ask-schedules.ts";
import type { Candidate } from "./candidate.ts";
import { listUnmet, NO_FIGURES, type Figures } from "./conditions.ts";
import type { PatternRound } from "./round.ts";
import { findStep, type Facts, type Step } from "./steps.ts";

const DAY_MS = 86_400_000;
/** Rows of evidence in one insert. */
const ROWS_MAX = 200;

export interface KnownPattern {
  /** Undefined: it is new. */
  pattern: PatternRow | undefined;
  /** Undefined: nothing of it is seen. */
  candidate?: Candidate;
  figures?: Figures | undefined;
  /** The person's patterns that were decided. */
  closed: readonly PatternRow[];
}

export async function keepPattern(round: PatternRound, known: KnownPattern): Promise<void> {
  const scheduled = await askSchedules(round, known.pattern);
  await round.postgres.db.transaction(async (transaction) => {
    const pattern = await bringUpToDate(transaction, round, { ...known, scheduledShare: scheduled.share });
    if (pattern === undefined) return;
    const facts: Facts = {
      unmet: known.candidate && listUnmet(known.candidate, known.figures ?? NO_FIGURES, round.config.method),
      isExplained: isExplained(round, known, pattern),
      schedules: scheduled.says,
    };
    const { now, config } = round;
    const step = findStep(pattern, facts, { now, calendar: config, method: config.method.patterns });
    if (step) await take(transaction, round, { pattern, step });
    else await endView(transaction, round, pattern);
  });
}

async function bringUpToDate(
  transaction: Transaction,
  round: PatternRound,
  { pattern, candidate, figures = NO_FIGURES, scheduledShare }: KnownPattern & { scheduledShare: number },
): Promise<PatternRow | undefined> {
  if (candidate === undefined) return pattern;
  const { personId, families, weeks, signals } = candidate;
  const [firstWeek = round.toWeek] = weeks;
  const lastWeek = weeks.at(-1) ?? firstWeek;
  const found = {
    ...figures,
    scheduledShare,
    lastWeek,
    methodVersion: round.config.method.version,
    evidenceVersion: Math.max(...signals.map(({ version }) => version)),
  };
  if (pattern === undefined) {
    const row = {
      ...found,
      personId,
      families,
      firstWeek,
      state: "observed",
      observedAt: round.now,
    } as const;
    // Two rounds at the same time find it new: the second leaves it to the first.
    const [added] = await transaction.insert(patterns).values(row).onConflictDoNothing().returning();
    if (added) await writeEvidence(transaction, round, { pattern: added, candidate });
    return added;
  }
  // Whom a decision has reached meanwhile stays as it is.
  const isStill = and(eq(patterns.patternId, pattern.patternId), eq(patterns.state, pattern.state));
  const isObserved = pattern.state === "observed";
  const [updated] = await transaction
    .update(patterns)
    .set(isObserved ? { ...found, families, firstWeek } : found)
    .where(isStill)
    .returning();
  if (updated && updated.evidenceVersion !== pattern.evidenceVersion)
    await writeEvidence(transaction, round, { pattern: updated, candidate });
  return updated;
}

async function writeEvidence(
  transaction: Transaction,
  { fromWeek }: PatternRound,
  { pattern: { patternId, state }, candidate: { signals } }: { pattern: PatternRow; candidate: Candidate },
): Promise<void> {
  const ofPattern = eq(patternEvidence.patternId, patternId);
  const weeks = [...new Set(signals.map(({ week }) => week))];
  const isReplaced =
    state === "observed" ? gte(patternEvidence.week, fromWeek) : inArray(patternEvidence.week, weeks);
  await transaction.delete(patternEvidence).where(and(ofPattern, isReplaced));
  const rows = signals.map((row) => {
    const words = SIGNALS.find(({ name }) => name === row.signal);
    return {
      patternId,
      week: row.week,
      signal: row.signal,
      family: row.family,
      question: words?.question ?? "",
      rule: words?.rule ?? "",
      innocents: [...(words?.innocents ?? [])],
      workloadClass: row.workload_class,
      effect: row.effect,
      floor: row.floor,
      cases: row.cases,
      pValue: row.p_value,
      pValueSource: row.p_value_source,
      runIds: row.run_ids,
      namedCostUsd: row.named_cost_usd,
      methodVersion: row.method_version,
    };
  });
  for (let start = 0; start < rows.length; start += ROWS_MAX)
    await transaction.insert(patternEvidence).values(rows.slice(start, start + ROWS_MAX));
}

/** Whether somebody has said of the same mechanisms, not too long ago, that they are all right. */
function isExplained(
  { now, config }: PatternRound,
  { closed }: KnownPattern,
  { families }: PatternRow,
): boolean {
  const since = new Date(now.getTime() - config.method.patterns.explanationDays * DAY_MS);
  return closed.some(
    (other) =>
      (other.state === "explained" || other.state === "dismissed") &&
      (other.closedBy === "manager" || other.closedBy === "officer") &&
      other.closedAt !== null &&
      other.closedAt > since &&
      families.every((family) => other.families.includes(family)),
  );
}

async function take(
  transaction: Transaction,
  { now, toWeek }: PatternRound,
  { pattern, step }: { pattern: PatternRow; step: Step },
): Promise<void> {
  const { patternId, personId } = pattern;
  if (step.to === "forgotten") {
    const isObserved = and(eq(patterns.patternId, patternId), eq(patterns.state, "observed"));
    await transaction.delete(patterns).where(isObserved);
    return;
  }
  const managerId = step.to === "open" ? await findManager(transaction, personId, now) : null;
  await movePattern(transaction, pattern, { ...step, managerId, at: now, week: toWeek, actorId: null });
}

/** A manager who is not the person's any longer sees no pattern of theirs. */
async function endView(
  transaction: Transaction,
  { now }: PatternRound,
  { patternId, personId, state, managerId }: PatternRow,
): Promise<void> {
  if (state !== "open" || managerId === null) return;
  if ((await findManager(transaction, personId, now)) === managerId) return;
  await transaction.update(patterns).set({ managerId: null }).where(eq(patterns.patternId, patternId));
  const payload = { pattern_id: patternId };
  const entry = { action: "pattern_view_ended", actorId: null, subjectId: personId, payload } as const;
  await appendAudit(transaction, now, entry);
}

async function findManager(transaction: Transaction, personId: string, now: Date): Promise<string | null> {
  return positionAt(await readPositions(transaction, personId), now)?.managerId ?? null;
}
