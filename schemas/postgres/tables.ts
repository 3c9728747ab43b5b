// What people decide, and who they are: the tables in Postgres. Migrations are generated from this file by
// `npm run migrations:postgres` and are never edited once they are merged.

import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  foreignKey,
  index,
  jsonb,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { KEY_KINDS, ROLES, WORKLOAD_CLASSES } from "../closed-lists.ts";

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

export const teams = pgTable("teams", {
  teamId: uuid("team_id").primaryKey().defaultRandom(),
  name: text("name").notNull().unique(),
});

/** One row a person. The address is kept in lower case, so that it is one however it was typed. */
export const people = pgTable(
  "people",
  {
    personId: uuid("person_id").primaryKey().defaultRandom(),
    email: text("email").notNull(),
    name: text("name").notNull(),
    teamId: uuid("team_id").references(() => teams.teamId),
    managerId: uuid("manager_id"),
    role: text("role", { enum: ROLES }).notNull().default("self"),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex("people_email").on(table.email),
    check("people_email_lower", sql`${table.email} = lower(${table.email})`),
    foreignKey({ columns: [table.managerId], foreignColumns: [table.personId], name: "people_manager" }),
    check("people_not_own_manager", sql`${table.managerId} <> ${table.personId}`),
  ],
);

/** Assay keys. The secret itself is shown once and never kept. A service key belongs to nobody. */
export const keys = pgTable(
  "keys",
  {
    keyId: uuid("key_id").primaryKey().defaultRandom(),
    kind: text("kind", { enum: KEY_KINDS }).notNull(),
    personId: uuid("person_id").references(() => people.personId),
    name: text("name").notNull(),
    secretSha256: text("secret_sha256").notNull().unique(),
    /** Its first characters, so that a person recognises it in a list: `assay_Ab3d`. */
    hint: text("hint").notNull(),
    workloadClass: text("workload_class", { enum: WORKLOAD_CLASSES }),
    createdAt: instant("created_at").notNull().defaultNow(),
    expiresAt: instant("expires_at"),
    revokedAt: instant("revoked_at"),
  },
  (table) => [
    index("keys_person").on(table.personId),
    check("keys_person_or_service", sql`(${table.kind} = 'person') = (${table.personId} IS NOT NULL)`),
  ],
);

/** One-time links into the dashboard: the SHA-256 of each link's token. */
export const loginLinks = pgTable("login_links", {
  tokenSha256: text("token_sha256").primaryKey(),
  personId: uuid("person_id")
    .notNull()
    .references(() => people.personId),
  createdAt: instant("created_at").notNull().defaultNow(),
  expiresAt: instant("expires_at").notNull(),
  usedAt: instant("used_at"),
});

export const sessions = pgTable(
  "sessions",
  {
    tokenSha256: text("token_sha256").primaryKey(),
    personId: uuid("person_id")
      .notNull()
      .references(() => people.personId),
    createdAt: instant("created_at").notNull().defaultNow(),
    expiresAt: instant("expires_at").notNull(),
    endedAt: instant("ended_at"),
  },
  (table) => [index("sessions_person").on(table.personId)],
);

/**
 * Who looked at whose data, or acted on it, and why. Append-only; each row carries the hash of the one before, so that a
 * row that was changed or taken out is found. `payloadSha256` stands in the chain, so that a payload can be erased.
 */
export const audit = pgTable(
  "audit",
  {
    auditId: bigint("audit_id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    at: instant("at").notNull(),
    /** The person who acted; null for an operator at the command line. */
    actorId: uuid("actor_id"),
    action: text("action").notNull(),
    subjectId: uuid("subject_id"),
    reason: text("reason"),
    payload: jsonb("payload"),
    payloadSha256: text("payload_sha256").notNull(),
    previousHash: text("previous_hash").notNull(),
    hash: text("hash").notNull().unique(),
  },
  (table) => [index("audit_subject").on(table.subjectId, table.at)],
);
