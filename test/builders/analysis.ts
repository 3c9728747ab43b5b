// A store of its own, records that arrive in it, and what analytics made of them. Its clock goes on by an hour with each
// arrival and each pass, so that a pass can't find a record by the overlap of its watermark alone.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { runAnalysis, type AnalysisOptions, type Summary } from "../../analytics/job.ts";
import { migrateClickHouse } from "../../schemas/clickhouse/migrate.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import { defineQuery, defineStatement, type ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { buildTokenEvent } from "./token-event.ts";

export const PERSON = "01936a00-0000-7000-8000-00000000000a";
export const OTHER_PERSON = "01936a00-0000-7000-8000-00000000000b";
export const KEY = "01936a00-0000-7000-8000-00000000000c";
export const OTHER_KEY = "01936a00-0000-7000-8000-00000000000d";

const DERIVED_TABLES = ["calls", "usage_days", "runs", "person_weeks"] as const;
export type DerivedTable = (typeof DERIVED_TABLES)[number];
const INTERVAL_MS = 3_600_000;
/** Far enough that the engine, which goes by the machine's clock, drops nothing while a test runs. */
const NEVER = new Date("2090-01-01T00:00:00Z");

export type Row = Readonly<Record<string, unknown>>;

/** What a test says of a record besides its event. */
export interface Arrival extends Partial<TokenEvent> {
  expires_at?: Date;
  row_version?: number;
}

export interface AnalysisBench {
  store: ClickHouseStore;
  options: AnalysisOptions;
  /** Puts records into token_events, all at one moment. */
  arrive(...arrivals: Arrival[]): Promise<void>;
  /** The same, with another stamp than the clock's. */
  arriveStamped(ingestedAt: Date, ...arrivals: Arrival[]): Promise<void>;
  analyze(more?: Partial<AnalysisOptions>): Promise<Summary>;
  /** What the dashboard would read, without what differs from pass to pass. */
  rows(table: DerivedTable): Promise<Row[]>;
  all(): Promise<Record<DerivedTable, Row[]>>;
  /** Leaves no row in any table. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

/** On an embedded store of its own, or one that is given. */
export async function openAnalysisBench(timezone = "UTC", given?: ClickHouseStore): Promise<AnalysisBench> {
  const dataDir = mkdtempSync(join(tmpdir(), "assay-analytics-"));
  const store = given ?? (await openClickHouse({ dataDir }));
  await migrateClickHouse(store);
  let nowMs = Date.parse("2026-11-21T00:00:00Z");
  let eventNumber = 0;
  const options: AnalysisOptions = {
    store,
    config: { timezone, retentionDays: { sketches: 14, events: 30, runs: 90, weeks: 180 } },
    clock: () => new Date(nowMs),
    log: { info() {} },
  };
  async function arriveStamped(ingested_at: Date, ...arrivals: Arrival[]): Promise<void> {
    const records = arrivals.map(({ expires_at = NEVER, row_version = 1, ...said }) => {
      eventNumber += 1;
      const event_id = `01936a00-0000-7000-8000-${String(eventNumber).padStart(12, "0")}`;
      const event = buildTokenEvent({ event_id, person_id: PERSON, ...said });
      return { ...event, expires_at, row_version, ingested_at };
    });
    await store.insert("token_events", records);
  }
  const rows = (table: DerivedTable) => store.query(readTable(table), {});
  return {
    store,
    options,
    arriveStamped,
    arrive(...arrivals) {
      nowMs += INTERVAL_MS;
      return arriveStamped(new Date(nowMs), ...arrivals);
    },
    async analyze(more = {}) {
      nowMs += INTERVAL_MS;
      return runAnalysis({ ...options, ...more });
    },
    rows,
    async all() {
      const [calls, usage_days, runs, person_weeks] = await Promise.all(DERIVED_TABLES.map(rows));
      return {
        calls: calls ?? [],
        usage_days: usage_days ?? [],
        runs: runs ?? [],
        person_weeks: person_weeks ?? [],
      };
    },
    async empty() {
      for (const table of ["token_events", "analysis_state", "analysis_windows", ...DERIVED_TABLES])
        await store.execute(
          defineStatement({ name: "empty", sql: `TRUNCATE TABLE ${table}`, params: z.object({}) }),
          {},
        );
    },
    async close() {
      await store.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}

const ORDER: Readonly<Record<DerivedTable, string>> = {
  calls: "person_id, started_at, event_id",
  usage_days: "person_id, day, model, client, workload_class, request_kind, reason",
  runs: "person_id, started_at, run_id",
  person_weeks: "person_id, week, workload_class",
};

function readTable(table: DerivedTable) {
  const perPass = table === "calls" ? "version, computed_at, is_deleted" : "version, is_deleted";
  return defineQuery({
    name: `read ${table}`,
    sql: `SELECT * EXCEPT (${perPass}) FROM ${table} FINAL ORDER BY ${ORDER[table]}`,
    params: z.object({}),
    row: z.looseObject({}),
  });
}

/** The same store; `look` is called, and waited for, before each statement, and may throw in its place. */
export function beforeStatements(
  store: ClickHouseStore,
  look: (name: string) => void | Promise<void>,
): ClickHouseStore {
  return {
    ...store,
    async execute(definition, params) {
      await look(definition.name);
      return store.execute(definition, params);
    },
  };
}
