// A team added or renamed. It goes by itself in no way: calls of its people name it.

import { count, eq } from "drizzle-orm";
import { AppError } from "../../../schemas/app-error.ts";
import type { Transaction } from "../../../schemas/postgres/open.ts";
import { people, teams } from "../../../schemas/postgres/tables.ts";
import type { Change } from "../../../schemas/settings-api.ts";
import { AT_ONCE, type ChangeContext, type PlannedChange } from "./planned-change.ts";

export function planTeam(
  { stores, organisation }: ChangeContext,
  { team_id: teamId, state }: Extract<Change, { subject: "team" }>,
): PlannedChange {
  return {
    name: teamId === null ? null : `team:${teamId}`,
    isPublic: true,
    takesEffect: AT_ONCE,
    async listEffects() {
      if (teamId === null)
        return [`${state.name} has nobody yet. Its totals are shown once it has ${organisation} people.`];
      const [members] = await stores.postgres.db
        .select({ people: count() })
        .from(people)
        .where(eq(people.teamId, teamId));
      return [
        `The team is called ${state.name} on every page, for the time before as well.`,
        `${members?.people ?? 0} people are in it. A list of people that is imported later has to use the new name.`,
      ];
    },
    async apply(transaction) {
      const before = teamId === null ? null : await readTeam(transaction, teamId);
      await refuseTakenName(transaction, state.name);
      const saved =
        teamId === null
          ? await transaction.insert(teams).values(state).returning({ teamId: teams.teamId })
          : await transaction
              .update(teams)
              .set(state)
              .where(eq(teams.teamId, teamId))
              .returning({ teamId: teams.teamId });
      const [team] = saved;
      if (team === undefined) throw noSuchTeam();
      const name = `team:${team.teamId}`;
      return { name, value: { before, after: state }, action: "setting_changed", subjectId: null };
    },
  };
}

async function readTeam(transaction: Transaction, teamId: string): Promise<{ name: string }> {
  const [team] = await transaction.select({ name: teams.name }).from(teams).where(eq(teams.teamId, teamId));
  if (team === undefined) throw noSuchTeam();
  return team;
}

async function refuseTakenName(transaction: Transaction, name: string): Promise<void> {
  const [other] = await transaction.select().from(teams).where(eq(teams.name, name));
  if (other !== undefined)
    throw new AppError("conflict", `There is a team ${name} already. Give another name.`);
}

function noSuchTeam(): AppError {
  return new AppError("not_found", "There is no such team.");
}
