// What the runs that patterns name cost and brought, for many candidates at a time.

import { patternRuns } from "../queries/pattern-runs.ts";
import type { Candidate } from "./candidate.ts";
import { NO_FIGURES, toYieldFigures, type Figures } from "./conditions.ts";
import type { PatternRound } from "./round.ts";

/** One query for the first candidate of each person, one for the second of those who have one, and so on. */
export async function readFigures(
  round: PatternRound,
  candidates: readonly Candidate[],
): Promise<ReadonlyMap<Candidate, Figures>> {
  const byPerson = Object.values(Object.groupBy(candidates, ({ personId }) => personId));
  const figures = new Map<Candidate, Figures>();
  const places = Math.max(0, ...byPerson.map((own) => own?.length ?? 0));
  for (let place = 0; place < places; place += 1) {
    const asked = byPerson.flatMap((own) => own?.[place] ?? []);
    for (const [candidate, found] of await readOfPeople(round, asked)) figures.set(candidate, found);
  }
  return figures;
}

/** @param candidates of different people */
async function readOfPeople(
  { clickhouse, config: { method }, fromWeek, toWeek }: PatternRound,
  candidates: readonly Candidate[],
): Promise<[Candidate, Figures][]> {
  const rows = await clickhouse.query(patternRuns, {
    from_week: fromWeek,
    to_week: toWeek,
    p_value_max: method.signals.pValueMax,
    person_ids: candidates.map(({ personId }) => personId),
    families: candidates.map(({ families }) => families),
    weeks: candidates.map(({ signals }) => [...new Set(signals.map(({ week }) => week))]),
  });
  const byPerson = new Map(rows.map((row) => [row.person_id, row]));
  return candidates.map((candidate) => {
    const row = byPerson.get(candidate.personId);
    if (row === undefined) return [candidate, NO_FIGURES];
    const outcomes = { dueOutcomes: row.due_outcomes, expectedOutcomes: row.expected_outcomes };
    const prior = { priorShape: row.prior_shape, priorRate: row.prior_rate };
    const figures = {
      namedCostUsd: Math.max(row.run_cost_usd, sumOfDearest(candidate)),
      ownCostUsd: row.own_cost_usd,
      ...outcomes,
      ...toYieldFigures({ ...outcomes, ...prior }, method.yield),
    };
    return [candidate, figures];
  });
}

/** A signal lists its dearest runs and adds up all of them: at least as much as the dearest signal of each week names. */
function sumOfDearest({ signals }: Candidate): number {
  const weeks = Object.values(Object.groupBy(signals, ({ week }) => week));
  return weeks.reduce(
    (sum, rows = []) => sum + Math.max(0, ...rows.map(({ named_cost_usd }) => named_cost_usd)),
    0,
  );
}
