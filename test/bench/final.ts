// What it costs to read each call once: questions of token_events plain, with FINAL, and with FINAL that compares the rows of all
// partitions, which the engine leaves out by itself; at several shares of duplicates. And what a deduplication token costs an insert.
// `node test/bench/final.ts [--rows N]` prints it as a table. The figures of docs/decisions/0011 come from here.
//
// It is the processor's time of this process, all its threads, the lowest of some rounds, because other work on the machine hardly
// changes that. Merges are stopped, so that all duplicates are there to be found: on a store in use most of them are merged away.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Session } from "chdb";
import { median } from "simple-statistics";
import { migrateClickHouse } from "../../schemas/clickhouse/migrate.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { describeMachine } from "./report.ts";

const DAYS = 90;
const PEOPLE = 1000;
/** One is what the sink inserts in some minutes. */
const PARTS = 40;
const DUPLICATE_PERCENTS = [0, 1, 10];
const ROUNDS = 7;
const INSERTED_BATCHES = 30;
const BATCH_ROWS = 4000;

const PERSON = `toUUID(concat('01936a00-0000-7000-8000-', leftPad(toString(number % ${PEOPLE}), 12, '0')))`;
const ONE_PERSON = "person_id = '01936a00-0000-7000-8000-000000000007'";
const MEASURES = "count(), sum(input_tokens), sum(cost_usd)";

const QUESTIONS: Readonly<Record<string, (table: string) => string>> = {
  "a person's day": (table) =>
    `SELECT ${MEASURES} FROM ${table} WHERE ${ONE_PERSON} AND started_at >= '2026-11-10' AND started_at < '2026-11-11'`,
  "a person's 30 days": (table) =>
    `SELECT ${MEASURES} FROM ${table} WHERE ${ONE_PERSON} AND started_at >= '2026-10-20' AND started_at < '2026-11-19'`,
  "everybody's day": (table) =>
    `SELECT person_id, ${MEASURES} FROM ${table} WHERE started_at >= '2026-11-10' AND started_at < '2026-11-11' GROUP BY person_id`,
  everything: (table) => `SELECT person_id, ${MEASURES} FROM ${table} GROUP BY person_id`,
};

const READINGS = {
  plain: "token_events",
  FINAL: "token_events FINAL",
  "FINAL across partitions": "token_events FINAL",
} as const;
const ACROSS = "SETTINGS enable_automatic_decision_for_merging_across_partitions_for_final = 0";

const { values } = parseArgs({ options: { rows: { type: "string", default: "1000000" } } });
const rows = Number(values.rows);
const machine = describeMachine();
console.log(
  `Node ${machine.node}, ${machine.processor}, ${machine.cores} cores, load ${machine.loadAverage.toFixed(1)}; processor ms, lowest of ${ROUNDS}`,
);
for (const percent of DUPLICATE_PERCENTS) await measureReading(percent);
await measureInserting();

async function measureReading(duplicatePercent: number): Promise<void> {
  await withEngine(async (run) => {
    for (let part = 0; part < PARTS; part++) await run(fillPart(part));
    const again = `SELECT * FROM token_events WHERE cityHash64(event_id, 1) % 100 < ${duplicatePercent}`;
    if (duplicatePercent > 0) await run(`INSERT INTO token_events ${again} SETTINGS max_block_size = 100000`);
    console.log(`\n${rows} calls, ${duplicatePercent} % of them delivered twice`);
    await askAll(run);
    if (duplicatePercent !== DUPLICATE_PERCENTS.at(-1)) return;
    await run("SYSTEM START MERGES token_events");
    await run("OPTIMIZE TABLE token_events FINAL");
    console.log("\nthe same, merged");
    await askAll(run);
  });
}

async function askAll(run: Run): Promise<void> {
  for (const [name, toSql] of Object.entries(QUESTIONS)) {
    const cells: string[] = [];
    for (const [reading, table] of Object.entries(READINGS)) {
      const sql = reading === "FINAL across partitions" ? `${toSql(table)} ${ACROSS}` : toSql(table);
      cells.push(`${reading} ${(await lowestCpuMs(() => run(sql))).toFixed(0)}`.padEnd(16));
    }
    console.log(`  ${name.padEnd(20)} ${cells.join("").trimEnd()}`);
  }
}

/** Calls in the order of their time, as they come in; each part has a stretch of it. */
function fillPart(part: number): string {
  const from = Math.floor((rows * part) / PARTS);
  const count = Math.floor((rows * (part + 1)) / PARTS) - from;
  const stepMs = Math.floor((DAYS * 86_400_000) / rows);
  return `INSERT INTO token_events (event_id, gateway_id, sequence, started_at, person_id, client, session_id, provider,
      model_served, status, terminated_by, usage_source, input_tokens, output_tokens, usage_raw, cost_usd, expires_at, row_version)
    SELECT generateUUIDv4(), 'g1', number, toDateTime64('2026-09-01 00:00:00', 3, 'UTC') + toIntervalMillisecond(number * ${stepMs}),
      ${PERSON}, 'codex', toString(intDiv(number, 50)), 'openai', 'gpt-5', 200, 'complete', 'reported', number % 5000, number % 900,
      '{"input_tokens":1000,"output_tokens":200}', toDecimal64(number % 100, 12) / 100, '2090-01-01 00:00:00', 1
    FROM numbers(${from}, ${count})`;
}

/** Batches of the sink's size as JSON, with a token for each and without, and each once more. */
async function measureInserting(): Promise<void> {
  console.log(`\ninserting ${BATCH_ROWS} rows, processor ms, median of ${INSERTED_BATCHES}`);
  for (const withToken of [false, true]) {
    await withEngine(async (run) => {
      if (withToken)
        await run("ALTER TABLE token_events MODIFY SETTING non_replicated_deduplication_window = 10000");
      const batches = Array.from({ length: INSERTED_BATCHES }, (_, batch) => toInsert(batch, withToken));
      for (const delivery of ["first", "again"]) {
        const tookMs: number[] = [];
        for (const sql of batches) tookMs.push(await cpuMs(() => run(sql)));
        const kept = await run("SELECT count() FROM token_events");
        console.log(
          `  ${withToken ? "token" : "plain"}, ${delivery}: ${median(tookMs).toFixed(1)}, ${kept.trim()} rows`,
        );
      }
    });
  }
}

function toInsert(batch: number, withToken: boolean): string {
  const lines = Array.from({ length: BATCH_ROWS }, (_, at) => {
    const number = batch * BATCH_ROWS + at;
    const event_id = `01936a00-0000-7000-8000-${String(number).padStart(12, "0")}`;
    const event = buildTokenEvent({ event_id, input_tokens: number, session_id: `s${batch}` });
    return JSON.stringify({ ...event, expires_at: "2090-01-01T00:00:00Z", row_version: 1 });
  });
  const token = withToken ? `, insert_deduplication_token = '${batch}'` : "";
  return `INSERT INTO token_events SETTINGS date_time_input_format = 'best_effort'${token} FORMAT JSONEachRow ${lines.join("\n")}`;
}

type Run = (sql: string) => Promise<string>;

/** An empty store, migrated by the product, with nothing merged. */
async function withEngine(use: (run: Run) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), "assay-bench-final-"));
  const store = await openClickHouse({ dataDir });
  await migrateClickHouse(store);
  const session = new Session(join(dataDir, "clickhouse"));
  const run: Run = async (sql) => (await session.queryAsync(sql, { format: "TabSeparated" })).text();
  try {
    await run("SYSTEM STOP MERGES token_events");
    await use(run);
  } finally {
    session.close();
    await store.close();
    rmSync(dataDir, { recursive: true });
  }
}

async function lowestCpuMs(work: () => Promise<unknown>): Promise<number> {
  const tookMs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) tookMs.push(await cpuMs(work));
  return Math.min(...tookMs);
}

async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
