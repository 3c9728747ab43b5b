// Whom of the organisation's people the sign-in service means, and which role their groups give.
//
//   known by issuer and subject → that person · else a person with this address → that person, and known from then on · else a new one
//
// Always holds: an address connects only where the service does not say that it is unverified, and only with somebody whom the service
// does not know under another subject: addresses are given to new people, subjects never are. Groups never take the last owner away.

import { and, asc, eq } from "drizzle-orm";
import type { SignInRefusal } from "../../../schemas/access-api.ts";
import { GROUP_ROLES, type OidcConfig } from "../../../schemas/oidc-settings.ts";
import { appendAudit } from "../../../schemas/postgres/audit.ts";
import type { Transaction } from "../../../schemas/postgres/open.ts";
import { oidcSubjects } from "../../../schemas/postgres/access-tables.ts";
import { recordPositions } from "../../../schemas/postgres/positions.ts";
import { people } from "../../../schemas/postgres/tables.ts";
import { lockPeople, type Person } from "../people/people.ts";
import type { OidcIdentity } from "./oidc-client.ts";

export type FoundPerson = { person: Person; isNew: boolean } | { refusal: SignInRefusal };

export async function findOidcPerson(
  transaction: Transaction,
  identity: OidcIdentity,
  now: Date,
): Promise<FoundPerson> {
  const known = await findBySubject(transaction, identity);
  if (known !== undefined) return { person: known, isNew: false };
  // Two first sign-ins of somebody come one after the other, and the second one finds what the first one made.
  await lockPeople(transaction);
  const knownNow = await findBySubject(transaction, identity);
  if (knownNow !== undefined) return { person: knownNow, isNew: false };
  return connect(transaction, identity, now);
}

async function findBySubject(
  transaction: Transaction,
  { issuer, subject }: OidcIdentity,
): Promise<Person | undefined> {
  const [found] = await transaction
    .select({ person: people })
    .from(oidcSubjects)
    .innerJoin(people, eq(people.personId, oidcSubjects.personId))
    .where(and(eq(oidcSubjects.issuer, issuer), eq(oidcSubjects.subject, subject)));
  return found?.person;
}

async function connect(
  transaction: Transaction,
  { issuer, subject, email, isEmailRefuted, name }: OidcIdentity,
  now: Date,
): Promise<FoundPerson> {
  if (email === undefined || isEmailRefuted) return { refusal: "unverified" };
  const [existing] = await transaction.select().from(people).where(eq(people.email, email));
  if (existing !== undefined) {
    const { personId } = existing;
    const isIssuers = and(eq(oidcSubjects.personId, personId), eq(oidcSubjects.issuer, issuer));
    if ((await transaction.$count(oidcSubjects, isIssuers)) > 0) return { refusal: "taken" };
  }
  const person = existing ?? (await addPerson(transaction, { email, name: name ?? email }, now));
  await transaction
    .insert(oidcSubjects)
    .values({ issuer, subject, personId: person.personId, createdAt: now });
  return { person, isNew: existing === undefined };
}

async function addPerson(
  transaction: Transaction,
  said: { email: string; name: string },
  now: Date,
): Promise<Person> {
  const [person] = await transaction
    .insert(people)
    .values({ ...said, createdAt: now })
    .returning();
  if (person === undefined) throw new Error("A person was inserted and did not come back.");
  await recordPositions(transaction, now);
  return person;
}

/** As of their groups now; where the service could not say them, the role stays as it was. */
export async function giveRoleOfGroups(
  transaction: Transaction,
  { person, groups, roles }: { person: Person; groups: OidcIdentity["groups"]; roles: OidcConfig["roles"] },
  now: Date,
): Promise<void> {
  if (roles.length === 0 || groups === undefined) return;
  const given = roles.find(({ group }) => groups.includes(group))?.role;
  const isFromGroups = GROUP_ROLES.some((role) => role === person.role);
  const role = given ?? (isFromGroups ? "self" : person.role);
  if (role === person.role) return;
  if (person.role === "owner" && (await isOnlyOwner(transaction))) return;
  await transaction.update(people).set({ role }).where(eq(people.personId, person.personId));
  await appendAudit(transaction, now, {
    action: "role_given",
    actorId: null,
    subjectId: person.personId,
    reason: "Groups of the sign-in service",
    payload: { role, role_before: person.role },
  });
}

/** Locks the owners, so that of the last two only one can lose the role at a time. */
async function isOnlyOwner(transaction: Transaction): Promise<boolean> {
  const owners = await transaction
    .select({ personId: people.personId })
    .from(people)
    .where(eq(people.role, "owner"))
    .orderBy(asc(people.personId))
    .for("update");
  return owners.length === 1;
}
