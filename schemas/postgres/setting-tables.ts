// What the organisation set on the Settings page: each change a version, with its author and reason. The table is beside tables.ts and
// obeys the same rules.
//
// Always holds: a version never changes; the newest of a name is in force, and taking one back is another version.

import { bigint, boolean, index, jsonb, pgPolicy, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { sql } from "drizzle-orm";
import { actor, forSystem, instant, people } from "./tables.ts";

export const settingVersions = pgTable(
  "setting_versions",
  {
    version: bigint("version", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    name: text("name").notNull(),
    /** Null: as the configuration has it. */
    value: jsonb("value"),
    reason: text("reason").notNull(),
    changedAt: instant("changed_at").notNull(),
    /** Null: an operator at the command line. */
    changedBy: uuid("changed_by").references(() => people.personId, { onDelete: "set null" }),
    /** The version that this one takes back. */
    undoes: bigint("undoes", { mode: "number" }),
    /** Whether everybody may read it: rules are, what is about one person is not. */
    isPublic: boolean("is_public").notNull(),
  },
  (table) => [
    index("setting_versions_name").on(table.name, table.version),
    forSystem,
    pgPolicy("person_read", { for: "select", using: sql`${table.isPublic} AND ${actor} <> ''` }),
  ],
);
