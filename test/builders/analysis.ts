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
import type { CallFeatures } from "../../schemas/call-features.ts";
import type { Outcome } from "../../schemas/outcome.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { buildCallFeatures } from "./call-features.ts";
import { buildOutcome } from "./outcome.ts";
import { buildTokenEvent } from "./token-event.ts";
import { toMethod } from "../../schemas/method.ts";

export const PERSON = "01936a00-0000-7000-8000-00000000000a";
export const OTHER_PERSON = "01936a00-0000-7000-8000-00000000000b";
export const KEY = "01936a00-0000-7000-8000-00000000000c";
export const OTHER_KEY = "01936a00-0000-7000-8000-00000000000d";

const DERIVED_TABLES = ["calls", "usage_days", "runs", "person_weeks"] as const;
const LINK_TABLES = ["run_links", "outcome_links"] as const;
const VALUE_TABLES = [
  "class_baselines",
  "outcome_costs",
  "run_scores",
  "week_scores",
  "signal_references",
  "week_signals",
] as const;
const RECORD_TABLES = ["token_events", "call_features", "declared_classes", "outcomes", "outcome_disputes"];
const STATE_TABLES = [
  "analysis_state",
  "analysis_windows",
  "analysis_calls",
  "analysis_links",
  "analysis_outcomes",
  "analysis_prompts",
  "analysis_credits",
  "analysis_runs",
];
export type DerivedTable = (typeof DERIVED_TABLES)[number] | (typeof LINK_TABLES)[number];
const INTERVAL_MS = 3_600_000;
/** Far enough that the engine, which goes by the machine's clock, drops nothing while a test runs. */
const NEVER = new Date("2090-01-01T00:00:00Z");

export type Row = Readonly<Record<string, unknown>>;

/** What a test says of a record besides its event. */
export interface Arrival extends Partial<TokenEvent> {
  expires_at?: Date;
  row_version?: number;
}

/** What a test says of a call's features; they belong to the event of the same id. */
export interface FeaturesArrival extends Partial<CallFeatures> {
  expires_at?: Date;
}

/** What a test says of an outcome. */
export interface OutcomeArrival extends Partial<Outcome> {
  expires_at?: Date;
}

/** A class that somebody declared: the row that comes from Postgres. */
export interface Declaration {
  source: "run" | "schedule";
  declaration_id: string;
  workload_class: string;
  from_at: string;
  to_at?: string;
  event_id?: string;
  key_id?: string;
  person_id?: string;
  declared_at?: string;
  is_deleted?: number;
}

export interface AnalysisBench {
  store: ClickHouseStore;
  options: AnalysisOptions;
  /** Puts records into token_events, all at one moment. */
  arrive(...arrivals: Arrival[]): Promise<void>;
  /** The same, with another stamp than the clock's. */
  arriveStamped(ingestedAt: Date, ...arrivals: Arrival[]): Promise<void>;
  /** Puts features into call_features. */
  arriveFeatures(...arrivals: FeaturesArrival[]): Promise<void>;
  /** Puts outcomes into outcomes. */
  arriveOutcomes(...arrivals: OutcomeArrival[]): Promise<void>;
  declare(...declarations: Declaration[]): Promise<void>;
  analyze(more?: Partial<AnalysisOptions>): Promise<Summary>;
  /** What the dashboard would read, without what differs from pass to pass. */
  rows(table: DerivedTable): Promise<Row[]>;
  /** Of calls and their sums. */
  all(): Promise<Record<(typeof DERIVED_TABLES)[number], Row[]>>;
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
    config: {
      timezone,
      retentionDays: { sketches: 14, events: 30, runs: 90, weeks: 180, dismissed: 30 },
      method: toMethod(),
    },
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
    async arriveFeatures(...arrivals) {
      nowMs += INTERVAL_MS;
      const records = arrivals.map(({ expires_at = NEVER, ...said }) => {
        const features = buildCallFeatures({ person_id: PERSON, ...said });
        return { ...features, expires_at, ingested_at: new Date(nowMs) };
      });
      await store.insert("call_features", records);
    },
    async arriveOutcomes(...arrivals) {
      nowMs += INTERVAL_MS;
      const records = arrivals.map(({ expires_at = NEVER, ...said }) => ({
        ...buildOutcome(said),
        expires_at,
        ingested_at: new Date(nowMs),
      }));
      await store.insert("outcomes", records);
    },
    async declare(...declarations) {
      nowMs += INTERVAL_MS;
      const declared = declarations.map((said) => ({ ...UNDECLARED, ...said }));
      const stamps = { ingested_at: new Date(nowMs), version: nowMs, expires_at: NEVER };
      await store.insert(
        "declared_classes",
        declared.map((row) => ({ ...row, ...stamps })),
      );
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
      for (const table of [
        ...RECORD_TABLES,
        ...STATE_TABLES,
        ...DERIVED_TABLES,
        ...LINK_TABLES,
        ...VALUE_TABLES,
      ])
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

const UNDECLARED = {
  person_id: PERSON,
  to_at: NEVER,
  event_id: "00000000-0000-0000-0000-000000000000",
  key_id: "00000000-0000-0000-0000-000000000000",
  declared_at: "2026-11-20T00:00:00.000Z",
  is_deleted: 0,
};

const ORDER: Readonly<Record<DerivedTable, string>> = {
  calls: "person_id, started_at, event_id",
  usage_days: "person_id, day, model, client, workload_class, request_kind, reason",
  runs: "person_id, started_at, run_id",
  person_weeks: "person_id, week, workload_class",
  run_links: "person_id, run_id",
  outcome_links: "outcome_id, person_id, run_id",
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
