// Finds the person of an address, with the team that they were in at the time of a call, and makes one where there is none: the
// history of an organisation may come before its people do. Addresses are compared in lower case.

import { eq } from "drizzle-orm";
import type { PostgresStore } from "../../schemas/postgres/open.ts";
import { positionAt, readPositions } from "../../schemas/postgres/positions.ts";
import { people } from "../../schemas/postgres/tables.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";

/** More people than this are looked up again; the largest organisation that was thought of has 100,000. */
const PEOPLE_KEPT_MAX = 200_000;

export interface ImportedPerson {
  personId: string;
  /** What an event of that time says of them. */
  fieldsAt(startedAt: string): Pick<TokenEvent, "person_id" | "team_id" | "key_kind">;
}

export function createPeopleByEmail({ db }: PostgresStore): (email: string) => Promise<ImportedPerson> {
  const known = new Map<string, ImportedPerson>();

  async function find(email: string): Promise<ImportedPerson | undefined> {
    const [person] = await db.select().from(people).where(eq(people.email, email));
    if (!person) return undefined;
    const { personId, teamId } = person;
    const positions = await readPositions(db, personId);
    return {
      personId,
      fieldsAt(startedAt) {
        const position = positionAt(positions, new Date(startedAt)) ?? { teamId };
        return { person_id: personId, team_id: position.teamId, key_kind: "person" };
      },
    };
  }

  /** Looked for first: each insert, also one in vain, has gateways read all people again. */
  async function findOrMake(email: string): Promise<ImportedPerson> {
    const before = await find(email);
    if (before) return before;
    await db
      .insert(people)
      .values({ email, name: email.split("@", 1)[0] ?? email })
      .onConflictDoNothing();
    const person = await find(email);
    if (!person) throw new Error("a person that was just made is gone");
    return person;
  }

  return async (email) => {
    const before = known.get(email);
    if (before) return before;
    const person = await findOrMake(email);
    if (known.size >= PEOPLE_KEPT_MAX) known.clear();
    known.set(email, person);
    return person;
  };
}
