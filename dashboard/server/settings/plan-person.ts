// A person added or changed: name, address, team, manager, role.
//
// Always holds: nothing is said of what anybody used; of teams, only whether they are large enough for their totals to be shown.

import { count, eq } from "drizzle-orm";
import type { Role } from "../../../schemas/closed-lists.ts";
import type { Database } from "../../../schemas/postgres/open.ts";
import { people, teams } from "../../../schemas/postgres/tables.ts";
import type { Change, PersonState } from "../../../schemas/settings-api.ts";
import { readPersonState, savePerson } from "../people/person-changes.ts";
import { AT_ONCE, type ChangeContext, type PlannedChange } from "./planned-change.ts";

const RIGHTS: Readonly<Record<Role, string>> = {
  self: "has no rights beyond their own data, and those of whoever people report to",
  manager: "has no rights beyond their own data, and those of whoever people report to",
  owner: "sees the organisation’s totals, and changes settings and people",
  officer: "reads the whole audit, answers contests, and can switch individual scoring off",
  operator: "sees the flow of records, and no figure of anybody",
};

export function planPerson(
  context: ChangeContext,
  { person_id: personId, state }: Extract<Change, { subject: "person" }>,
): PlannedChange {
  return {
    name: personId === null ? null : `person:${personId}`,
    isPublic: false,
    takesEffect: AT_ONCE,
    listEffects: () => tellEffects(context, { personId, state }),
    async apply(transaction) {
      const saved = await savePerson(transaction, { personId, state, now: context.now });
      return {
        name: `person:${saved.personId}`,
        value: { before: saved.before, after: state },
        action: saved.before === null ? "person_added" : "person_changed",
        subjectId: saved.personId,
      };
    },
  };
}

async function tellEffects(
  { stores, organisation }: ChangeContext,
  { personId, state }: { personId: string | null; state: PersonState },
): Promise<string[]> {
  const { db } = stores.postgres;
  const before = personId === null ? null : await readPersonState(db, personId);
  const effects: string[] = [];
  if (before === null) effects.push(`${state.name} can sign in, and have keys.`);
  if (before !== null && before.name !== state.name) effects.push(`${before.name} is called ${state.name}.`);
  if (before !== null && before.email !== state.email)
    effects.push(
      `Sign-in, and calls that a trusted proxy vouches for, go by ${state.email}, and no longer by ${before.email}.`,
    );
  if (before?.team_id !== state.team_id)
    effects.push(
      ...(await tellTeams(db, { from: before?.team_id ?? null, to: state.team_id, minGroup: organisation })),
    );
  if (before !== null && before.team_id !== state.team_id)
    effects.push("Calls of before stay with the team of their time.");
  if ((before?.manager_id ?? null) !== state.manager_id) effects.push(await tellManager(db, state));
  if (before?.role !== state.role && (before !== null || state.role !== "self"))
    effects.push(`${state.name} ${RIGHTS[state.role]}.`);
  return effects.length === 0 ? ["Nothing changes."] : effects;
}

async function tellManager(db: Database, { name, manager_id: managerId }: PersonState): Promise<string> {
  if (managerId === null) return `${name} reports to nobody: a pattern of theirs can’t open for a manager.`;
  const manager = await readPersonState(db, managerId);
  return `${name} reports to ${manager.name}. A pattern that opens from then on opens for them; whoever it was before no longer sees any.`;
}

interface Move {
  from: string | null;
  to: string | null;
  minGroup: number;
}

async function tellTeams(db: Database, { from, to, minGroup }: Move): Promise<string[]> {
  const told: string[] = [];
  for (const [teamId, step] of [
    [from, -1],
    [to, 1],
  ] as const) {
    if (teamId === null) continue;
    const [team] = await db.select({ name: teams.name }).from(teams).where(eq(teams.teamId, teamId));
    const [members] = await db.select({ people: count() }).from(people).where(eq(people.teamId, teamId));
    if (team !== undefined) told.push(tellSize(team.name, { was: members?.people ?? 0, step, minGroup }));
  }
  return told;
}

function tellSize(
  name: string,
  { was, step, minGroup }: { was: number; step: number; minGroup: number },
): string {
  const size = was + step;
  const then = `${name} has ${size} ${size === 1 ? "person" : "people"} then`;
  if (was >= minGroup && size < minGroup)
    return `${then}. Totals start at ${minGroup}, so its totals are no longer shown.`;
  if (was < minGroup && size >= minGroup) return `${then}, enough for its totals to be shown.`;
  return size < minGroup ? `${then}; totals start at ${minGroup}.` : `${then}.`;
}
