// The organisation's targets: which there are, and whether people reach for them. They are tested once a week, by analytics'
// own process, and what was found is kept for the page of the organisation.

import { and, eq, isNull } from "drizzle-orm";
import { AppError } from "../schemas/app-error.ts";
import type { ClickHouseStore } from "../schemas/clickhouse/store.ts";
import type { Config } from "../schemas/config.ts";
import type { Stores } from "../schemas/command.ts";
import type { PostgresStore } from "../schemas/postgres/open.ts";
import { organisationTargets } from "../schemas/postgres/tables.ts";
import { toDay, toMonday } from "../schemas/working-days.ts";
import { findTestedTargets, TARGET_FINDINGS_TABLE, targetWeeks } from "./queries/target-weeks.ts";
import { testTarget, type TargetFinding } from "./target-test.ts";

const DAY_MS = 86_400_000;

export type Target = typeof organisationTargets.$inferSelect;
export type NewTarget = Pick<Target, "name" | "measure" | "threshold" | "announcedOn">;

/** Those that hold, oldest first. */
export async function listTargets({ db }: PostgresStore): Promise<Target[]> {
  return db
    .select()
    .from(organisationTargets)
    .where(isNull(organisationTargets.endedAt))
    .orderBy(organisationTargets.createdAt);
}

export async function addTarget({ db }: PostgresStore, target: NewTarget, now: Date): Promise<string> {
  const rows = await db
    .insert(organisationTargets)
    .values({ ...target, createdAt: now })
    .returning({ targetId: organisationTargets.targetId });
  return rows.map(({ targetId }) => targetId).join();
}

/** @throws AppError `not_found` for one that is not there, or has ended */
export async function endTarget({ db }: PostgresStore, targetId: string, now: Date): Promise<void> {
  const ended = await db
    .update(organisationTargets)
    .set({ endedAt: now })
    .where(and(eq(organisationTargets.targetId, targetId), isNull(organisationTargets.endedAt)))
    .returning({ targetId: organisationTargets.targetId });
  if (ended.length === 0)
    throw new AppError("not_found", `No target ${targetId} holds. Ids: npx assay targets test`);
}

export interface TargetTestOptions {
  config: Pick<Config, "timezone" | "retentionDays" | "method">;
  now: Date;
}

/** Tests the targets that were not tested in this week yet. */
export async function testDueTargets(stores: Stores, options: TargetTestOptions): Promise<void> {
  const targets = await listTargets(stores.postgres);
  if (targets.length === 0) return;
  const week = toMonday(toDay(options.now, options.config.timezone));
  const tested = await stores.clickhouse.query(findTestedTargets, { week });
  const testedIds = new Set(tested.map(({ target_id }) => target_id));
  for (const target of targets) {
    if (!testedIds.has(target.targetId)) await testAndKeep(stores.clickhouse, target, options);
  }
}

/** Tests a target on the whole weeks since it was announced, and keeps what was found. */
export async function testAndKeep(
  store: ClickHouseStore,
  { targetId, measure, threshold, announcedOn }: Target,
  { config, now }: TargetTestOptions,
): Promise<TargetFinding> {
  const { timezone, method, retentionDays } = config;
  const week = toMonday(toDay(now, timezone));
  const weeks = { measure, from_week: announcedOn, until_week: week };
  const people = await store.query(targetWeeks, weeks);
  const finding = testTarget(
    people.map(({ values }) => values),
    threshold,
    method.targets,
  );
  const expires_at = new Date(now.getTime() + retentionDays.weeks * DAY_MS).toISOString();
  const stamps = { target_id: targetId, week, method_version: method.version, version: now.getTime() };
  await store.insert(TARGET_FINDINGS_TABLE, [{ ...finding, ...stamps, expires_at }]);
  return finding;
}
