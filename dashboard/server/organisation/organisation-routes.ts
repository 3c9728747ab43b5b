// The organisation's figures for its owner, and a team's for whoever leads it. Both are read from releases, and from nothing else.

import { eq } from "drizzle-orm";
import { organisationSchema, teamTotalsSchema, type TeamTotals } from "../../../schemas/organisation-api.ts";
import { people, teams } from "../../../schemas/postgres/tables.ts";
import type { OrganisationScope } from "../access/scope.ts";
import type { Dashboard } from "../dashboard.ts";
import { defineRoute } from "../http/route.ts";
import { readReleases } from "./releases.ts";
import { listHeldTargets } from "./target-answers.ts";

export const organisationRoutes = [
  defineRoute({
    method: "GET",
    path: "/organisation",
    summary: "Releases of the organisation's figures, newest first; groups, and nobody by name",
    access: "owner",
    token: "organisation",
    answer: organisationSchema,
    async handle({ who: { organisation: scope }, dashboard: { stores, config }, now }) {
      const [{ releases, nextOn }, held] = await Promise.all([
        readReleases(stores, { scope, config, now }),
        listHeldTargets(stores.postgres),
      ]);
      const targets = held.map(({ name, measure, threshold, announcedOn: announced_on }) => ({
        name,
        measure,
        threshold,
        announced_on,
      }));
      return { min_group: scope, releases, next_on: nextOn, targets };
    },
  }),
  defineRoute({
    method: "GET",
    path: "/review/team",
    summary: "Totals of the asking manager's own team, where it has enough people",
    access: "manager",
    answer: teamTotalsSchema,
    handle: ({ who: { organisation, session }, dashboard, now }) =>
      readTeamTotals(dashboard, { personId: session.personId, scope: organisation, now }),
  }),
];

/** The row that the owner sees of the team, or nothing: a manager learns no more than that. */
async function readTeamTotals(
  { stores, config }: Dashboard,
  { personId, scope, now }: { personId: string; scope: OrganisationScope; now: Date },
): Promise<TeamTotals> {
  const { db } = stores.postgres;
  const [team] = await db
    .select({ teamId: teams.teamId, name: teams.name })
    .from(people)
    .innerJoin(teams, eq(teams.teamId, people.teamId))
    .where(eq(people.personId, personId));
  const { releases, nextOn } = await readReleases(stores, { scope, config, now });
  const [release] = releases;
  const mates = team === undefined ? 0 : await db.$count(people, eq(people.teamId, team.teamId));
  return {
    min_group: scope,
    next_on: nextOn,
    period: release === undefined ? null : { from: release.from, to: release.to },
    team: team?.name ?? null,
    people: mates,
    totals: release?.teams.find(({ name }) => name === team?.name) ?? null,
  };
}
