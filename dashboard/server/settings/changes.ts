// Makes changes of settings, and takes them back: the change, its version and its entry in the audit in one transaction.
//
// Always holds: who makes a change has seen the newest version of what they change; only the newest version of a thing can be taken
// back, and that is another version.

import { eq } from "drizzle-orm";
import { z } from "zod";
import { AppError } from "../../../schemas/app-error.ts";
import { appendAudit } from "../../../schemas/postgres/audit.ts";
import type { Database } from "../../../schemas/postgres/open.ts";
import { settingVersions } from "../../../schemas/postgres/setting-tables.ts";
import {
  addVersion,
  findNewest,
  lockVersions,
  SETTING_SCHEMAS,
  type SettingName,
  type SettingVersion,
} from "../../../schemas/postgres/setting-versions.ts";
import { changeSchema, type Change, type Effect } from "../../../schemas/settings-api.ts";
import { findBefore } from "./versions.ts";
import { planPerson } from "./plan-person.ts";
import { planMethod, planRetention, planRuleUndo, planWeights } from "./plan-rules.ts";
import { planServiceSchedule } from "./plan-service-schedule.ts";
import { planTarget } from "./plan-target.ts";
import { planTeam } from "./plan-team.ts";
import type { ChangeContext, PlannedChange } from "./planned-change.ts";

export function planChange(context: ChangeContext, change: Change): PlannedChange {
  switch (change.subject) {
    case "outcome_weights":
      return planWeights(context, change);
    case "method":
      return planMethod(context, change);
    case "retention":
      return planRetention(context, change);
    case "target":
      return planTarget(context, change);
    case "team":
      return planTeam(context, change);
    case "service_schedule":
      return planServiceSchedule(context, change);
    case "person":
      return planPerson(context, change);
    default:
      return change satisfies never;
  }
}

export async function previewChange({ stores }: ChangeContext, planned: PlannedChange): Promise<Effect> {
  const newest = planned.name === null ? undefined : await findNewest(stores.postgres.db, planned.name);
  return {
    effects: await planned.listEffects(),
    takes_effect: planned.takesEffect,
    seen_version: newest?.version ?? 0,
  };
}

export interface Author {
  actorId: string;
  reason: string;
  seenVersion: number;
  /** The version that is taken back. */
  undoes?: number;
}

/** @throws AppError `conflict` when somebody else changed it meanwhile, or what stands against the change itself */
export async function makeChange(
  { stores, now }: ChangeContext,
  planned: PlannedChange,
  { actorId, reason, undoes, seenVersion }: Author,
): Promise<number> {
  return stores.postgres.db.transaction(async (transaction) => {
    await lockVersions(transaction);
    const { name, value, action, subjectId } = await planned.apply(transaction);
    const { isPublic } = planned;
    const version = await addVersion(
      transaction,
      { name, value, reason, actorId, isPublic, seenVersion, ...(undoes !== undefined && { undoes }) },
      now,
    );
    await appendAudit(transaction, now, {
      action: undoes !== undefined && action === "setting_changed" ? "setting_undone" : action,
      actorId,
      subjectId,
      reason,
      payload: { setting: name, version: String(version) },
    });
    return version;
  });
}

/** @throws AppError `not_found`, `conflict` for a version that is not the newest, or can't be taken back */
export async function undoChange(
  context: ChangeContext,
  version: number,
  author: Pick<Author, "actorId" | "reason">,
): Promise<number> {
  const { db } = context.stores.postgres;
  const undone = await findVersion(db, version);
  const planned = await planUndo(context, undone);
  return makeChange(context, planned, { ...author, seenVersion: version, undoes: version });
}

const changedSchema = z.object({ before: z.unknown().nullable(), after: z.unknown() });

async function planUndo(context: ChangeContext, undone: SettingVersion): Promise<PlannedChange> {
  const { name, value } = undone;
  if (isRule(name)) {
    const before = await findBefore(context.stores.postgres.db, undone);
    return planRuleUndo(context, name, before?.value ?? null);
  }
  const [subject, id] = name.split(":");
  const { before, after } = changedSchema.parse(value);
  // What was new ends, where it can: a target, a schedule. People and teams stay.
  const canEnd = subject === "target" || subject === "service_schedule";
  const state = before ?? (canEnd ? { ...toFields(after), holds: false } : null);
  if (state === null)
    throw new AppError(
      "conflict",
      "What was added can’t be taken back here. A person is erased with: npx assay erase",
    );
  return planChange(context, changeSchema.parse({ subject, [`${subject}_id`]: id, state }));
}

async function findVersion(database: Database, version: number): Promise<SettingVersion> {
  const [found] = await database.select().from(settingVersions).where(eq(settingVersions.version, version));
  if (found === undefined) throw new AppError("not_found", "There is no such version.");
  return found;
}

function isRule(name: string): name is SettingName {
  return Object.hasOwn(SETTING_SCHEMAS, name);
}

function toFields(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}
