// GET /people/:personId/usage: what a person used in a span of days, and in the same number of days before.

import type { ClickHouseStore } from "../../../schemas/clickhouse/store.ts";
import { usageSchema, type Usage } from "../../../schemas/dashboard-api.ts";
import { daysOf, spanBefore, type DaySpan } from "./day-span.ts";
import { computedAt } from "../queries/computed-at.ts";
import { NO_MEASURES } from "../queries/measures.ts";
import { usageCuts } from "../queries/usage-cuts.ts";
import { usageTotal } from "../queries/usage-total.ts";
import type { SubjectId } from "../access/scope.ts";

/** The reason of calls that are credited. */
const CREDITED = "";

export async function readUsage(
  clickhouse: ClickHouseStore,
  { subjectId, span, now }: { subjectId: SubjectId; span: DaySpan; now: Date },
): Promise<Usage> {
  const [cutRows, previousRows, computedRows] = await Promise.all([
    clickhouse.query(usageCuts, { person_id: subjectId, ...span, now }),
    clickhouse.query(usageTotal, { person_id: subjectId, ...spanBefore(span), now }),
    clickhouse.query(computedAt, {}),
  ]);
  const cuts = Object.groupBy(cutRows, ({ cut }) => cut);
  const byDay = new Map(cuts.day?.map((row) => [row.name, row]));
  // The schema of the answer also leaves off what only the rows have.
  return usageSchema.parse({
    ...span,
    computed_at: computedRows[0]?.computed_at ?? null,
    totals: cuts.total?.[0] ?? NO_MEASURES,
    previous: previousRows[0] ?? NO_MEASURES,
    days: daysOf(span).map((day) => ({ day, ...(byDay.get(day) ?? NO_MEASURES) })),
    by_model: cuts.model ?? [],
    by_client: cuts.client ?? [],
    by_class: cuts.class ?? [],
    by_kind: cuts.kind ?? [],
    uncredited: (cuts.reason ?? [])
      .filter(({ name }) => name !== CREDITED)
      .map(({ name: reason, calls, cost_usd }) => ({ reason, calls, cost_usd })),
  });
}
