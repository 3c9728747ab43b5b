// One person added or changed from the Settings page, by the same rules as the list of people: an address is one, nobody reports to
// themselves over whatever number of steps, who was where stays known, and there is always an owner.

import { and, eq, ne } from "drizzle-orm";
import { AppError } from "../../../schemas/app-error.ts";
import type { Transaction } from "../../../schemas/postgres/open.ts";
import { recordPositions } from "../../../schemas/postgres/positions.ts";
import { people, teams } from "../../../schemas/postgres/tables.ts";
import type { PersonState } from "../../../schemas/settings-api.ts";
import { refuseOnlyOwner } from "./erase.ts";
import { lockPeople } from "./people.ts";
import { findReportingFaults } from "./reporting-lines.ts";

/**
 * @param personId null: somebody new
 * @returns their id, and how they were before; null: they were not there
 * @throws AppError `not_found`, `conflict` for an address that somebody else has and for the only owner, `bad_request` for a circle
 */
export async function savePerson(
  transaction: Transaction,
  { personId, state, now }: { personId: string | null; state: PersonState; now: Date },
): Promise<{ personId: string; before: PersonState | null }> {
  await lockPeople(transaction);
  const before = personId === null ? null : await readPersonState(transaction, personId);
  await refuseTakenAddress(transaction, { personId, email: state.email });
  await requireTeam(transaction, state.team_id);
  await refuseCircle(transaction, { personId, state });
  if (personId !== null && before?.role === "owner" && state.role !== "owner")
    await refuseOnlyOwner(transaction, personId);
  const { email, name, team_id: teamId, manager_id: managerId, role } = state;
  const row = { email, name, teamId, managerId, role };
  const saved =
    personId === null
      ? await transaction
          .insert(people)
          .values({ ...row, createdAt: now })
          .returning({ personId: people.personId })
      : await transaction
          .update(people)
          .set(row)
          .where(eq(people.personId, personId))
          .returning({ personId: people.personId });
  await recordPositions(transaction, now);
  const [person] = saved;
  if (person === undefined) throw noSuchPerson();
  return { personId: person.personId, before };
}

/** @throws AppError `not_found` */
export async function readPersonState(
  transaction: Pick<Transaction, "select">,
  personId: string,
): Promise<PersonState> {
  const [found] = await transaction.select().from(people).where(eq(people.personId, personId));
  if (found === undefined) throw noSuchPerson();
  const { email, name, teamId: team_id, managerId: manager_id, role } = found;
  return { email, name, team_id, manager_id, role };
}

async function refuseTakenAddress(
  transaction: Transaction,
  { personId, email }: { personId: string | null; email: string },
): Promise<void> {
  const isOther = personId === null ? undefined : ne(people.personId, personId);
  const [other] = await transaction
    .select({ name: people.name })
    .from(people)
    .where(and(eq(people.email, email), isOther));
  if (other !== undefined)
    throw new AppError("conflict", `${other.name} has the address ${email} already. Give another one.`);
}

async function requireTeam(transaction: Transaction, teamId: string | null): Promise<void> {
  if (teamId === null) return;
  const [team] = await transaction
    .select({ teamId: teams.teamId })
    .from(teams)
    .where(eq(teams.teamId, teamId));
  if (team === undefined) throw new AppError("not_found", "There is no such team. Add it first.");
}

/** As the list of people is checked: everybody's line as it would be. */
async function refuseCircle(
  transaction: Transaction,
  { personId, state }: { personId: string | null; state: PersonState },
): Promise<void> {
  const { email, name, role, manager_id: managerId } = state;
  const known = await transaction
    .select({ personId: people.personId, email: people.email, managerId: people.managerId })
    .from(people);
  const asChanged = known.map((person) => (person.personId === personId ? { ...person, email } : person));
  const managerEmail = asChanged.find((person) => person.personId === managerId)?.email ?? null;
  if (managerId !== null && managerEmail === null)
    throw new AppError("not_found", "There is no such manager. Add them first.");
  const [fault] = findReportingFaults([{ line: 1, email, name, team: null, managerEmail, role }], asChanged);
  if (fault === undefined) return;
  throw new AppError("bad_request", `${fault.sentence.charAt(0).toUpperCase()}${fault.sentence.slice(1)}`);
}

function noSuchPerson(): AppError {
  return new AppError("not_found", "There is no such person. They may have been erased.");
}
