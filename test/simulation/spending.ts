// A small organisation for attacks on its figures: who is in which team in each of two frames of four weeks, and what everybody spends by
// week and model. Drawn by a seed, with what makes group figures unsafe: a team of nine, one who spends most, joiners and leavers.

import type { GroupUseRow } from "../../dashboard/server/queries/group-use.ts";
import type { Random } from "./random.ts";

export const SPENDING_WEEKS = ["2026-10-19", "2026-10-26", "2026-11-02", "2026-11-09"] as const;
export const EARLIER_WEEKS = ["2026-09-21", "2026-09-28", "2026-10-05", "2026-10-12"] as const;
export const SPENDING_MODELS = ["m0", "m1", "m2", "m3"] as const;
/** Which client uses which models: known to everybody. */
export const CLIENT_OF: Readonly<Record<string, string>> = {
  m0: "codex",
  m1: "codex",
  m2: "claude-code",
  m3: "claude-code",
};
const REASONS = ["retry", "heartbeat", "exact_replay"] as const;

export interface Spender {
  id: string;
  /** Null: in none. */
  team: string | null;
  earlierTeam: string | null;
}

export interface Spending {
  spenders: readonly Spender[];
  now: GroupUseRow[];
  before: GroupUseRow[];
}

export interface SpendingOptions {
  /** How many people each team has. */
  teams: Readonly<Record<string, number>>;
  /** Times what others spend, for one member of each of these teams. */
  dominant?: Readonly<Record<string, number>>;
  /** People who are in the team now, and were in none before; and the other way round. */
  joiners?: Readonly<Record<string, number>>;
  leavers?: Readonly<Record<string, number>>;
  /** How much anybody's spending may differ from one frame to the next. */
  drift?: number;
}

export function createSpending(random: Random, options: SpendingOptions): Spending {
  const { teams, dominant = {}, joiners = {}, leavers = {}, drift = 0.03 } = options;
  const spenders = Object.entries(teams).flatMap(([team, size]) => [
    ...Array.from({ length: size }, (_, at) => ({
      id: toId(random),
      team,
      earlierTeam: at < (joiners[team] ?? 0) ? null : team,
    })),
    ...Array.from({ length: leavers[team] ?? 0 }, () => ({
      id: toId(random),
      team: null,
      earlierTeam: team,
    })),
  ]);
  const first = new Map(
    Object.keys(teams).map((team) => [spenders.findLast((each) => each.team === team)?.id, team]),
  );
  const now: GroupUseRow[] = [];
  const before: GroupUseRow[] = [];
  for (const { id, team, earlierTeam } of spenders) {
    const scale = random.logNormal(40, 0.8) * (dominant[first.get(id) ?? ""] ?? 1);
    for (const [at, week] of SPENDING_WEEKS.entries()) {
      const spent = SPENDING_MODELS.map((model) => spend(random, model, scale));
      const earlier = spent.map((each) => ({
        ...each,
        costUsd: each.costUsd * (1 + random.between(-drift, drift)),
      }));
      if (team !== null) now.push(...toRows(id, week, spent));
      if (earlierTeam !== null) before.push(...toRows(id, EARLIER_WEEKS[at] ?? week, earlier));
    }
  }
  return { spenders, now, before };
}

interface Spent {
  model: string;
  costUsd: number;
  uncredited: number;
  reason: string;
}

function spend(random: Random, model: string, scale: number): Spent {
  const costUsd = scale * random.logNormal(1, 0.5);
  const uncredited = random.chance(0.4) ? costUsd * random.between(0.05, 0.4) : 0;
  return { model, costUsd, uncredited, reason: random.pick(REASONS) };
}

/** The rows that ClickHouse would answer: one for each way in which the cost is told apart. */
function toRows(id: string, week: string, spent: readonly Spent[]): GroupUseRow[] {
  const toRow = (cut: GroupUseRow["cut"], name: string, of: readonly Spent[]): GroupUseRow => ({
    cut,
    name,
    person_id: id,
    week,
    calls: 5 * of.length,
    unpriced_calls: 0,
    tokens: Math.round(sum(of, "costUsd") * 1000),
    cost_usd: sum(of, "costUsd"),
    uncredited_cost_usd: sum(of, "uncredited"),
    meaningful_calls: 4,
  });
  const withReason = spent.filter(({ uncredited }) => uncredited > 0);
  return [
    toRow("week", "", spent),
    ...spent.map((each) => toRow("model", each.model, [each])),
    ...spent.map((each) => toRow("client", CLIENT_OF[each.model] ?? "", [each])),
    ...withReason.map((each) => ({ ...toRow("reason", each.reason, [each]), cost_usd: each.uncredited })),
  ];
}

function sum(of: readonly Spent[], what: "costUsd" | "uncredited"): number {
  return of.reduce((total, each) => total + each[what], 0);
}

function toId(random: Random): string {
  return random.uuid(Date.UTC(2026, 0, 1));
}
