// Who there is, for the owner: by name, a page at a time, with what can be changed of each.
//
// Always holds: the order is the alphabet, and no figure of anybody's use stands beside a name.

import { and, asc, eq, ilike, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { z } from "zod";
import type { PostgresStore } from "../../../schemas/postgres/open.ts";
import { people, teams } from "../../../schemas/postgres/tables.ts";
import type { PeoplePage } from "../../../schemas/settings-api.ts";
import { formatCursor, parseCursor } from "../http/cursor.ts";
import { readNewestVersions } from "./read-settings.ts";

const PAGE_PEOPLE = 50;
const cursorSchema = z.tuple([z.string(), z.uuid()]);

export interface PeopleReading {
  filter?: string | undefined;
  cursor?: string | undefined;
}

/** @throws AppError `bad_request` for a cursor that we did not give */
export async function listPeople(
  postgres: PostgresStore,
  { filter, cursor }: PeopleReading,
): Promise<PeoplePage> {
  const manager = alias(people, "manager");
  const rows = await postgres.db
    .select({ person: people, team: teams.name, manager: manager.name })
    .from(people)
    .leftJoin(teams, eq(teams.teamId, people.teamId))
    .leftJoin(manager, eq(manager.personId, people.managerId))
    .where(and(toFilter(filter), toPlace(cursor)))
    .orderBy(asc(sql`lower(${people.name})`), asc(people.personId))
    .limit(PAGE_PEOPLE + 1);
  const page = rows.slice(0, PAGE_PEOPLE);
  const versions = await readNewestVersions(
    postgres,
    page.map(({ person }) => `person:${person.personId}`),
  );
  const last = page.at(-1)?.person;
  return {
    people: page.map(({ person, team, manager: managerName }) => {
      const { personId, email, name, teamId, managerId, role } = person;
      return {
        person_id: personId,
        version: versions.get(`person:${personId}`) ?? 0,
        state: { email, name, team_id: teamId, manager_id: managerId, role },
        team,
        manager: managerName,
      };
    }),
    next_cursor:
      rows.length > page.length && last ? formatCursor([last.name.toLowerCase(), last.personId]) : null,
  };
}

/** What it means for a pattern to Postgres is taken as it is typed. */
function toFilter(filter: string | undefined) {
  if (filter === undefined || filter.trim() === "") return undefined;
  const part = `%${filter.trim().replaceAll(/[\\%_]/g, "\\$&")}%`;
  return or(ilike(people.name, part), ilike(people.email, part));
}

function toPlace(cursor: string | undefined) {
  if (cursor === undefined) return undefined;
  const [name, personId] = parseCursor(cursor, cursorSchema);
  return sql`(lower(${people.name}), ${people.personId}) > (${name}, ${personId}::uuid)`;
}
