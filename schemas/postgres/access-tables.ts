// How people and their programs get in: one-time links, the organisation's sign-in service, sessions, personal access tokens. The
// tables are beside tables.ts and obey the same rules.
//
// Always holds: of a token there is only its SHA-256; what an attempt to sign in needs is gone when it is used or too old.

import { sql } from "drizzle-orm";
import { index, pgPolicy, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { SIGN_IN_METHODS, TOKEN_SCOPES } from "../closed-lists.ts";
import { forSystem, instant, isActor, people } from "./tables.ts";

/** One-time links into the dashboard: the SHA-256 of each link's token. */
export const loginLinks = pgTable(
  "login_links",
  {
    tokenSha256: text("token_sha256").primaryKey(),
    personId: uuid("person_id")
      .notNull()
      .references(() => people.personId),
    createdAt: instant("created_at").notNull().defaultNow(),
    expiresAt: instant("expires_at").notNull(),
    usedAt: instant("used_at"),
  },
  () => [forSystem],
);

export const sessions = pgTable(
  "sessions",
  {
    tokenSha256: text("token_sha256").primaryKey(),
    personId: uuid("person_id")
      .notNull()
      .references(() => people.personId),
    /** The same for all tokens that took each other's place since a person signed in. */
    sessionId: uuid("session_id").notNull().defaultRandom(),
    method: text("method", { enum: SIGN_IN_METHODS }).notNull().default("link"),
    signedInAt: instant("signed_in_at").notNull().defaultNow(),
    /** Of this token. */
    createdAt: instant("created_at").notNull().defaultNow(),
    expiresAt: instant("expires_at").notNull(),
    /** A token that another one took the place of ends a moment later, so that requests under way are answered. */
    endedAt: instant("ended_at"),
  },
  (table) => [
    index("sessions_person").on(table.personId),
    index("sessions_session").on(table.sessionId),
    forSystem,
  ],
);

/** Tokens with which a person's own programs ask the API as that person, within scopes. */
export const accessTokens = pgTable(
  "access_tokens",
  {
    tokenId: uuid("token_id").primaryKey().defaultRandom(),
    personId: uuid("person_id")
      .notNull()
      .references(() => people.personId),
    name: text("name").notNull(),
    tokenSha256: text("token_sha256").notNull().unique(),
    /** Its first characters, so that a person recognises it in a list. */
    hint: text("hint").notNull(),
    scopes: text("scopes", { enum: TOKEN_SCOPES }).array().notNull(),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    /** To the hour, so that asking often writes seldom. */
    lastUsedAt: instant("last_used_at"),
    revokedAt: instant("revoked_at"),
  },
  (table) => [
    index("access_tokens_person").on(table.personId),
    forSystem,
    pgPolicy("own_read", { for: "select", using: isActor(table.personId) }),
    pgPolicy("own_insert", { for: "insert", withCheck: isActor(table.personId) }),
    pgPolicy("own_update", { for: "update", using: isActor(table.personId) }),
  ],
);

/** Ways to the organisation's sign-in service that somebody is on: what has to be the same when they come back. */
export const oidcAttempts = pgTable(
  "oidc_attempts",
  {
    stateSha256: text("state_sha256").primaryKey(),
    codeVerifier: text("code_verifier").notNull(),
    nonce: text("nonce").notNull(),
    /** The page that they wanted. */
    returnPath: text("return_path").notNull(),
    expiresAt: instant("expires_at").notNull(),
  },
  () => [forSystem],
);

/** Whom the sign-in service means by its own ids, which stay when an address changes. */
export const oidcSubjects = pgTable(
  "oidc_subjects",
  {
    issuer: text("issuer").notNull(),
    subject: text("subject").notNull(),
    personId: uuid("person_id")
      .notNull()
      .references(() => people.personId),
    createdAt: instant("created_at")
      .notNull()
      .default(sql`now()`),
  },
  (table) => [
    primaryKey({ columns: [table.issuer, table.subject] }),
    index("oidc_subjects_person").on(table.personId),
    forSystem,
  ],
);
