// Who was in which team and reported to whom, at any time: the rows of `person_positions`. A row holds from its time until the
// person's next one. Whoever changes people says so here, in the same transaction; where nothing has changed, no row is added.
//
// Always holds: of the time before a person's first row it is taken that things were as they were first known. Who was erased
// is in nobody's history.

import { asc, eq, sql } from "drizzle-orm";
import type { Database, Transaction } from "./open.ts";
import { people, personPositions } from "./tables.ts";

export type Position = Pick<typeof personPositions.$inferSelect, "validFrom" | "teamId" | "managerId">;

/** Notes as of `now` what has changed of anybody. A clock that was set back changes no order. */
export async function recordPositions(transaction: Transaction, now: Date): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO ${personPositions} (person_id, valid_from, team_id, manager_id)
    SELECT person.person_id, greatest(${now.toISOString()}::timestamptz, last.valid_from), person.team_id, person.manager_id
    FROM ${people} AS person
    LEFT JOIN LATERAL (
      SELECT * FROM ${personPositions} AS position
      WHERE position.person_id = person.person_id ORDER BY position.valid_from DESC LIMIT 1
    ) AS last ON true
    WHERE last.person_id IS NULL
      OR (last.team_id, last.manager_id) IS DISTINCT FROM (person.team_id, person.manager_id)
    ON CONFLICT (person_id, valid_from)
    DO UPDATE SET team_id = excluded.team_id, manager_id = excluded.manager_id`);
}

/** A person's positions, oldest first. */
export async function readPositions(database: Database, personId: string): Promise<Position[]> {
  return database
    .select({
      validFrom: personPositions.validFrom,
      teamId: personPositions.teamId,
      managerId: personPositions.managerId,
    })
    .from(personPositions)
    .where(eq(personPositions.personId, personId))
    .orderBy(asc(personPositions.validFrom));
}

/** The one that held at a time; undefined where there is none at all. */
export function positionAt(positions: readonly Position[], at: Date): Position | undefined {
  return positions.findLast(({ validFrom }) => validFrom <= at) ?? positions[0];
}
