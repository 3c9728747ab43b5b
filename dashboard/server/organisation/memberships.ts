// Who belonged to the organisation, and to which team, in a frame of weeks.
//
// Always holds: a person is in a team for a frame only if they were in it from its first day to its last. Who changed teams within it
// is in none, so that no team's figure holds a part of their weeks that another figure lacks. Who was erased is nowhere.

import { asc, eq } from "drizzle-orm";
import type { ClickHouseStore } from "../../../schemas/clickhouse/store.ts";
import type { PostgresStore } from "../../../schemas/postgres/open.ts";
import type { Position } from "../../../schemas/postgres/positions.ts";
import { people, personPositions, teams } from "../../../schemas/postgres/tables.ts";
import { toDay, toMonday } from "../../../schemas/working-days.ts";
import type { OrganisationScope } from "../access/scope.ts";
import { firstUses } from "../queries/first-uses.ts";
import type { Frame } from "./frames.ts";

export interface Memberships {
  /** Ids by name, by the alphabet. */
  teams: readonly { teamId: string; name: string }[];
  /** People who were there before the frame ended, with their team; null: in none for all of it. */
  during(frame: Frame): ReadonlyMap<string, string | null>;
}

interface Member {
  personId: string;
  /** The Monday of the week in which they were first heard of. */
  firstWeek: string;
  positions: Position[];
}

export async function readMemberships(
  { postgres: { db }, clickhouse }: { postgres: PostgresStore; clickhouse: ClickHouseStore },
  { scope, timezone, now }: { scope: OrganisationScope; timezone: string; now: Date },
): Promise<Memberships> {
  const [teamRows, positionRows, uses] = await Promise.all([
    db.select().from(teams).orderBy(asc(teams.name)),
    db
      .select({
        position: personPositions,
        createdAt: people.createdAt,
        teamId: people.teamId,
        personId: people.personId,
        managerId: people.managerId,
      })
      .from(people)
      .leftJoin(personPositions, eq(personPositions.personId, people.personId))
      .orderBy(asc(people.personId), asc(personPositions.validFrom)),
    clickhouse.query(firstUses, { min_group: scope, now }),
  ]);
  const firstDays = new Map(uses.map(({ person_id, first_day }) => [person_id, first_day]));
  const members = [...Map.groupBy(positionRows, ({ personId }) => personId).values()].flatMap(
    ([first, ...others]): Member[] => {
      if (first === undefined) return [];
      const created = toDay(first.createdAt, timezone);
      const used = firstDays.get(first.personId) ?? created;
      // Of whom no position is kept, it is taken that things were as they are.
      const only = { validFrom: first.createdAt, teamId: first.teamId, managerId: first.managerId };
      return [
        {
          personId: first.personId,
          firstWeek: toMonday(used < created ? used : created),
          positions: [first, ...others].map(({ position }) => position ?? only),
        },
      ];
    },
  );
  return {
    teams: teamRows,
    during: (frame) =>
      new Map(
        members
          .filter(({ firstWeek }) => firstWeek < frame.until)
          .map((member) => [member.personId, teamDuring(member, frame, timezone)]),
      ),
  };
}

function teamDuring(
  { firstWeek, positions }: Member,
  { from, until }: Frame,
  timezone: string,
): string | null {
  if (firstWeek > from) return null;
  // A change on a day counts as made at its beginning: nobody is in two teams on one day.
  const at = positions.map((position) => ({ ...position, day: toDay(position.validFrom, timezone) }));
  const first = at.findLast(({ day }) => day <= from) ?? at[0];
  const later = at.filter(({ day }) => day > from && day < until);
  const teamId = first?.teamId ?? null;
  return later.every((position) => position.teamId === teamId) ? teamId : null;
}
