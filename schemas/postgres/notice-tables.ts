// What people are told, how, and what they don't want to be told. The tables are beside tables.ts and obey the same rules.
//
// Always holds: a notice says what it is about by an id, and never what was found; who may not see the thing learns nothing from
// its notice.

import { sql } from "drizzle-orm";
import {
  boolean,
  index,
  integer,
  pgPolicy,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { NOTICE_CHANNELS, NOTICE_KINDS } from "../closed-lists.ts";
import { forSystem, instant, isActor, people } from "./tables.ts";

/** One row a thing that a person is told. */
export const notices = pgTable(
  "notices",
  {
    noticeId: uuid("notice_id").primaryKey().defaultRandom(),
    personId: uuid("person_id")
      .notNull()
      .references(() => people.personId),
    kind: text("kind", { enum: NOTICE_KINDS }).notNull(),
    /** Id of the pattern, or of the key. */
    about: uuid("about").notNull(),
    createdAt: instant("created_at").notNull(),
    readAt: instant("read_at"),
  },
  (table) => [
    index("notices_person").on(table.personId, table.createdAt),
    // Nobody is told the same twice, whoever noticed it first.
    uniqueIndex("notices_once").on(table.personId, table.kind, table.about),
    forSystem,
    pgPolicy("own_read", { for: "select", using: isActor(table.personId) }),
    pgPolicy("own_update", { for: "update", using: isActor(table.personId) }),
  ],
);

/** A notice on its way out of the house: one row a channel, tried again until it has arrived or was tried often enough. */
export const noticeDeliveries = pgTable(
  "notice_deliveries",
  {
    noticeId: uuid("notice_id")
      .notNull()
      .references(() => notices.noticeId, { onDelete: "cascade" }),
    channel: text("channel", { enum: NOTICE_CHANNELS }).notNull(),
    attempts: integer("attempts").notNull().default(0),
    /** Null: it has arrived, or was given up. */
    nextAttemptAt: instant("next_attempt_at"),
    deliveredAt: instant("delivered_at"),
    /** Of the last attempt that failed. */
    failure: text("failure"),
  },
  (table) => [
    primaryKey({ columns: [table.noticeId, table.channel] }),
    index("notice_deliveries_due")
      .on(table.nextAttemptAt)
      .where(sql`${table.nextAttemptAt} IS NOT NULL`),
    forSystem,
  ],
);

/** What a person switched on or off; without a row a kind is told on every channel that there is. */
export const noticePreferences = pgTable(
  "notice_preferences",
  {
    personId: uuid("person_id")
      .notNull()
      .references(() => people.personId),
    kind: text("kind", { enum: NOTICE_KINDS }).notNull(),
    channel: text("channel", { enum: NOTICE_CHANNELS }).notNull(),
    isOn: boolean("is_on").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.personId, table.kind, table.channel] }),
    forSystem,
    pgPolicy("own_read", { for: "select", using: isActor(table.personId) }),
    pgPolicy("own_insert", { for: "insert", withCheck: isActor(table.personId) }),
    pgPolicy("own_update", { for: "update", using: isActor(table.personId) }),
  ],
);
