// What people decide, and who they are: the tables in Postgres. Migrations are generated from this file by
// `npm run migrations:postgres` and are never edited once they are merged.
//
// Always holds: every table says who may see and change which of its rows (row-level security, forced also on the tables'
// owner). A connection says as whom it acts (scope.ts): as the product itself, or as one person. One that has not said so
// sees no row of any table. A table without a policy is nobody's, and a test finds it.

import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  date,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  pgPolicy,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
  type AnyPgColumn,
} from "drizzle-orm/pg-core";
import { KEY_KINDS, ROLES, TARGET_MEASURES, WORKLOAD_CLASSES } from "../closed-lists.ts";

export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** As whom a connection or a transaction acts: SYSTEM, or the id of a person. */
export const ACTING_AS = "assay.acting_as";
/** The product's own work: commands, signing in, the audit, the identity snapshot. */
export const SYSTEM = "system";

/** In a SELECT of its own it is asked once a statement, and not once a row. */
export const actor = sql.raw(`(SELECT current_setting('${ACTING_AS}', true))`);
export const forSystem = pgPolicy("system", { using: sql`${actor} = ${sql.raw(`'${SYSTEM}'`)}` });
export const isActor = (column: AnyPgColumn) => sql`${column}::text = ${actor}`;

export const teams = pgTable(
  "teams",
  {
    teamId: uuid("team_id").primaryKey().defaultRandom(),
    name: text("name").notNull().unique(),
  },
  () => [forSystem],
);

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
    forSystem,
    pgPolicy("own_read", { for: "select", using: isActor(table.personId) }),
  ],
);

/**
 * Whose manager and team were whose, and since when. A row holds until the person's next one. Events keep the team of their
 * time themselves; this is for calls that are imported later, and for who was responsible at a time.
 */
export const personPositions = pgTable(
  "person_positions",
  {
    personId: uuid("person_id")
      .notNull()
      .references(() => people.personId),
    /** When Assay was told. */
    validFrom: instant("valid_from").notNull(),
    teamId: uuid("team_id").references(() => teams.teamId),
    managerId: uuid("manager_id").references(() => people.personId),
  },
  (table) => [
    primaryKey({ columns: [table.personId, table.validFrom] }),
    // For an erasure, which takes the person out of what is said of others.
    index("person_positions_manager").on(table.managerId),
    forSystem,
  ],
);

/** Assay keys. The secret itself is shown once and never kept. A service key belongs to nobody, and may belong to a team. */
export const keys = pgTable(
  "keys",
  {
    keyId: uuid("key_id").primaryKey().defaultRandom(),
    kind: text("kind", { enum: KEY_KINDS }).notNull(),
    personId: uuid("person_id").references(() => people.personId),
    /** Of a service. A person's calls are their own team's. */
    teamId: uuid("team_id").references(() => teams.teamId),
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
    check("keys_team_of_service", sql`${table.teamId} IS NULL OR ${table.kind} = 'service'`),
    forSystem,
    pgPolicy("own_read", { for: "select", using: isActor(table.personId) }),
    pgPolicy("own_insert", { for: "insert", withCheck: isActor(table.personId) }),
    pgPolicy("own_update", { for: "update", using: isActor(table.personId) }),
  ],
);

/**
 * When a person's runs, or a service's, start by themselves. Only its end ever changes what a schedule says; who wants other
 * times registers another one. Analytics writes its times into ClickHouse (`analytics/declared-classes.ts`).
 */
export const schedules = pgTable(
  "schedules",
  {
    scheduleId: uuid("schedule_id").primaryKey().defaultRandom(),
    /** Null: of the service that the key is of. */
    personId: uuid("person_id").references(() => people.personId),
    /** Runs of this key alone; null: of any of the person's. */
    keyId: uuid("key_id").references(() => keys.keyId),
    name: text("name").notNull(),
    cron: text("cron").notNull(),
    timezone: text("timezone").notNull(),
    /** After each of its times, for so many minutes, a run that starts is the schedule's. */
    minutes: integer("minutes").notNull(),
    workloadClass: text("workload_class", { enum: WORKLOAD_CLASSES }).notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
    /** The person who registered it; null for an operator at the command line. */
    createdBy: uuid("created_by"),
    /** When it was approved as an explanation, and by whom. */
    acceptedAt: instant("accepted_at"),
    acceptedBy: uuid("accepted_by").references(() => people.personId, { onDelete: "set null" }),
    endedAt: instant("ended_at"),
    /** Its times before this are in ClickHouse. */
    writtenUntil: instant("written_until"),
    /** Whether ClickHouse knows of its beginning and its end; time that has gone on since is another matter. */
    isWritten: boolean("is_written").notNull().default(false),
  },
  (table) => [
    index("schedules_person").on(table.personId),
    check("schedules_person_or_key", sql`${table.personId} IS NOT NULL OR ${table.keyId} IS NOT NULL`),
    forSystem,
    pgPolicy("own_read", { for: "select", using: isActor(table.personId) }),
    pgPolicy("own_insert", { for: "insert", withCheck: isActor(table.personId) }),
    pgPolicy("own_update", { for: "update", using: isActor(table.personId) }),
  ],
);

/** Classes that people gave runs of their own afterwards. What one says never changes; it holds until it is withdrawn. */
export const classCorrections = pgTable(
  "class_corrections",
  {
    correctionId: uuid("correction_id").primaryKey().defaultRandom(),
    personId: uuid("person_id")
      .notNull()
      .references(() => people.personId),
    /** As the run was called then. Calls that come late can join runs and give them other ids; its first call stays. */
    runId: text("run_id").notNull(),
    eventId: uuid("event_id").notNull(),
    eventStartedAt: instant("event_started_at").notNull(),
    workloadClass: text("workload_class", { enum: WORKLOAD_CLASSES }).notNull(),
    /** What the run's class was; null: undeclared. */
    previousClass: text("previous_class", { enum: WORKLOAD_CLASSES }),
    reason: text("reason"),
    createdAt: instant("created_at").notNull().defaultNow(),
    withdrawnAt: instant("withdrawn_at"),
    /** With the run. */
    expiresAt: instant("expires_at").notNull(),
    /** Whether ClickHouse knows that it was made, and that it was withdrawn. */
    isWritten: boolean("is_written").notNull().default(false),
  },
  (table) => [
    index("class_corrections_person").on(table.personId, table.eventStartedAt),
    index("class_corrections_expiry").on(table.expiresAt),
    index("class_corrections_unwritten")
      .on(table.isWritten)
      .where(sql`NOT ${table.isWritten}`),
    forSystem,
    pgPolicy("own_read", { for: "select", using: isActor(table.personId) }),
    pgPolicy("own_insert", { for: "insert", withCheck: isActor(table.personId) }),
    pgPolicy("own_update", { for: "update", using: isActor(table.personId) }),
  ],
);

/** Targets for usage that the organisation announced to its people. Everybody may know of them: they were told. */
export const organisationTargets = pgTable(
  "organisation_targets",
  {
    targetId: uuid("target_id").primaryKey().defaultRandom(),
    name: text("name").notNull(),
    measure: text("measure", { enum: TARGET_MEASURES }).notNull(),
    /** In the unit of the measure. */
    threshold: doublePrecision("threshold").notNull(),
    /** The first day on which people knew of it. */
    announcedOn: date("announced_on", { mode: "string" }).notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
    endedAt: instant("ended_at"),
  },
  (table) => [
    check("organisation_targets_threshold", sql`${table.threshold} > 0`),
    forSystem,
    pgPolicy("person_read", { for: "select", using: sql`${actor} <> ''` }),
  ],
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
  (table) => [
    index("audit_subject").on(table.subjectId, table.at),
    forSystem,
    pgPolicy("own_read", {
      for: "select",
      using: sql`${isActor(table.subjectId)} OR ${isActor(table.actorId)}`,
    }),
    pgPolicy("officer_read", {
      for: "select",
      using: sql`EXISTS (SELECT FROM people WHERE ${isActor(people.personId)} AND ${people.role} = 'officer')`,
    }),
  ],
);

/**
 * One row, whose version is another one after every change of what gateways know: keys, and people's addresses and teams. Triggers
 * set it, in the transaction of the change. A random version is never the same twice, also when a backup is restored.
 */
export const identityVersion = pgTable(
  "identity_version",
  {
    isOnly: boolean("is_only").primaryKey().default(true),
    version: uuid("version").notNull().defaultRandom(),
  },
  (table) => [
    check("identity_version_one_row", sql`${table.isOnly}`),
    forSystem,
    // It tells of nobody. Who changes a key of their own changes it, too.
    pgPolicy("person_read", { for: "select", using: sql`${actor} <> ''` }),
    pgPolicy("person_update", { for: "update", using: sql`${actor} <> ''` }),
  ],
);
