// Patterns as JSON lines, for an operator: one row a pattern that was observed in a span of time. Whoever is in them finds the export
// in their audit. While individual scoring is off there are none.

import { and, asc, eq, gt, gte, inArray, lt } from "drizzle-orm";
import type { Config } from "../../../schemas/config.ts";
import type { PostgresStore } from "../../../schemas/postgres/open.ts";
import { patternEvidence, patterns, patternStatements } from "../../../schemas/postgres/pattern-tables.ts";
import { createExportedPeople } from "./exported-people.ts";

/** Patterns that are read at a time. */
const PAGE_ROWS = 200;

export interface PatternExport {
  /** Of the times when patterns were first observed; `to` is not included. */
  from: Date;
  to: Date;
  reason: string;
  now: Date;
  config: Pick<Config, "individualScoring">;
  /** Counts what was handed out so far. */
  summary: { patterns: number; people: number };
}

type Pattern = typeof patterns.$inferSelect;
type Evidence = typeof patternEvidence.$inferSelect;

export async function* exportPatterns(
  postgres: PostgresStore,
  { from, to, reason, now, config, summary }: PatternExport,
): AsyncGenerator<string> {
  if (config.individualScoring === "off") return;
  const exported = createExportedPeople(postgres, { action: "patterns_exported", from, to, reason, now });
  let page = await readPage(postgres, { from, to });
  for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
    const ids = page.map(({ patternId }) => patternId);
    const emails = await exported.meet(page.map(({ personId }) => personId));
    const evidence = Object.groupBy(await readEvidence(postgres, ids), ({ patternId }) => patternId);
    const explanations = await readExplanations(postgres, ids);
    yield page
      .map((pattern) => ({
        ...toLine(pattern, evidence[pattern.patternId] ?? []),
        person_email: emails.get(pattern.personId) ?? null,
        explanation: explanations.get(pattern.patternId) ?? null,
      }))
      .map((line) => `${JSON.stringify(line)}\n`)
      .join("");
    summary.patterns += page.length;
    summary.people = exported.count();
    page = await readPage(postgres, { from, to, after: last.patternId });
  }
}

function readPage(
  { db }: PostgresStore,
  { from, to, after }: { from: Date; to: Date; after?: string },
): Promise<Pattern[]> {
  const isInSpan = and(gte(patterns.observedAt, from), lt(patterns.observedAt, to));
  return db
    .select()
    .from(patterns)
    .where(after === undefined ? isInSpan : and(isInSpan, gt(patterns.patternId, after)))
    .orderBy(asc(patterns.patternId))
    .limit(PAGE_ROWS);
}

function readEvidence({ db }: PostgresStore, ids: readonly string[]): Promise<Evidence[]> {
  return db
    .select()
    .from(patternEvidence)
    .where(inArray(patternEvidence.patternId, [...ids]))
    .orderBy(asc(patternEvidence.week), asc(patternEvidence.family), asc(patternEvidence.signal));
}

/** The newest of each. */
async function readExplanations(
  { db }: PostgresStore,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const said = await db
    .select()
    .from(patternStatements)
    .where(and(inArray(patternStatements.patternId, [...ids]), eq(patternStatements.kind, "explanation")))
    .orderBy(asc(patternStatements.saidAt));
  return new Map(said.map(({ patternId, body }) => [patternId, body]));
}

function toLine(pattern: Pattern, evidence: readonly Evidence[]) {
  return {
    pattern_id: pattern.patternId,
    person_email: null,
    state: pattern.state,
    first_week: pattern.firstWeek,
    last_week: pattern.lastWeek,
    observed_at: pattern.observedAt.toISOString(),
    notified_at: pattern.notifiedAt?.toISOString() ?? null,
    opened_at: pattern.openedAt?.toISOString() ?? null,
    families: toFamilies(evidence),
    named_cost_usd: pattern.namedCostUsd.toFixed(6),
    p_low_value: pattern.pLowValue,
    run_ids: [...new Set(evidence.flatMap(({ runIds }) => runIds))],
  };
}

/** Each signal once: as it was in the week in which it was strongest. */
function toFamilies(evidence: readonly Evidence[]) {
  const bySignal = Object.values(Object.groupBy(evidence, ({ signal }) => signal));
  return bySignal.flatMap((weeks = []) => {
    const [strongest] = weeks.toSorted((one, other) => other.effect - one.effect);
    if (strongest === undefined) return [];
    const { family, signal, effect, floor, pValue } = strongest;
    return { family, signal, effect, floor, p_value: pValue };
  });
}
