// One round over all patterns after a pass of analytics: who has one, what holds of it now, and what happens next.
//
//   1. people    those with a week in which enough families speak, and those with a pattern that is not closed, some at a time
//   2. evidence  what their signals say in the weeks looked at, which of those weeks are believed among everybody's, and what the runs
//                that they name cost and brought
//   3. steps     each pattern a transaction: its figures and evidence as they are now, and the step that follows (steps.ts)
//   4. removal   patterns that were closed long enough ago
//
// Always holds: the answer depends on the stores and on `now` alone; a round that is cut off is made good by the next one.

import { and, eq, gte, inArray, isNotNull, isNull, lt, ne, or } from "drizzle-orm";
import { patterns } from "../../schemas/postgres/pattern-tables.ts";
import type { PatternRow } from "../../schemas/postgres/patterns.ts";
import { people, schedules } from "../../schemas/postgres/tables.ts";
import { addDays, toDay, toMonday } from "../../schemas/working-days.ts";
import { patternPeople } from "../queries/pattern-people.ts";
import { patternSignals, type SignalRow } from "../queries/pattern-signals.ts";
import { readDoubtedWeeks, type DoubtedWeeks } from "./doubted-weeks.ts";
import { toCandidate, withoutSettled, type Candidate } from "./candidate.ts";
import { readFigures } from "./figures.ts";
import { keepPattern, type PatternOwner } from "./keep-pattern.ts";
import type { PatternRound } from "./round.ts";

/** People who are looked at together. */
const PEOPLE_MAX = 100;
const DAYS_PER_WEEK = 7;
const DAY_MS = 86_400_000;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/** @throws AppError of a store; then the next round does the rest */
export async function keepPatterns(
  stores: Pick<PatternRound, "clickhouse" | "postgres" | "config">,
  { scoredFrom, now }: { scoredFrom: Date; now: Date },
): Promise<void> {
  const { timezone, method } = stores.config;
  const runningWeek = toMonday(toDay(now, timezone));
  const toWeek = addDays(runningWeek, -DAYS_PER_WEEK);
  const scoredWeek = toMonday(toDay(scoredFrom, timezone));
  const earliest = addDays(toWeek, -(method.patterns.weeks - 1) * DAYS_PER_WEEK);
  const fromWeek = earliest > scoredWeek ? earliest : scoredWeek;
  const round: PatternRound = { ...stores, now, fromWeek, toWeek, runningWeek };
  const doubted = await readDoubtedWeeks(round);
  for (const personIds of toPages(await listPeople(round))) await keepOfPeople(round, doubted, personIds);
  await removeClosed(round);
}

async function listPeople({ clickhouse, postgres, config, ...round }: PatternRound): Promise<string[]> {
  const live = await postgres.db
    .selectDistinct({ personId: patterns.personId })
    .from(patterns)
    .where(isNull(patterns.closedAt));
  const ids = new Set(live.map(({ personId }) => personId));
  const params = { ...toSpeaking(round, config), families_min: config.method.patterns.familiesMin };
  let after = FIRST_ID;
  for (let rows = PEOPLE_MAX; rows === PEOPLE_MAX;) {
    const found = await clickhouse.query(patternPeople, { ...params, after, people_max: PEOPLE_MAX });
    for (const { person_id } of found) ids.add(person_id);
    rows = found.length;
    after = found.at(-1)?.person_id ?? after;
  }
  return [...ids];
}

async function keepOfPeople(
  round: PatternRound,
  doubted: DoubtedWeeks,
  personIds: readonly string[],
): Promise<void> {
  const { clickhouse, config } = round;
  const owners = await readOwners(round, personIds);
  const person_ids = [...owners.keys()];
  const rows = await clickhouse.query(patternSignals, { ...toSpeaking(round, config), person_ids });
  const signals = Object.groupBy(rows, ({ person_id }) => person_id);
  const known = Object.groupBy(await readKnown(round, person_ids), ({ personId }) => personId);
  const found = person_ids.flatMap((owner) =>
    toFound(round, doubted(owner), { signals: signals[owner] ?? [], known: known[owner] ?? [] }).map(
      (one) => ({ ...one, owner }),
    ),
  );
  const figures = await readFigures(
    round,
    found.flatMap(({ candidate }) => candidate ?? []),
  );
  for (const { owner, candidate, ...rest } of found)
    await keepPattern(round, {
      ...rest,
      ...owners.get(owner),
      ...(candidate && { candidate, figures: figures.get(candidate) }),
    });
}

/** Whose patterns they may be, by id. Rows about somebody who was just erased may still be there. */
async function readOwners(
  { postgres: { db } }: PatternRound,
  ids: readonly string[],
): Promise<ReadonlyMap<string, PatternOwner>> {
  const { personId, managerId } = people;
  const rows = await db
    .select({ personId, managerId })
    .from(people)
    .where(inArray(personId, [...ids]));
  const registered = await db
    .selectDistinct({ personId: schedules.personId })
    .from(schedules)
    .where(inArray(schedules.personId, [...ids]));
  const scheduling = new Set(registered.map((row) => row.personId));
  return new Map(
    rows.map((row) => [
      row.personId,
      { reportsTo: row.managerId, hasSchedules: scheduling.has(row.personId) },
    ]),
  );
}

interface Found {
  /** Undefined: it is new. */
  pattern: PatternRow | undefined;
  /** Undefined: nothing of it is seen. */
  candidate: Candidate | undefined;
  /** The person's patterns that were decided. */
  closed: readonly PatternRow[];
}

/** Patterns that the person was told of keep their families; what else speaks is observed. */
function toFound(
  { config: { method, timezone } }: PatternRound,
  isDoubted: (week: string) => boolean,
  { signals, known }: { signals: readonly SignalRow[]; known: readonly PatternRow[] },
): Found[] {
  const closed = known.filter(({ closedAt }) => closedAt !== null);
  const settled = closed.map(({ families, closedAt }) => ({
    families,
    week: toMonday(toDay(closedAt ?? new Date(0), timezone)),
  }));
  const open = withoutSettled(signals, settled);
  const live = known.filter(({ closedAt }) => closedAt === null);
  const told = live.filter(({ state }) => state !== "observed");
  const [observed] = live.filter(({ state }) => state === "observed");
  const toldFamilies = told.flatMap(({ families }) => families);
  const candidateOf = (isAsked: (row: SignalRow) => boolean) =>
    toCandidate(open.filter(isAsked), method.patterns, isDoubted);
  const rest = candidateOf(({ family }) => !toldFamilies.includes(family));
  return [
    ...told.map((pattern) => ({
      pattern,
      candidate: candidateOf(({ family }) => pattern.families.includes(family)),
      closed,
    })),
    ...(observed || rest ? [{ pattern: observed, candidate: rest, closed }] : []),
  ];
}

function toSpeaking(
  { fromWeek, toWeek }: Pick<PatternRound, "fromWeek" | "toWeek">,
  { method }: PatternRound["config"],
) {
  return { from_week: fromWeek, to_week: toWeek, p_value_max: method.signals.pValueMax };
}

/** What is not closed, and what was closed so lately that it still says something. */
function readKnown(
  { postgres, config, now }: PatternRound,
  personIds: readonly string[],
): Promise<PatternRow[]> {
  const { explanationDays, weeks } = config.method.patterns;
  const since = new Date(now.getTime() - Math.max(explanationDays, weeks * DAYS_PER_WEEK) * DAY_MS);
  return postgres.db
    .select()
    .from(patterns)
    .where(
      and(
        inArray(patterns.personId, [...personIds]),
        or(isNull(patterns.closedAt), gte(patterns.closedAt, since)),
      ),
    )
    .orderBy(patterns.observedAt, patterns.patternId);
}

/** Dismissed ones sooner than those that somebody talked about. */
async function removeClosed({ postgres, config: { retentionDays }, now }: PatternRound): Promise<void> {
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS);
  const { state, closedAt } = patterns;
  await postgres.db
    .delete(patterns)
    .where(
      and(
        isNotNull(closedAt),
        or(
          and(eq(state, "dismissed"), lt(closedAt, before(retentionDays.dismissed))),
          and(ne(state, "dismissed"), lt(closedAt, before(retentionDays.weeks))),
        ),
      ),
    );
}

function toPages(ids: readonly string[]): string[][] {
  const pages: string[][] = [];
  for (let start = 0; start < ids.length; start += PEOPLE_MAX)
    pages.push(ids.slice(start, start + PEOPLE_MAX));
  return pages;
}
