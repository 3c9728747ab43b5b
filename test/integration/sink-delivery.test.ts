// What is in the spool arrives in ClickHouse, each call once, whatever happens in between.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { migrateClickHouse } from "../../schemas/clickhouse/migrate.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { COUNT_MAX, type TokenEvent } from "../../schemas/token-event.ts";
import { ask } from "../services/clickhouse-openers.ts";
import { startTestClickHouse } from "../services/clickhouse-http.ts";
import { startTestSink } from "../services/sink.ts";
import { append, makeTestSpool, nextEvent, type TestSpool } from "../services/spool.ts";

const MAIN = join(import.meta.dirname, "../../main.ts");
const SINK = join(import.meta.dirname, "../services/sink-process.ts");
const CALLS = 500;
const WAIT_MS_MAX = 60_000;
vi.setConfig({ testTimeout: 2 * WAIT_MS_MAX, hookTimeout: WAIT_MS_MAX });

let spool: TestSpool;
let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "assay-sink-"));
  mkdirSync(join(dataDir, "spool"));
  spool = makeTestSpool(join(dataDir, "spool"));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

/** A dead writer's calls of this moment, each of 7 tokens; retention would remove old ones. */
async function fillSpool(calls: number, writerId = "gateway-1"): Promise<void> {
  const writer = spool.openWriter(writerId);
  const started_at = new Date().toISOString();
  const events = Array.from({ length: calls }, () => nextEvent(writer, { started_at, input_tokens: 7 }));
  await Promise.all(events.map((event) => append(writer, "event", event)));
  spool.bury(writerId);
}

async function openStore(): Promise<ClickHouseStore> {
  const store = await openClickHouse({ dataDir });
  await migrateClickHouse(store);
  return store;
}

/** Until everything in the spool is committed and its writers' folders are gone. */
async function deliverAll(
  store: ClickHouseStore,
): Promise<ReturnType<ReturnType<typeof startTestSink>["deadLetters"]>> {
  const sink = startTestSink(store, spool);
  try {
    await vi.waitFor(() => expect(spool.writers()).toEqual([]), { timeout: WAIT_MS_MAX, interval: 20 });
    return sink.deadLetters();
  } finally {
    await sink.close();
  }
}

const TOTALS = "SELECT toUInt32(count()) AS calls, toUInt32(sum(input_tokens)) AS tokens FROM token_events";
const readTotals = async (store: ClickHouseStore, more: "" | "FINAL"): Promise<unknown> =>
  (await store.query(ask(`${TOTALS} ${more}`), {}))[0];

test("a crash between insert and commit counts the call once", async () => {
  await fillSpool(CALLS);
  await (await openStore()).close();
  const env = { ...process.env, ASSAY_DATA: dataDir };
  const sink = spawn(process.execPath, [SINK], { stdio: "inherit", env });
  expect(await once(sink, "exit")).toEqual([null, "SIGKILL"]);

  const store = await openStore();
  expect(await readTotals(store, "")).toEqual({ calls: CALLS, tokens: 7 * CALLS });
  await deliverAll(store);
  expect(await readTotals(store, "FINAL")).toEqual({ calls: CALLS, tokens: 7 * CALLS });
  await store.close();
});

describe("while ClickHouse is away", () => {
  test("records wait, and all of them arrive when it is back", async ({ skip }) => {
    const server = await startTestClickHouse();
    if (!server.outage) {
      skip("this server is not ours to stop");
      return;
    }
    const store = await openClickHouse({ url: server.url, dataDir: "/unused" });
    await migrateClickHouse(store);
    await fillSpool(1, "gateway-1");
    await deliverAll(store);

    await server.outage.begin();
    await fillSpool(CALLS, "gateway-2");
    const sink = startTestSink(store, spool);
    await vi.waitFor(() => expect(spool.logged).toContainEqual(expect.objectContaining({ records: CALLS })));
    await fillSpool(CALLS, "gateway-3");
    await server.outage.end();
    await vi.waitFor(() => expect(spool.writers()).toEqual([]), { timeout: WAIT_MS_MAX, interval: 20 });
    await sink.close();

    const calls =
      "SELECT gateway_id, toUInt32(count()) AS calls FROM token_events FINAL GROUP BY gateway_id ORDER BY gateway_id";
    expect(await store.query(ask(calls), {})).toEqual([
      { gateway_id: "gateway-1", calls: 1 },
      { gateway_id: "gateway-2", calls: CALLS },
      { gateway_id: "gateway-3", calls: CALLS },
    ]);
    await store.close();
    await server.stop();
  });

  test("a sink that is stopped leaves everything in the spool", async () => {
    const store = await openStore();
    await store.close();
    await fillSpool(3);
    const sink = startTestSink(store, spool);
    await vi.waitFor(() => expect(spool.logged).toContainEqual(expect.objectContaining({ records: 3 })));
    await sink.close();
    expect(spool.writers()).toEqual(["gateway-1"]);
    const again = await openStore();
    await deliverAll(again);
    expect(await readTotals(again, "FINAL")).toEqual({ calls: 3, tokens: 21 });
    await again.close();
  });
});

test("a record that is not of its form is kept with its reason, and the rest goes in", async () => {
  const writer = spool.openWriter();
  const good = nextEvent(writer, { started_at: new Date().toISOString(), input_tokens: 7 });
  const broken = { ...nextEvent(writer), output_tokens: -1 };
  await append(writer, "event", good);
  await new Promise((resolve) => writer.append({ record: "event", event: broken }, resolve));
  await append(writer, "event", nextEvent(writer, { started_at: good.started_at, input_tokens: 7 }));
  spool.bury();

  const store = await openStore();
  const letters = await deliverAll(store);
  expect(letters).toMatchObject([
    {
      reason: expect.stringContaining("output_tokens") as unknown,
      payload: JSON.stringify({ record: "event", event: broken }),
    },
  ]);
  expect(await readTotals(store, "FINAL")).toEqual({ calls: 2, tokens: 14 });
  await store.close();
});

describe("a late intent never undoes an event", () => {
  test.each([
    ["after the event", ["event", "intent"]],
    ["before the event", ["intent", "event"]],
  ] as const)("%s", async (_name, order) => {
    const store = await openStore();
    const started_at = new Date().toISOString();
    const intent: Partial<TokenEvent> = {
      started_at,
      status: 0,
      error_kind: "interrupted",
      terminated_by: "gateway",
      usage_source: "none",
    };
    for (const record of order) {
      const writer = spool.openWriter(`gateway-of-${record}`);
      const said = record === "intent" ? intent : { started_at, input_tokens: 7 };
      await append(writer, record, nextEvent(writer, said));
      spool.bury(writer.writerId);
      await deliverAll(store);
    }
    const found = await store.query(ask("SELECT status, error_kind FROM token_events FINAL"), {});
    expect(found).toEqual([{ status: 200, error_kind: null }]);
    await store.close();
  });
});

test("whatever a valid event holds, it goes in, and stops no other", async () => {
  const odd = [
    "\ud800",
    "\udc00x",
    "a\u0000b",
    "\u2028",
    "\"\\'\n\t{}",
    "é鉱⚗️",
    "{x:String}",
    "x".repeat(256),
  ];
  const store = await openStore();
  const writer = spool.openWriter();
  const started_at = new Date().toISOString();
  for (const text of odd) {
    const event = nextEvent(writer, {
      started_at,
      model_requested: text,
      session_id: text,
      client: text,
      stop_reason: text,
      usage_raw: text,
      tags: { [text]: text },
      server_tool_calls: { [text]: COUNT_MAX },
      input_tokens: COUNT_MAX,
      status: 999,
    });
    await append(writer, "event", event);
  }
  spool.bury();
  await deliverAll(store);
  const rows = await store.query(
    ask(`
      SELECT sequence, session_id, usage_raw, tags, server_tool_calls, toString(input_tokens) AS tokens
      FROM token_events FINAL ORDER BY sequence`),
    {},
  );
  const kept = odd.map((text) => text.toWellFormed());
  expect(rows).toEqual(
    kept.map((text, at) => ({
      sequence: String(at + 1),
      session_id: text,
      usage_raw: text,
      tags: { [text]: text },
      server_tool_calls: { [text]: String(COUNT_MAX) },
      tokens: String(COUNT_MAX),
    })),
  );
  await store.close();
});

test("a sink alone says which server it needs", async () => {
  const env = { ...process.env, ASSAY_DATA: dataDir, CLICKHOUSE_URL: "" };
  const sink = spawn(process.execPath, [MAIN, "sink"], { env });
  const [said, [exitCode]] = await Promise.all([readText(sink.stderr), once(sink, "exit")]);
  expect(exitCode).toBe(1);
  expect(said).toMatch(/^assay sink needs a ClickHouse server: set CLICKHOUSE_URL, or run `assay start`/);
});
