// People who leave traces everywhere, for tests of what an erasure leaves of them.

import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { runAnalysis } from "../../analytics/job.ts";
import { eraseCommand } from "../../dashboard/commands/erase.ts";
import type { Dashboard } from "../../dashboard/server/dashboard.ts";
import { createKey } from "../../dashboard/server/keys/keys.ts";
import { openDeadLetters } from "../../ingest/sink/dead-letters.ts";
import { createPricer } from "../../ingest/sink/price.ts";
import { createSink } from "../../ingest/sink/sink.ts";
import type { DeliveredRecord } from "../../ingest/spool/writer-cursor.ts";
import { PERSON_TABLES, TOMBSTONE_TABLE } from "../../schemas/clickhouse/erasure.ts";
import { defineStatement, type ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { createMetrics } from "../../schemas/metrics.ts";
import { noticePreferences } from "../../schemas/postgres/notice-tables.ts";
import { addNotice } from "../../schemas/postgres/notices.ts";
import { classCorrections, schedules } from "../../schemas/postgres/tables.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { buildCallFeatures } from "../builders/call-features.ts";
import { buildOutcome } from "../builders/outcome.ts";
import { addPattern, addStatement } from "../builders/scoped-rows.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { ask } from "./clickhouse-openers.ts";
import { openDashboardBench, type CommandResult, type DashboardBench, type Person } from "./dashboard.ts";

const LETTERS_FILE = "2026-11-19.jsonl";
/** So long that the engine, which goes by the machine's clock, drops nothing; a `DateTime` ends in 2106. */
const RETENTION_DAYS = 20_000;
const NEVER = "2090-01-01T00:00:00Z";

export type CallRecord = DeliveredRecord & { record: "event" };

export interface ErasureBench {
  bench: DashboardBench;
  clickhouse: ClickHouseStore;
  deadLettersDir: string;
  /** Gives each of some people two calls, two outcomes and what follows from them, a key with a schedule, a corrected class, and a dead letter. */
  leaveTraces(...people: Person[]): Promise<DeliveredRecord[]>;
  /** As the sink stores them. */
  deliver(records: readonly DeliveredRecord[], store?: ClickHouseStore): Promise<void>;
  analyze(more?: { full?: boolean; store?: ClickHouseStore }): Promise<void>;
  erase(person: Person, values?: Record<string, string | boolean>): Promise<CommandResult>;
  /** Rows by table as they lie in the files, also those that wait to be merged away. */
  rowsOf(person: Person): Promise<Record<string, number>>;
  isEntombed(person: Person): Promise<boolean>;
  deadLetters(): string[];
  /** Leaves no record and nothing that was made of one. */
  empty(): Promise<void>;
}

export async function openErasureBench(): Promise<ErasureBench> {
  const bench = await openDashboardBench();
  const { config, now, stores } = bench.dashboard;
  const { clickhouse } = stores;
  const deadLettersDir = join(config.dataDir, "dead-letters");
  mkdirSync(deadLettersDir);

  async function countRows(table: string, { personId }: Person): Promise<number> {
    const counted = ask(`SELECT count() AS n FROM ${table} WHERE person_id = {id:UUID}`);
    const [row] = await clickhouse.query(counted, { id: personId });
    return Number(row?.["n"]);
  }

  async function deliver(records: readonly DeliveredRecord[], store = clickhouse): Promise<void> {
    const sink = createSink({
      store,
      deadLetters: openDeadLetters({ folder: deadLettersDir, now: () => new Date() }),
      metrics: createMetrics("test"),
      price: createPricer(),
      retentionDays: { events: RETENTION_DAYS, sketches: RETENTION_DAYS, runs: RETENTION_DAYS },
    });
    await sink.deliver({ records, deadLetters: [] });
  }

  async function analyze({ full = false, store = clickhouse } = {}): Promise<void> {
    await runAnalysis({ store, config, clock: () => new Date(), log: { info() {} }, full, now: now() });
  }

  return {
    bench,
    clickhouse,
    deadLettersDir,
    deliver,
    analyze,
    async leaveTraces(...people) {
      const records = people.flatMap(buildRecords);
      await deliver(records);
      await analyze();
      for (const { personId } of people) await leaveDeclarations(bench.dashboard, personId);
      writeFileSync(join(deadLettersDir, LETTERS_FILE), people.map(buildLetter).join(""));
      return records;
    },
    erase: ({ email }, values = {}) =>
      bench.run(eraseCommand, { values: { person: email, json: true, ...values } }),
    async rowsOf(person) {
      const rows: Record<string, number> = {};
      for (const { table } of PERSON_TABLES) rows[table] = await countRows(table, person);
      return rows;
    },
    isEntombed: async (person) => (await countRows(TOMBSTONE_TABLE, person)) > 0,
    deadLetters: () => readFileSync(join(deadLettersDir, LETTERS_FILE), "utf8").split("\n").filter(Boolean),
    async empty() {
      for (const table of ["analysis_state", ...PERSON_TABLES.map(({ table: name }) => name)]) {
        const sql = `TRUNCATE TABLE ${table}`;
        await clickhouse.execute(defineStatement({ name: "empty", sql, params: z.object({}) }), {});
      }
    },
  };
}

/** A key, its schedule, a corrected class, a pattern, and that the person was told of it. */
async function leaveDeclarations({ stores, now }: Dashboard, personId: string): Promise<void> {
  const { clickhouse, postgres } = stores;
  const { key } = await createKey(postgres, { ...KEY, personId }, now());
  const times = { cron: "0 3 * * *", timezone: "UTC", minutes: 15 };
  const schedule = { personId, keyId: key.key_id, name: "nightly", workloadClass: "scheduled" } as const;
  await postgres.db.insert(schedules).values({ ...schedule, ...times });
  const run = { runId: "r1", eventId: randomUUID(), eventStartedAt: now(), expiresAt: now() };
  await postgres.db.insert(classCorrections).values({ personId, workloadClass: "batch", ...run });
  await clickhouse.insert("declared_classes", [{ person_id: personId, source: "run", expires_at: NEVER }]);
  const patternId = await addPattern(postgres, personId, { state: "notified", notified_at: "now()" });
  await addStatement(postgres, patternId, "a word");
  const notice = { personId, kind: "pattern_notified", about: patternId, at: now() } as const;
  await postgres.db.transaction((transaction) => addNotice(transaction, notice));
  const preference = { personId, kind: "pattern_notified", channel: "email", isOn: false } as const;
  await postgres.db.insert(noticePreferences).values(preference);
}

const KEY = {
  name: "laptop",
  workloadClass: null,
  expiresAt: null,
  kind: "person",
  actorId: null,
} as const;

/** A call of a million tokens, which cost 1.25 dollars. */
export function buildCall({ personId }: Person, said: Partial<TokenEvent> = {}): CallRecord {
  const event = buildTokenEvent({
    event_id: randomUUID(),
    started_at: "2026-11-19T09:30:00.000Z",
    person_id: personId,
    gateway_id: "g1",
    provider: "openai",
    model_served: "gpt-5",
    input_tokens: 1_000_000,
    ...said,
  });
  return { record: "event", event };
}

/** The second outcome names nobody, and yet is the person's. */
function buildRecords(person: Person): DeliveredRecord[] {
  const session_id = `session of ${person.personId}`;
  return [
    buildCall(person, { session_id }),
    buildCall(person, { session_id }),
    {
      record: "features",
      features: buildCallFeatures({ event_id: randomUUID(), person_id: person.personId }),
    },
    { record: "outcome", outcome: buildOutcome({ outcome_id: randomUUID(), person_id: person.personId }) },
    { record: "outcome", outcome: buildOutcome({ outcome_id: randomUUID(), session_id }) },
  ];
}

function buildLetter({ personId }: Person): string {
  return `${JSON.stringify({ reason: "not JSON", payload: `{"person_id":"${personId}"` })}\n`;
}
