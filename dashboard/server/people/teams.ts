// Teams, found by their name as the list of people gave it.

import { eq } from "drizzle-orm";
import { AppError } from "../../../schemas/app-error.ts";
import type { Database } from "../../../schemas/postgres/open.ts";
import { teams } from "../../../schemas/postgres/tables.ts";

export type Team = typeof teams.$inferSelect;

/** @throws AppError `not_found` */
export async function findTeam(database: Database, name: string): Promise<Team> {
  const [team] = await database.select().from(teams).where(eq(teams.name, name.trim()));
  if (team !== undefined) return team;
  const message = `There is no team ${name}. Teams come with the list of people: npx assay people import FILE.csv`;
  throw new AppError("not_found", message);
}
