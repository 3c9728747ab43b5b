// What was released of the organisation's figures, as it was shown. The table is beside tables.ts and obeys the same rules.
//
// Always holds: a release never changes, so that what came late can't be had as the difference of two of them; none names a person.

import { date, jsonb, pgTable } from "drizzle-orm/pg-core";
import { forSystem, instant } from "./tables.ts";

export const organisationReleases = pgTable(
  "organisation_releases",
  {
    /** The Monday of its first week, in the organisation's zone. */
    firstDay: date("first_day", { mode: "string" }).primaryKey(),
    releasedAt: instant("released_at").notNull(),
    /** As schemas/organisation-api.ts has it. */
    body: jsonb("body").notNull(),
  },
  // No person reads it: the routes for owners and managers do.
  () => [forSystem],
);
