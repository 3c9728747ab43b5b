// What outcome intake has to remember from one delivery to the next: an approval before the merge, a failing check before the passing
// one, who made the commits of a branch. It belongs here, and not into ClickHouse, because it is read and replaced under a lock,
// by any number of processes, and gone when it is no longer needed.
//
// Always holds: what something is about is a link-keyed hash, and so is what tells several of the same apart; a value holds hashes,
// ids and times. No name and no text.

import { index, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { OUTCOME_FACTS } from "../closed-lists.ts";
import { forSystem, instant, people } from "./tables.ts";

export const outcomeFacts = pgTable(
  "outcome_facts",
  {
    fact: text("fact", { enum: OUTCOME_FACTS }).notNull(),
    subject: text("subject").notNull(),
    /** Which of several; empty where there is one. */
    detail: text("detail").notNull().default(""),
    /** Of a commit, and of an outcome that commits may still be found for. Goes with the person. */
    personId: uuid("person_id").references(() => people.personId),
    value: jsonb("value"),
    at: instant("at").notNull(),
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.subject, table.fact, table.detail] }),
    index("outcome_facts_person").on(table.personId),
    index("outcome_facts_expiry").on(table.expiresAt),
    forSystem,
  ],
);
