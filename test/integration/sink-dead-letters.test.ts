// Dead letters in the folder of a data directory: an operator sees them without what they hold, and can try them again.

import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { openDeadLetters } from "../../ingest/sink/dead-letters.ts";
import { AppError } from "../../schemas/app-error.ts";
import { migrateClickHouse } from "../../schemas/clickhouse/migrate.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { ask } from "../services/clickhouse-openers.ts";
import { runDeadLetters, type DeadLettersAnswer } from "../services/dead-letters.ts";

const PERSON = "01936a00-0000-7000-8000-00000000ada0";
const GOOD = "01936a00-0000-7000-8000-000000000001";
const BAD = "01936a00-0000-7000-8000-000000000002";
const DAY_MS = 86_400_000;

const LOADED_MACHINE_MS = 60_000;
vi.setConfig({ testTimeout: LOADED_MACHINE_MS, hookTimeout: LOADED_MACHINE_MS });

let dataDir: string;
let folder: string;
let store: ClickHouseStore;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "assay-dead-letters-"));
  folder = join(dataDir, "dead-letters");
  store = await openClickHouse({ dataDir });
  await migrateClickHouse(store);
});
beforeEach(() =>
  openDeadLetters({ folder, now: () => new Date() }).keep([
    { reason: "the table was away", payload: toPayload(GOOD) },
    { reason: "not JSON", payload: "…" },
    { reason: "the table was away", payload: toPayload(BAD, { output_tokens: -1 }) },
  ]),
);
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(async () => {
  await store.close();
  rmSync(dataDir, { recursive: true });
});

function toPayload(event_id: string, said: object = {}): string {
  const event = buildTokenEvent({ event_id, person_id: PERSON, started_at: new Date().toISOString() });
  return JSON.stringify({ record: "event", event: { ...event, ...said } });
}

function run(command: "list" | "retry", values: Record<string, string> = {}): Promise<DeadLettersAnswer> {
  return runDeadLetters(command, { json: true, ...values }, { store, settings: { ASSAY_DATA: dataDir } });
}

const storedIds = async (): Promise<unknown[]> =>
  (await store.query(ask("SELECT event_id FROM token_events FINAL"), {})).map((row) => row["event_id"]);

test("a list has reason, time, id and size, and nothing of what a record holds", async () => {
  const { json, stdout } = await run("list", { limit: "2" });
  expect(json).toMatchObject({
    total: 3,
    letters: [
      {
        id: GOOD,
        reason: "the table was away",
        bytes: toPayload(GOOD).length,
        at: expect.any(String) as unknown,
      },
      { id: null, reason: "not JSON" },
    ],
  });
  expect(stdout).not.toContain(PERSON);
  const { json: selected } = await run("list", { reason: "JSON" });
  expect(selected).toMatchObject({ total: 1 });
});

test("what can be stored by now is, once, and the rest stays with the reason that it has now", async () => {
  expect(await run("retry", { reason: "JSON" })).toMatchObject({ json: { tried: 1, stored: 0, stayed: 1 } });
  expect(await run("retry", { limit: "1" })).toMatchObject({ exitCode: 0, json: { tried: 1, stored: 1 } });
  expect(await storedIds()).toEqual([GOOD]);
  expect(await run("retry")).toMatchObject({ exitCode: 1, json: { tried: 2, stored: 0, stayed: 2 } });
  const { json } = await run("list");
  expect(json).toMatchObject({
    total: 2,
    letters: [
      { reason: "not a JSON object" },
      { id: BAD, reason: expect.stringContaining("output_tokens") as unknown },
    ],
  });
});

test("nothing is lost of a retry that ClickHouse ends", async () => {
  const away = new AppError("unavailable", "ClickHouse can't be reached.", { retry: true });
  const dead: ClickHouseStore = { ...store, insert: () => Promise.reject(away) };
  const settings = { ASSAY_DATA: dataDir };
  await expect(runDeadLetters("retry", {}, { store: dead, settings })).rejects.toMatchObject({ retry: true });
  expect(await run("list")).toMatchObject({ json: { total: 3 } });
});

test("a line that was cut short is a dead letter itself", async () => {
  const [file = ""] = readdirSync(folder);
  appendFileSync(join(folder, file), '{"at":"2026-11-2');
  const { json } = await run("list", { reason: "damaged" });
  expect(json).toMatchObject({ total: 1 });
});

const fileOf = (daysAgo: number): string =>
  `${new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10)}.jsonl`;

test("dead letters are kept for 14 days", async () => {
  for (const daysAgo of [13, 16]) writeFileSync(join(folder, fileOf(daysAgo)), "");
  await openDeadLetters({ folder, now: () => new Date() }).keep([{ reason: "new", payload: "" }]);
  expect(readdirSync(folder)).toContain(fileOf(13));
  expect(readdirSync(folder)).not.toContain(fileOf(16));
});
