// Finds the person of an address, and makes one where there is none: the history of an organisation may come before its
// people do. Addresses are compared in lower case.

import { eq } from "drizzle-orm";
import type { PostgresStore } from "../../schemas/postgres/open.ts";
import { people } from "../../schemas/postgres/tables.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";

/** More people than this are looked up again; the largest organisation that was thought of has 100,000. */
const PEOPLE_KEPT_MAX = 200_000;

export type PersonFields = Pick<TokenEvent, "person_id" | "team_id" | "key_kind">;

export function createPeopleByEmail({ db }: PostgresStore): (email: string) => Promise<PersonFields> {
  const known = new Map<string, PersonFields>();

  async function find(email: string): Promise<PersonFields | undefined> {
    const [person] = await db.select().from(people).where(eq(people.email, email));
    return person && { person_id: person.personId, team_id: person.teamId, key_kind: "person" };
  }

  return async (email) => {
    const before = known.get(email);
    if (before) return before;
    await db
      .insert(people)
      .values({ email, name: email.split("@", 1)[0] ?? email })
      .onConflictDoNothing();
    const person = await find(email);
    if (!person) throw new Error("a person that was just made is gone");
    if (known.size >= PEOPLE_KEPT_MAX) known.clear();
    known.set(email, person);
    return person;
  };
}
