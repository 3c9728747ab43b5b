// One pattern of a person, brought up to date: its figures and evidence as they are now, and the step that follows.
//
// Always holds: until the person is told, the evidence is what holds now; from then on it only grows, because the person was told of it.
// Everything of one pattern is one transaction.

import { and, eq, gte, inArray } from "drizzle-orm";
import type { SignalFamily } from "../../schemas/closed-lists.ts";
import type { Method } from "../../schemas/method.ts";
import { appendAudit } from "../../schemas/postgres/audit.ts";
import type { Transaction } from "../../schemas/postgres/open.ts";
import { patternEvidence, patterns } from "../../schemas/postgres/pattern-tables.ts";
import { movePattern, type PatternRow } from "../../schemas/postgres/patterns.ts";
import { positionAt, readPositions } from "../../schemas/postgres/positions.ts";
import { SIGNALS } from "../signals/signals.ts";
import { askSchedules, NO_SCHEDULES } from "./ask-schedules.ts";
import type { Candidate } from "./candidate.ts";
import { listUnmet, NO_FIGURES, type Figures } from "./conditions.ts";
import type { PatternRound } from "./round.ts";
import { findStep, type Facts, type PatternClock, type Step } from "./steps.ts";

const DAY_MS = 86_400_000;
/** Rows of evidence in one insert. */
const ROWS_MAX = 200;

export interface PatternOwner {
  /** As of today; null: nobody's report. */
  reportsTo: string | null;
  /** Also ones that have ended. */
  hasSchedules: boolean;
}

export interface KnownPattern extends Partial<PatternOwner> {
  /** Undefined: it is new. */
  pattern: PatternRow | undefined;
  /** Undefined: nothing of it is seen. */
  candidate?: Candidate;
  figures?: Figures | undefined;
  /** The person's patterns that were decided. */
  closed: readonly PatternRow[];
}

export async function keepPattern(round: PatternRound, known: KnownPattern): Promise<void> {
  const { pattern, candidate, figures = NO_FIGURES } = known;
  const { now, config, postgres } = round;
  const { method } = config;
  const scheduled = known.hasSchedules ? await askSchedules(round, pattern) : NO_SCHEDULES;
  const found = candidate && { ...toColumns(candidate, method), ...figures, scheduledShare: scheduled.share };
  const families = (isTold(pattern) ? undefined : candidate?.families) ?? pattern?.families ?? [];
  const facts: Facts = {
    unmet: candidate && listUnmet(candidate, figures, method),
    isExplained: isExplained(round, known, families),
    schedules: scheduled.says,
  };
  const stepFrom = (row: PatternClock): Step | undefined =>
    findStep(row, facts, { now, calendar: config, method: method.patterns });
  const isStill = pattern !== undefined && (found === undefined || isLike(pattern, { ...found, families }));
  const isTheirs = pattern?.managerId === null || pattern?.managerId === known.reportsTo;
  // Most patterns stay as they are from one round to the next.
  if (isStill && isTheirs && stepFrom(pattern) === undefined) return;
  await postgres.db.transaction(async (transaction) => {
    const row = isStill ? pattern : await write(transaction, round, { ...known, found });
    if (row === undefined) return;
    const step = stepFrom(row);
    if (step) await take(transaction, round, { pattern: row, step });
    else if (row.state === "open" && !isTheirs) await endView(transaction, round, row);
  });
}

/** From then on its families and its beginning stay as they were told. */
function isTold(pattern: PatternRow | undefined): pattern is PatternRow {
  return pattern !== undefined && pattern.state !== "observed";
}

function toColumns({ weeks, signals }: Candidate, { version }: Method) {
  const [firstWeek = ""] = weeks;
  return {
    firstWeek,
    lastWeek: weeks.at(-1) ?? firstWeek,
    methodVersion: version,
    evidenceVersion: Math.max(...signals.map((signal) => signal.version)),
  };
}

type Found = ReturnType<typeof toColumns> & Figures & Pick<PatternRow, "scheduledShare">;

function isLike(pattern: PatternRow, found: Found & Pick<PatternRow, "families">): boolean {
  if (pattern.families.join() !== found.families.join()) return false;
  const row: Found = isTold(pattern) ? { ...pattern, firstWeek: found.firstWeek } : pattern;
  const names = ["firstWeek", "lastWeek", "methodVersion", "evidenceVersion", "scheduledShare"] as const;
  const costs = ["namedCostUsd", "ownCostUsd"] as const;
  const value = [
    "dueOutcomes",
    "expectedOutcomes",
    "pLowValue",
    "yieldMean",
    "yieldLow",
    "yieldHigh",
  ] as const;
  return [...names, ...costs, ...value].every((name) => row[name] === found[name]);
}

async function write(
  transaction: Transaction,
  round: PatternRound,
  { pattern, candidate, found }: KnownPattern & { found: Found | undefined },
): Promise<PatternRow | undefined> {
  if (candidate === undefined || found === undefined) return pattern;
  const { personId, families } = candidate;
  if (pattern === undefined) {
    const row = { ...found, personId, families, state: "observed", observedAt: round.now } as const;
    // Two rounds at the same time find it new: the second leaves it to the first.
    const [added] = await transaction.insert(patterns).values(row).onConflictDoNothing().returning();
    if (added) await writeEvidence(transaction, round, { pattern: added, candidate });
    return added;
  }
  // Whom a decision has reached meanwhile stays as it is.
  const isStill = and(eq(patterns.patternId, pattern.patternId), eq(patterns.state, pattern.state));
  const { firstWeek: _, ...told } = found;
  const [updated] = await transaction
    .update(patterns)
    .set(isTold(pattern) ? told : { ...found, families })
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
  families: readonly SignalFamily[],
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
  { now, runningWeek }: PatternRound,
  { pattern, step }: { pattern: PatternRow; step: Step },
): Promise<void> {
  const { patternId, personId } = pattern;
  if (step.to === "forgotten") {
    const isObserved = and(eq(patterns.patternId, patternId), eq(patterns.state, "observed"));
    await transaction.delete(patterns).where(isObserved);
    return;
  }
  const managerId = step.to === "open" ? await findManager(transaction, personId, now) : null;
  await movePattern(transaction, pattern, { ...step, managerId, at: now, week: runningWeek, actorId: null });
}

/** A manager who is not the person's any longer sees no pattern of theirs. */
async function endView(
  transaction: Transaction,
  { now }: PatternRound,
  { patternId, personId }: PatternRow,
): Promise<void> {
  await transaction.update(patterns).set({ managerId: null }).where(eq(patterns.patternId, patternId));
  const payload = { pattern_id: patternId };
  const entry = { action: "pattern_view_ended", actorId: null, subjectId: personId, payload } as const;
  await appendAudit(transaction, now, entry);
}

async function findManager(transaction: Transaction, personId: string, now: Date): Promise<string | null> {
  return positionAt(await readPositions(transaction, personId), now)?.managerId ?? null;
}
