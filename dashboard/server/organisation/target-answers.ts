// Whether the organisation's targets are reached for: what analytics found, and the columns of person-weeks around each target.
//
// Always holds: there are enough people in each column, among the weeks of this release and among those before it, so that neither the
// columns nor their change since the last release are a few people's.

import { and, gte, isNull, lt, or } from "drizzle-orm";
import type { ClickHouseStore } from "../../../schemas/clickhouse/store.ts";
import type { Method } from "../../../schemas/method.ts";
import type { TargetAnswer } from "../../../schemas/organisation-api.ts";
import type { PostgresStore } from "../../../schemas/postgres/open.ts";
import { organisationTargets } from "../../../schemas/postgres/tables.ts";
import type { OrganisationScope } from "../access/scope.ts";
import {
  COLUMNS_EACH_SIDE,
  groupTarget,
  targetFinding,
  type GroupTargetRow,
} from "../queries/group-target.ts";
import type { Frame } from "./frames.ts";

type Target = typeof organisationTargets.$inferSelect;

export interface TargetContext {
  scope: OrganisationScope;
  method: Method["targets"];
  frame: Frame;
}

/** Those that were announced before the frame ended, and held in it. */
export async function answerTargets(
  { clickhouse, postgres }: { clickhouse: ClickHouseStore; postgres: PostgresStore },
  context: TargetContext,
): Promise<TargetAnswer[]> {
  const { from, until } = context.frame;
  const targets = await postgres.db
    .select()
    .from(organisationTargets)
    .where(
      and(
        lt(organisationTargets.announcedOn, until),
        or(isNull(organisationTargets.endedAt), gte(organisationTargets.endedAt, new Date(from))),
      ),
    )
    .orderBy(organisationTargets.createdAt);
  return Promise.all(targets.map((target) => answerTarget(clickhouse, target, context)));
}

export async function listHeldTargets({ db }: PostgresStore): Promise<Target[]> {
  return db
    .select()
    .from(organisationTargets)
    .where(isNull(organisationTargets.endedAt))
    .orderBy(organisationTargets.createdAt);
}

async function answerTarget(
  clickhouse: ClickHouseStore,
  { targetId, name, measure, threshold, announcedOn }: Target,
  { scope, method, frame: { from, until } }: TargetContext,
): Promise<TargetAnswer> {
  const found = { min_group: scope, target_id: targetId, until };
  const spread = { min_group: scope, measure, threshold, from: announcedOn, until, newest_from: from };
  const [[finding], rows] = await Promise.all([
    clickhouse.query(targetFinding, found),
    clickhouse.query(groupTarget, spread),
  ]);
  const isTold = finding !== undefined && finding.verdict !== "too_few";
  return {
    name,
    measure,
    threshold,
    announced_on: announcedOn,
    verdict: finding?.verdict ?? "too_few",
    person_weeks: finding?.person_weeks ?? 0,
    person_weeks_needed: method.personWeeksMin,
    p_value: finding?.p_value ?? null,
    excess_person_weeks: finding?.verdict === "bunching" ? countExcess(rows, finding.excess ?? 0) : null,
    columns: isTold ? mergeColumns(rows, threshold, scope) : [],
  };
}

/** `excess`: over what a smooth curve has there, as a share of that. */
function countExcess(rows: readonly GroupTargetRow[], excess: number): number {
  const reached = rows.reduce((sum, row) => sum + row.reached, 0);
  return Math.max(0, Math.round((reached * excess) / (1 + excess)));
}

interface Column {
  first: number;
  last: number;
  personWeeks: number;
  /** Of this release's weeks, and of those before it. */
  newest: Set<string>;
  earlier: Set<string>;
}

/** Columns of a fifth of the target each, merged outward from it until there are enough people in each. */
export function mergeColumns(
  rows: readonly GroupTargetRow[],
  threshold: number,
  peopleMin: number,
): TargetAnswer["columns"] {
  const hasEarlier = rows.some(({ is_newest }) => !is_newest);
  const isEnough = ({ newest, earlier }: Column): boolean =>
    newest.size >= peopleMin && (!hasEarlier || earlier.size >= peopleMin);
  const columns = Array.from({ length: 2 * COLUMNS_EACH_SIDE + 1 }, (_, at) => toColumn(rows, at));
  const below = mergeSide(columns.slice(0, COLUMNS_EACH_SIDE).toReversed(), isEnough).toReversed();
  const above = mergeSide(columns.slice(COLUMNS_EACH_SIDE), isEnough);
  if (below.length === 0 || above.length === 0) return [];
  const step = threshold / COLUMNS_EACH_SIDE;
  return [...below, ...above].map(({ first, last, personWeeks }) => ({
    from: first * step,
    to: last === 2 * COLUMNS_EACH_SIDE ? null : (last + 1) * step,
    person_weeks: personWeeks,
  }));
}

function toColumn(rows: readonly GroupTargetRow[], at: number): Column {
  const own = rows.filter(({ column }) => column === at);
  const people = (isNewest: boolean) =>
    new Set(own.filter(({ is_newest }) => is_newest === isNewest).map(({ person_id }) => person_id));
  return {
    first: at,
    last: at,
    personWeeks: own.reduce((sum, row) => sum + row.person_weeks, 0),
    newest: people(true),
    earlier: people(false),
  };
}

/** @param columns from the target outward; what is left at the end joins the last one that is enough */
function mergeSide(columns: readonly Column[], isEnough: (column: Column) => boolean): Column[] {
  const merged: Column[] = [];
  let open: Column | undefined;
  for (const column of columns) {
    open = open === undefined ? column : unite(open, column);
    if (!isEnough(open)) continue;
    merged.push(open);
    open = undefined;
  }
  const last = merged.pop();
  if (last === undefined) return [];
  return [...merged, open === undefined ? last : unite(last, open)];
}

function unite(a: Column, b: Column): Column {
  return {
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
    personWeeks: a.personWeeks + b.personWeeks,
    newest: a.newest.union(b.newest),
    earlier: a.earlier.union(b.earlier),
  };
}
