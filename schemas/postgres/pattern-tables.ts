// What is decided of patterns, the policy without which nobody is scored, and the templates by which nobody replays: tables in Postgres.
// They are beside tables.ts and obey the same rules.
//
// Always holds: a person sees their own pattern from `notified` on, their manager while it is `open`, the officer while a contest
// waits for an answer; what belongs to a pattern is seen by those who see the pattern. People only read here: every change is a step of
// patterns.ts, which the product does for them, and writes to the audit.

import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgPolicy,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
  type AnyPgColumn,
} from "drizzle-orm/pg-core";
import {
  PATTERN_CAUSES,
  PATTERN_CLOSINGS,
  PATTERN_STATEMENTS,
  PATTERN_STATES,
  P_VALUE_SOURCES,
  SIGNAL_FAMILIES,
  WORKLOAD_CLASSES,
} from "../closed-lists.ts";
import { actor, forSystem, instant, isActor, people } from "./tables.ts";

/** What people were told of scoring: each publication a row, the newest holds. Nobody is scored before the first. */
export const policies = pgTable(
  "policies",
  {
    /** From 1. */
    version: integer("version").primaryKey(),
    body: text("body").notNull(),
    /** Of the rules and numbers that it speaks of. */
    methodVersion: text("method_version").notNull(),
    publishedAt: instant("published_at").notNull(),
    /** Null: an operator at the command line. */
    publishedBy: uuid("published_by").references(() => people.personId, { onDelete: "set null" }),
  },
  () => [forSystem, pgPolicy("person_read", { for: "select", using: sql`${actor} <> ''` })],
);

/** One row a pattern: what is known of it now. A person has at most one that is not closed for each set of mechanisms. */
export const patterns = pgTable(
  "patterns",
  {
    patternId: uuid("pattern_id").primaryKey().defaultRandom(),
    personId: uuid("person_id")
      .notNull()
      .references(() => people.personId),
    state: text("state", { enum: PATTERN_STATES }).notNull(),
    /** In alphabetical order. They grow until the person is told, and then stay. */
    families: text("families", { enum: SIGNAL_FAMILIES }).array().notNull(),
    /** Mondays of the first and the last week that have it. */
    firstWeek: date("first_week", { mode: "string" }).notNull(),
    lastWeek: date("last_week", { mode: "string" }).notNull(),
    /** List price of the runs that the mechanisms name, over the weeks looked at last, and of everything of the person's. */
    namedCostUsd: doublePrecision("named_cost_usd").notNull(),
    ownCostUsd: doublePrecision("own_cost_usd").notNull(),
    /** What the person was told with: `namedCostUsd` and `lastWeek` of that moment. Null: nobody was told yet. */
    toldCostUsd: doublePrecision("told_cost_usd"),
    toldLastWeek: date("told_last_week", { mode: "string" }),
    /** Outcomes of those runs that are due, and that were expected; of runs that are not provisional. */
    dueOutcomes: doublePrecision("due_outcomes").notNull(),
    expectedOutcomes: doublePrecision("expected_outcomes").notNull(),
    /** Null: not enough evidence. */
    pLowValue: doublePrecision("p_low_value"),
    /** Of those runs, with the bounds of its interval; null where that is. */
    yieldMean: doublePrecision("yield_mean"),
    yieldLow: doublePrecision("yield_low"),
    yieldHigh: doublePrecision("yield_high"),
    /** Share of the named cost that registered schedules started. */
    scheduledShare: doublePrecision("scheduled_share").notNull(),
    methodVersion: text("method_version").notNull(),
    /** Of the newest row of signals behind the evidence: another one says that it has changed. */
    evidenceVersion: bigint("evidence_version", { mode: "number" }).notNull().default(0),
    observedAt: instant("observed_at").notNull(),
    notifiedAt: instant("notified_at"),
    openedAt: instant("opened_at"),
    closedAt: instant("closed_at"),
    closedBy: text("closed_by", { enum: PATTERN_CLOSINGS }),
    /** The direct manager on the day it opened; null: there was none, or it is another one by now. */
    managerId: uuid("manager_id").references(() => people.personId),
    /** A contest without an answer stops the clock; there is one a pattern. */
    contestedAt: instant("contested_at"),
    answeredAt: instant("answered_at"),
    /** Working days that the clock stood still since the state began. */
    pausedWorkingDays: integer("paused_working_days").notNull().default(0),
  },
  (table) => [
    index("patterns_person").on(table.personId),
    index("patterns_manager").on(table.managerId),
    uniqueIndex("patterns_live")
      .on(table.personId, table.families)
      .where(sql`${table.closedAt} IS NULL`),
    forSystem,
    pgPolicy("own_read", {
      for: "select",
      using: sql`${isActor(table.personId)} AND ${table.notifiedAt} IS NOT NULL`,
    }),
    pgPolicy("manager_read", {
      for: "select",
      using: sql`${table.state} = 'open' AND ${isActor(table.managerId)}`,
    }),
    pgPolicy("officer_read", {
      for: "select",
      using: sql`${table.closedAt} IS NULL AND ${table.contestedAt} IS NOT NULL AND ${table.answeredAt} IS NULL
        AND EXISTS (SELECT FROM people WHERE ${isActor(people.personId)} AND ${people.role} = 'officer')`,
    }),
  ],
);

const patternId = () =>
  uuid("pattern_id")
    .notNull()
    .references(() => patterns.patternId, { onDelete: "cascade" });

/** Whoever sees the pattern. The subquery goes through the policies of `patterns`. */
const ofPattern = (column: AnyPgColumn) =>
  pgPolicy("of_pattern", {
    for: "select",
    using: sql`EXISTS (SELECT FROM patterns WHERE patterns.pattern_id = ${column})`,
  });

/** What one signal found in one week of a pattern. Until the pattern is closed each pass writes it again, as it is by then. */
export const patternEvidence = pgTable(
  "pattern_evidence",
  {
    patternId: patternId(),
    week: date("week", { mode: "string" }).notNull(),
    signal: text("signal").notNull(),
    family: text("family", { enum: SIGNAL_FAMILIES }).notNull(),
    /** What the signal asks, how it is answered, and honest ways to the same effect: in the words that the person was told. */
    question: text("question").notNull().default(""),
    rule: text("rule").notNull().default(""),
    innocents: text("innocents").array().notNull().default([]),
    workloadClass: text("workload_class", { enum: WORKLOAD_CLASSES }),
    effect: doublePrecision("effect").notNull(),
    floor: doublePrecision("floor").notNull(),
    /** What the effect is a share or a mean of. */
    cases: integer("cases").notNull(),
    pValue: doublePrecision("p_value").notNull(),
    pValueSource: text("p_value_source", { enum: P_VALUE_SOURCES }).notNull(),
    /** Dearest first, 500 at most. */
    runIds: text("run_ids").array().notNull(),
    /** Of all of them, in that week. */
    namedCostUsd: doublePrecision("named_cost_usd").notNull(),
    methodVersion: text("method_version").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.patternId, table.week, table.signal] }),
    forSystem,
    ofPattern(table.patternId),
  ],
);

/** What people said of a pattern. One never changes. */
export const patternStatements = pgTable(
  "pattern_statements",
  {
    statementId: uuid("statement_id").primaryKey().defaultRandom(),
    patternId: patternId(),
    kind: text("kind", { enum: PATTERN_STATEMENTS }).notNull(),
    saidAt: instant("said_at").notNull(),
    saidBy: uuid("said_by").references(() => people.personId, { onDelete: "set null" }),
    body: text("body").notNull(),
    /** With an explanation: what the person says that it was, and the kind of work. */
    cause: text("cause", { enum: PATTERN_CAUSES }),
    workloadClass: text("workload_class", { enum: WORKLOAD_CLASSES }),
    /** With an answer: whether the contest is right. */
    isUpheld: boolean("is_upheld"),
  },
  (table) => [index("pattern_statements_pattern").on(table.patternId), forSystem, ofPattern(table.patternId)],
);

/** What a pattern turned out to be, without whose it was: what later methods are tried on. */
export const patternLabels = pgTable(
  "pattern_labels",
  {
    labelId: uuid("label_id").primaryKey().defaultRandom(),
    /** The week of the decision alone, so that a label can't be matched with the audit. */
    decidedWeek: date("decided_week", { mode: "string" }).notNull(),
    state: text("state", { enum: PATTERN_STATES }).notNull(),
    closedBy: text("closed_by", { enum: PATTERN_CLOSINGS }).notNull(),
    workloadClass: text("workload_class", { enum: WORKLOAD_CLASSES }),
    /** Family, signal, effect and p-value of each week, counted from the first. */
    evidence: jsonb("evidence").notNull(),
    methodVersion: text("method_version").notNull(),
  },
  () => [forSystem],
);

/** Texts that the organisation itself hands out, and by which nobody is found to replay. They are its own, and nobody's prompts. */
export const templates = pgTable(
  "templates",
  {
    name: text("name").primaryKey(),
    body: text("body").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  () => [forSystem],
);
