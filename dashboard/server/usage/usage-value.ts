// GET /people/:personId/value: what came of a person's work in a span of days, and how that compares with what was expected.
//
// Always holds: while individuals are not scored, outcomes are told, which are the person's own, and nothing is concluded from them.

import type { ClickHouseStore } from "../../../schemas/clickhouse/store.ts";
import type { Config } from "../../../schemas/config.ts";
import { VALUE_KINDS } from "../../../schemas/method/outcome-weights.ts";
import { usageValueSchema, type UsageValue } from "../../../schemas/usage-value-api.ts";
import { classYields } from "../queries/class-yields.ts";
import { outcomesByDay } from "../queries/outcomes-by-day.ts";
import { valueOfDays } from "../queries/value-of-days.ts";
import type { SubjectId } from "../access/scope.ts";
import { spanBefore, type DaySpan } from "./day-span.ts";

const NO_VALUE = { earned_cost_usd: 0, unobservable_cost_usd: 0, scheduled_cost_usd: 0 };

export interface ValueContext {
  subjectId: SubjectId;
  span: DaySpan;
  /** In force now. */
  rules: Pick<Config, "individualScoring" | "method" | "timezone">;
  scoredFrom: Date | null;
  now: Date;
}

export async function readUsageValue(
  clickhouse: ClickHouseStore,
  { subjectId, span, rules, scoredFrom, now }: ValueContext,
): Promise<UsageValue> {
  const { timezone, individualScoring } = rules;
  const { expectedOutcomesMin, coverageMin, weeks } = rules.method.yield;
  const isScored = individualScoring !== "off" && scoredFrom !== null;
  const own = { person_id: subjectId, now };
  const outcomes = { ...own, timezone, kinds: [...VALUE_KINDS] };
  const [came, before, values, yields] = await Promise.all([
    clickhouse.query(outcomesByDay, { ...outcomes, ...span }),
    clickhouse.query(outcomesByDay, { ...outcomes, ...spanBefore(span) }),
    isScored ? clickhouse.query(valueOfDays, { ...own, ...span, timezone }) : [],
    isScored ? clickhouse.query(classYields, { ...own, ...span }) : [],
  ]);
  return usageValueSchema.parse({
    ...span,
    ...(values[0] ?? NO_VALUE),
    individual_scoring: individualScoring,
    scored_from: scoredFrom?.toISOString() ?? null,
    came,
    previous_outcomes: before
      .filter(({ state }) => state === "due")
      .reduce((sum, row) => sum + row.outcomes, 0),
    yields,
    expected_min: expectedOutcomesMin,
    coverage_min: coverageMin,
    yield_weeks: weeks,
  });
}
