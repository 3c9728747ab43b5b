// What the Settings page sets, applied over the configuration, and the versions that it leaves.
//
//   readRules      whether individuals are scored and the numbers of the method: at each pass of analytics and each request
//   applySettings  the same numbers and how long things are kept: when a process begins, because the sink reads it then
//
// Always holds: what the operator gave in the environment or the file goes before what was set here, and ASSAY_INDIVIDUAL_SCORING=off
// before everything; a version never changes; who makes one has seen the newest of its name.

import { desc, eq, inArray, sql } from "drizzle-orm";
import { z } from "zod";
import { AppError } from "../app-error.ts";
import type { Config } from "../config.ts";
import { OUTCOME_WEIGHTS } from "../method/outcome-weights.ts";
import { methodOverridesSchema, toMethod, type Method, type MethodOverrides } from "../method.ts";
import { OUTCOME_KINDS } from "../outcome.ts";
import { RETENTIONS, type Retention } from "../retention.ts";
import type { Database, PostgresStore, Transaction } from "./open.ts";
import { settingVersions } from "./setting-tables.ts";

/** Of outcomes; a kind that is none of them is no thing of value. */
const VALUED_KINDS = OUTCOME_KINDS.filter((kind) => kind in OUTCOME_WEIGHTS);
const POINTS_MAX = 100;
const DAYS_MAX = 3650;

/** What each setting may hold. A number that is absent is as the configuration has it. */
export const SETTING_SCHEMAS = {
  individual_scoring: z.strictObject({ is_off: z.boolean() }),
  outcome_weights: z.partialRecord(z.enum(VALUED_KINDS), z.number().min(0).max(POINTS_MAX)),
  method: methodOverridesSchema,
  retention: z.partialRecord(z.enum(RETENTIONS), z.int().min(1).max(DAYS_MAX)),
};
export type SettingName = keyof typeof SETTING_SCHEMAS;
type Stored = { [Name in SettingName]?: z.output<(typeof SETTING_SCHEMAS)[Name]> | undefined };

export const SETTING_NAMES = ["individual_scoring", "outcome_weights", "method", "retention"] as const;

type Readable = Pick<PostgresStore, "db"> | { db: Transaction };
type Rules = Pick<Config, "individualScoring" | "method" | "given">;

/** By what is judged now. The one place that says whether individuals are scored, apart from when that begins (policies.ts). */
export async function readRules<Known extends Rules>({ db }: Readable, config: Known): Promise<Known> {
  const stored = await readStored(db);
  return {
    ...config,
    individualScoring: stored.individual_scoring?.is_off === true ? "off" : config.individualScoring,
    method: toMethodInForce(stored, config),
  };
}

/** The configuration of a process that begins now. Sinks beside a ClickHouse server never see what was set here, so there the operator says how long. */
export async function applySettings(store: Readable, config: Config): Promise<Config> {
  const stored = await readStored(store.db);
  const retentionDays = { ...config.retentionDays };
  for (const name of RETENTIONS) {
    if (!isRetentionFixed(config, name))
      retentionDays[name] = stored.retention?.[name] ?? retentionDays[name];
  }
  return { ...config, retentionDays, method: toMethodInForce(stored, config) };
}

/** Whether only the operator can set it, in the environment or the file. */
export function isRetentionFixed(
  { clickhouseUrl, given }: Pick<Config, "clickhouseUrl" | "given">,
  name: Retention,
): boolean {
  return clickhouseUrl !== undefined || given.retention.includes(name);
}

export type SettingVersion = typeof settingVersions.$inferSelect;

export interface NewVersion {
  /** Of a setting, or of one thing: `team:ID`. */
  name: string;
  value: unknown;
  reason: string;
  actorId: string;
  isPublic: boolean;
  /** The newest that the author saw; 0: none. */
  seenVersion: number;
  undoes?: number;
}

/**
 * Adds a version, in the transaction of what it changes. Others who add one wait until that ends.
 * @throws AppError `conflict` when there is a newer one than the author saw
 */
export async function addVersion(
  transaction: Transaction,
  { seenVersion, actorId: changedBy, ...version }: NewVersion,
  changedAt: Date,
): Promise<number> {
  await lockVersions(transaction);
  const newest = await findNewest(transaction, version.name);
  if ((newest?.version ?? 0) !== seenVersion)
    throw new AppError(
      "conflict",
      "Somebody else has changed this meanwhile. Look at it again, and then save.",
    );
  const [added] = await transaction
    .insert(settingVersions)
    .values({ ...version, changedAt, changedBy })
    .returning({ version: settingVersions.version });
  if (added === undefined) throw new AppError("internal", "A version was inserted and did not come back.");
  return added.version;
}

/** Nobody else adds a version until the transaction ends; reading goes on. */
export async function lockVersions(transaction: Transaction): Promise<void> {
  await transaction.execute(sql`LOCK TABLE ${settingVersions} IN SHARE ROW EXCLUSIVE MODE`);
}

export async function findNewest(database: Database, name: string): Promise<SettingVersion | undefined> {
  const [newest] = await database
    .select()
    .from(settingVersions)
    .where(eq(settingVersions.name, name))
    .orderBy(desc(settingVersions.version))
    .limit(1);
  return newest;
}

async function readStored(db: Readable["db"]): Promise<Stored> {
  const { name, version, value } = settingVersions;
  const newest = await db
    .selectDistinctOn([name], { name, value })
    .from(settingVersions)
    .where(inArray(name, [...SETTING_NAMES]))
    .orderBy(name, desc(version));
  return storedSchema.parse(Object.fromEntries(newest.map((row) => [row.name, row.value ?? undefined])));
}

const storedSchema = z.object(SETTING_SCHEMAS).partial();

/** What the operator gave comes last. Where nothing was set here, the configuration's own numbers stand. */
function toMethodInForce(
  { method: stored, outcome_weights: weights }: Stored,
  { method, given }: Pick<Config, "method" | "given">,
): Method {
  if (stored === undefined && weights === undefined) return method;
  const ofWeights = weights === undefined ? {} : { outcomes: { weights } };
  return toMethod([stored ?? {}, ofWeights, given.method].reduce(mergeNumbers, {}));
}

/** The second goes before the first, number by number and weight by weight. */
export function mergeNumbers(under: MethodOverrides, over: MethodOverrides): MethodOverrides {
  const parts = [...new Set([...Object.keys(under), ...Object.keys(over)])];
  const weights = { ...under.outcomes?.weights, ...over.outcomes?.weights };
  const merged = Object.fromEntries(
    parts.map((part) => [part, { ...Reflect.get(under, part), ...Reflect.get(over, part) }]),
  );
  return { ...merged, outcomes: { ...under.outcomes, ...over.outcomes, weights } };
}
