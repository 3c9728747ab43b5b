// What ClickHouse refuses for good is found among the rest and kept with its reason; what it refuses for a while waits. A valid
// record is always accepted, so the tests put a constraint on the table that it does not know of.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { createSink } from "../../ingest/sink/sink.ts";
import { createPricer } from "../../ingest/sink/price.ts";
import { migrateClickHouse } from "../../schemas/clickhouse/migrate.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import { defineStatement, type ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { createMetrics } from "../../schemas/metrics.ts";
import type { RecordBatch } from "../../ingest/bus/delivery.ts";
import type { DeadLetter } from "../../ingest/spool/writer-cursor.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { ask, CLICKHOUSE_OPENERS, type TestStore } from "../services/clickhouse-openers.ts";
import { startTestClickHouse } from "../services/clickhouse-http.ts";

const LOADED_MACHINE_MS = 60_000;
vi.setConfig({ testTimeout: LOADED_MACHINE_MS, hookTimeout: LOADED_MACHINE_MS });

const TEAPOT = 418;
const REFUSE_TEAPOTS = `ALTER TABLE token_events ADD CONSTRAINT no_teapots CHECK status != ${TEAPOT}`;

/** `calls` of this moment; those in `bad` will be refused. */
function toBatch(calls: number, isBad: (call: number) => boolean): RecordBatch {
  const started_at = new Date().toISOString();
  const records = Array.from({ length: calls }, (_, call) => ({
    record: "event" as const,
    event: buildTokenEvent({ event_id: toId(call), started_at, status: isBad(call) ? TEAPOT : 200 }),
  }));
  return { records, deadLetters: [] };
}

const toId = (call: number): string => `01936a00-0000-7000-8000-${String(call).padStart(12, "0")}`;

function openSink(store: ClickHouseStore) {
  const letters: DeadLetter[] = [];
  const { deliver } = createSink({
    store,
    deadLetters: { keep: async (kept) => void letters.push(...kept) },
    metrics: createMetrics("sink"),
    price: createPricer(),
    retentionDays: { events: 30, sketches: 30, runs: 90 },
  });
  return {
    deliver,
    letters,
    idsOfLetters: () => letters.map(({ payload }) => JSON.parse(payload).event.event_id),
  };
}

async function countCalls(store: ClickHouseStore): Promise<unknown> {
  const [row] = await store.query(ask("SELECT toUInt32(count()) AS calls FROM token_events FINAL"), {});
  return row?.["calls"];
}

describe.each(CLICKHOUSE_OPENERS)("in %s", (_name, open) => {
  let opened: TestStore;
  beforeAll(async () => {
    opened = await open();
    await migrateClickHouse(opened.store);
  });
  beforeEach(() => opened.run(REFUSE_TEAPOTS));
  afterEach(async () => {
    await opened.run("ALTER TABLE token_events DROP CONSTRAINT IF EXISTS no_teapots");
    await opened.run("TRUNCATE TABLE token_events");
  });
  afterAll(() => opened.close());

  test("bad records among 2,000 are put aside, the first and the last too, and the rest is stored", async () => {
    const bad = [0, 1023, 1999];
    const sink = openSink(opened.store);
    await sink.deliver(toBatch(2000, (call) => bad.includes(call)));
    expect(sink.idsOfLetters()).toEqual(bad.map(toId));
    expect(sink.letters[0]?.reason).toContain("VIOLATED_CONSTRAINT");
    expect(await countCalls(opened.store)).toBe(2000 - bad.length);
  });

  test("a few records that are all bad are put aside", async () => {
    const sink = openSink(opened.store);
    await sink.deliver(toBatch(3, () => true));
    expect(sink.idsOfLetters()).toEqual([0, 1, 2].map(toId));
  });

  test("when a whole batch is refused nothing is put aside, and it is stored once the cause is gone", async () => {
    const sink = openSink(opened.store);
    const batch = toBatch(200, () => true);
    await expect(sink.deliver(batch)).rejects.toMatchObject({ code: "unavailable", retry: true });
    await opened.run("ALTER TABLE token_events DROP CONSTRAINT no_teapots");
    await sink.deliver(batch);
    expect(sink.letters).toEqual([]);
    expect(await countCalls(opened.store)).toBe(200);
  });

  test("a single record waits for a table that is missing", async () => {
    const sink = openSink(opened.store);
    await opened.run("RENAME TABLE token_events TO elsewhere");
    await expect(sink.deliver(toBatch(1, () => false))).rejects.toMatchObject({ retry: true });
    await opened.run("RENAME TABLE elsewhere TO token_events");
    await sink.deliver(toBatch(1, () => false));
    expect(sink.letters).toEqual([]);
    expect(await countCalls(opened.store)).toBe(1);
  });
});

test("ClickHouse going away while bad records are looked for puts none aside, and counts each call once", async ({
  skip,
}) => {
  const server = await startTestClickHouse();
  const { outage } = server;
  if (!outage) {
    skip("this server is not ours to stop");
    return;
  }
  const store = await openClickHouse({ url: server.url, dataDir: "/unused" });
  await migrateClickHouse(store);
  await store.execute(defineStatement({ name: "test", sql: REFUSE_TEAPOTS, params: z.object({}) }), {});
  let inserts = 0;
  const dying: ClickHouseStore = {
    ...store,
    insert: async (table, rows) => {
      if (++inserts === 7) await outage.begin();
      await store.insert(table, rows);
    },
  };
  const sink = openSink(dying);
  const batch = toBatch(500, (call) => call === 400);
  await expect(sink.deliver(batch)).rejects.toMatchObject({ code: "unavailable", retry: true });
  expect(sink.letters).toEqual([]);
  await outage.end();
  await sink.deliver(batch);
  expect(sink.idsOfLetters()).toEqual([toId(400)]);
  expect(await countCalls(store)).toBe(499);
  await store.close();
  await server.stop();
});
