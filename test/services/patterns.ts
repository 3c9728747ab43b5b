// A person with a manager and an officer, their patterns, and rounds of analytics over them as of any day.

import { asc, eq, isNotNull, and } from "drizzle-orm";
import { expect } from "vitest";
import { z } from "zod";
import { createPatternKeeper } from "../../analytics/patterns/keeper.ts";
import { defineStatement } from "../../schemas/clickhouse/store.ts";
import type { Config } from "../../schemas/config.ts";
import { patternsSchema, reviewSchema, type OwnPattern, type Review } from "../../schemas/pattern-api.ts";
import { patterns } from "../../schemas/postgres/pattern-tables.ts";
import type { PatternRow } from "../../schemas/postgres/patterns.ts";
import { recordPositions } from "../../schemas/postgres/positions.ts";
import { audit } from "../../schemas/postgres/tables.ts";
import { recordPatternWeeks, type PatternWeek } from "../builders/pattern-weeks.ts";
import { openDashboardBench, type Browser, type DashboardBench, type Person } from "./dashboard.ts";

/** Mondays of two weeks that have a pattern, and the Friday of the second, the bench's own moment. */
export const [W1, W2] = ["2026-11-02", "2026-11-09"] as const;
export const TOLD = "2026-11-20";
/** Of that day. */
export const RUNNING_WEEK = "2026-11-16";
/** Ten working days later. */
export const OPENS = "2026-12-05";

export interface PatternBench {
  bench: DashboardBench;
  ada: Person;
  /** Ada's manager. */
  boss: Person;
  officer: Person;
  /** New people, and nothing that was found before. */
  reset(): Promise<void>;
  /** A round as of noon of a day. */
  keep(day: string, more?: Partial<Config>): Promise<void>;
  /** Signals that speak in weeks of Ada's: in both of two weeks, replay and schedule, unless said otherwise. */
  say(said?: Partial<PatternWeek>): Promise<void>;
  /** A pattern of Ada's that she was told of. */
  tell(): Promise<string>;
  /** Ada's, in the order in which they were observed. */
  ownPatterns(): Promise<PatternRow[]>;
  /** Actions about Ada's patterns, and who did them. */
  auditOfAda(): Promise<[string, string | null][]>;
  /** What Ada's page answers. */
  seenBy(browser: Browser): Promise<OwnPattern[]>;
  reviewOf(browser: Browser): Promise<Review["patterns"]>;
}

const EMPTIED = ["week_signals", "signal_references", "person_weeks"].map((table) =>
  defineStatement({ name: "empty", sql: `TRUNCATE TABLE ${table}`, params: z.object({}) }),
);

export async function openPatternBench(): Promise<PatternBench> {
  const bench = await openDashboardBench({ ASSAY_INDIVIDUAL_SCORING: "on" });
  const { stores, config, now: clock } = bench.dashboard;
  const { db } = stores.postgres;
  const officer = await bench.addPerson({ role: "officer" });
  const self: PatternBench = {
    bench,
    officer,
    ada: officer,
    boss: officer,
    async reset() {
      await db.delete(patterns);
      for (const empty of EMPTIED) await stores.clickhouse.execute(empty, {});
      self.boss = await bench.addPerson({ role: "manager" });
      self.ada = await bench.addPerson({ managerId: self.boss.personId, name: "Ada" });
      await db.transaction((transaction) => recordPositions(transaction, new Date("2026-01-01")));
      // Each test may sign in as often as an address may.
      bench.advance(60_000);
    },
    async keep(day, more = {}) {
      const failures: object[] = [];
      const log = { error: (fields: object) => void failures.push(fields) };
      const keeper = createPatternKeeper({ ...stores, config: { ...config, ...more }, clock, log });
      await keeper.keep(new Date(`${day}T12:00:00Z`));
      expect(failures).toEqual([]);
    },
    say: (said = {}) =>
      recordPatternWeeks(stores.clickhouse, {
        personId: self.ada.personId,
        weeks: [W1, W2],
        families: ["replay", "schedule"],
        ...said,
      }),
    async tell() {
      await self.say();
      await self.keep(TOLD);
      const [pattern] = (await self.ownPatterns()).filter(({ closedAt }) => closedAt === null);
      expect(pattern).toMatchObject({ state: "notified" });
      return pattern!.patternId;
    },
    ownPatterns: () =>
      db
        .select()
        .from(patterns)
        .where(eq(patterns.personId, self.ada.personId))
        .orderBy(asc(patterns.observedAt), asc(patterns.notifiedAt)),
    async auditOfAda() {
      const isHers = and(eq(audit.subjectId, self.ada.personId), isNotNull(audit.payload));
      const rows = await db.select().from(audit).where(isHers).orderBy(audit.auditId);
      return rows
        .filter(({ action }) => /pattern|explanation|contest/.test(action))
        .map(({ action, actorId }) => [action, actorId]);
    },
    async seenBy(browser) {
      const response = await browser.get(`/api/v1/people/${self.ada.personId}/patterns`);
      return patternsSchema.parse(await response.json()).patterns;
    },
    async reviewOf(browser) {
      return reviewSchema.parse(await (await browser.get("/api/v1/review/patterns")).json()).patterns;
    },
  };
  return self;
}
