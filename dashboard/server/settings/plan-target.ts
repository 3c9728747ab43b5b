// A target that the organisation announced: added, corrected, ended. Whether people reach for it is tested once a week.

import { eq } from "drizzle-orm";
import { AppError } from "../../../schemas/app-error.ts";
import type { Transaction } from "../../../schemas/postgres/open.ts";
import { organisationTargets } from "../../../schemas/postgres/tables.ts";
import type { Change, TargetState } from "../../../schemas/settings-api.ts";
import { AT_ONCE, type ChangeContext, type PlannedChange } from "./planned-change.ts";

export const QUOTA_WARNING = "A quota on calls brings about what Organisation looks for.";

export function planTarget(
  { config, now }: ChangeContext,
  { target_id: targetId, state }: Extract<Change, { subject: "target" }>,
): PlannedChange {
  return {
    name: targetId === null ? null : `target:${targetId}`,
    isPublic: true,
    takesEffect: AT_ONCE,
    async listEffects() {
      if (!state.holds) return ["It is tested no more. What was found of it stays."];
      const { personWeeksMin } = config.method.targets;
      return [
        `Once a week it is tested whether people reach for it, on the weeks from ${state.announced_on} on, when there are ${personWeeksMin} person-weeks around it.`,
        QUOTA_WARNING,
      ];
    },
    async apply(transaction) {
      const before = targetId === null ? null : await readTarget(transaction, targetId);
      const { announced_on: announcedOn, holds, ...rest } = state;
      const row = { ...rest, announcedOn, endedAt: holds ? null : now };
      const saved =
        targetId === null
          ? await transaction
              .insert(organisationTargets)
              .values({ ...row, createdAt: now })
              .returning({ targetId: organisationTargets.targetId })
          : await transaction
              .update(organisationTargets)
              .set(row)
              .where(eq(organisationTargets.targetId, targetId))
              .returning({ targetId: organisationTargets.targetId });
      const [target] = saved;
      if (target === undefined) throw noSuchTarget();
      const name = `target:${target.targetId}`;
      return { name, value: { before, after: state }, action: "setting_changed", subjectId: null };
    },
  };
}

export function toTargetState(row: typeof organisationTargets.$inferSelect): TargetState {
  const { name, measure, threshold, announcedOn, endedAt } = row;
  return { name, measure, threshold, announced_on: announcedOn, holds: endedAt === null };
}

async function readTarget(transaction: Transaction, targetId: string): Promise<TargetState> {
  const [row] = await transaction
    .select()
    .from(organisationTargets)
    .where(eq(organisationTargets.targetId, targetId));
  if (row === undefined) throw noSuchTarget();
  return toTargetState(row);
}

function noSuchTarget(): AppError {
  return new AppError("not_found", "There is no such target.");
}
