// Whether registered schedules explain a pattern that its person was told of. They do where they started most of what the timed
// mechanisms name; so many times in so many days by themselves, and always where somebody approved of them.

import { and, eq, gt, inArray, isNotNull } from "drizzle-orm";
import { patternEvidence, patterns } from "../../schemas/postgres/pattern-tables.ts";
import type { PatternRow } from "../../schemas/postgres/patterns.ts";
import { schedules } from "../../schemas/postgres/tables.ts";
import { scheduledCost } from "../queries/scheduled-cost.ts";
import type { PatternRound } from "./round.ts";
import type { Facts } from "./steps.ts";

const DAY_MS = 86_400_000;
/** Mechanisms that a timer explains. */
const TIMED = ["schedule", "no_op"] as const;

export interface ScheduledShare {
  says: Facts["schedules"];
  /** Of the cost that the timed mechanisms name. */
  share: number;
}

export const NO_SCHEDULES: ScheduledShare = { says: "none", share: 0 };

/** Of somebody who has, or had, a schedule. */
export async function askSchedules(
  { clickhouse, postgres, config, now }: PatternRound,
  pattern: PatternRow | undefined,
): Promise<ScheduledShare> {
  const isTimed = TIMED.some((family) => pattern?.families.includes(family));
  if (pattern?.state !== "notified" || !isTimed) return NO_SCHEDULES;
  const { patternId, personId } = pattern;
  const { db } = postgres;
  const accepted = await db
    .select({ scheduleId: schedules.scheduleId })
    .from(schedules)
    .where(and(eq(schedules.personId, personId), isNotNull(schedules.acceptedAt)));
  const evidence = await db
    .select({ runIds: patternEvidence.runIds })
    .from(patternEvidence)
    .where(and(eq(patternEvidence.patternId, patternId), inArray(patternEvidence.family, [...TIMED])));
  const [cost] = await clickhouse.query(scheduledCost, {
    person_id: personId,
    run_ids: [...new Set(evidence.flatMap(({ runIds }) => runIds))],
    accepted_ids: accepted.map(({ scheduleId }) => scheduleId),
  });
  const { scheduledShareMin, schedulesMax, scheduleDays } = config.method.patterns;
  if (cost === undefined || cost.cost_usd === 0) return NO_SCHEDULES;
  const share = cost.scheduled_cost_usd / cost.cost_usd;
  if (share < scheduledShareMin) return { says: "none", share };
  if (cost.accepted_cost_usd / cost.cost_usd >= scheduledShareMin) return { says: "explain", share };
  const since = new Date(now.getTime() - scheduleDays * DAY_MS);
  const isBySchedule = and(eq(patterns.closedBy, "schedule"), gt(patterns.closedAt, since));
  const before = await db.$count(patterns, and(eq(patterns.personId, personId), isBySchedule));
  return { says: before < schedulesMax ? "explain" : "refused", share };
}
