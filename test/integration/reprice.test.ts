// Stored calls are priced again, exactly once and for good, the same whether ClickHouse is chDB in this process or a server.

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { BATCH_CALLS_MAX, repriceCalls, type RepriceSummary } from "../../ingest/pricing/reprice.ts";
import { createPricer, type Pricer } from "../../ingest/sink/price.ts";
import { toEventRow } from "../../ingest/sink/rows.ts";
import { migrateClickHouse } from "../../schemas/clickhouse/migrate.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { readConfig } from "../../schemas/config.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { CLICKHOUSE_OPENERS, type TestStore } from "../services/clickhouse-openers.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const FROM = new Date("2026-11-01T00:00:00Z");
const TO = new Date("2026-12-01T00:00:00Z");
/** Far enough that the engine, which goes by the machine's clock, drops nothing while a test runs. */
const KEPT_FROM = new Date("2090-01-01T00:00:00Z");

const asBefore = createPricer();
/** A model that had no price costs `usd` for a million tokens now. */
const withOwnPrice = (usd: number): Pricer => {
  const ownPrice = { provider: "vllm", model: "our-own-1", usd_per_million_tokens: { input_tokens: usd } };
  return createPricer(readConfig({ ASSAY_PRICES: JSON.stringify([ownPrice]) }).prices);
};

let opened: TestStore;
let eventNumber = 0;

/** A million tokens into a model without a list price. */
function buildCall(said: Partial<TokenEvent> = {}): TokenEvent {
  eventNumber += 1;
  const event_id = `01936a00-0000-7000-8000-${String(eventNumber).padStart(12, "0")}`;
  const call = { gateway_id: "g1", provider: "vllm", model_served: "our-own-1", input_tokens: 1_000_000 };
  return buildTokenEvent({ event_id, ...call, ...said });
}

/** As the sink does it, also when it delivers a record again. */
async function deliver(events: readonly TokenEvent[], price = asBefore): Promise<void> {
  const rows = events.map((event) =>
    toEventRow(event, { price, retentionDays: { events: 30, sketches: 30, runs: 90 } }, KEPT_FROM),
  );
  await opened.store.insert("token_events", rows);
}

function reprice(price: Pricer, store: ClickHouseStore = opened.store): Promise<RepriceSummary> {
  const { signal } = new AbortController();
  return repriceCalls(store, { from: FROM, to: TO, price, onProgress: () => {}, signal });
}

/** What readers see of the calls, in the order in which they were built. */
async function stored(columns: string): Promise<Record<string, unknown>[]> {
  return opened.read(`SELECT ${columns} FROM token_events FINAL ORDER BY event_id`);
}

const costs = async (): Promise<unknown[]> => (await stored("cost_usd")).map(({ cost_usd }) => cost_usd);

/** Rows that were ever inserted, since nothing merges them here. */
async function countRows(): Promise<unknown> {
  return (await opened.read("SELECT count() AS rows FROM token_events"))[0]?.["rows"];
}

describe.each(CLICKHOUSE_OPENERS)("%s", (_name, open) => {
  beforeAll(async () => {
    opened = await open();
    await migrateClickHouse(opened.store);
    await opened.run("SYSTEM STOP MERGES token_events");
  });
  beforeEach(() => opened.run("TRUNCATE TABLE token_events"));
  afterAll(() => opened.close());

  test("a redelivery after a repricing does not undo it, nor does a later one of an older price", async () => {
    const call = buildCall();
    await deliver([call]);
    expect(await costs()).toEqual([null]);
    await reprice(withOwnPrice(2));
    await deliver([call]);
    expect(await costs()).toEqual(["2"]);
    await reprice(withOwnPrice(3));
    await deliver([call], withOwnPrice(2));
    expect(await costs()).toEqual(["3"]);
  });

  test("what has its price already is not written again", async () => {
    await deliver([
      buildCall(),
      buildCall({ provider: "openai", model_served: "gpt-5" }),
      buildCall({ input_tokens: null, usage_source: "none" }),
    ]);
    expect(await reprice(withOwnPrice(2))).toMatchObject({ calls: 3, changed: 1, unpriced: 0 });
    const rows = await countRows();
    expect(await reprice(withOwnPrice(2))).toMatchObject({ calls: 3, changed: 0 });
    expect(await countRows()).toBe(rows);
    expect(await costs()).toEqual(["2", "1.25", null]);
  });

  test("nothing of a call changes but its price, also where a text is nasty or a count large", async () => {
    const nasty = `'; DROP TABLE token_events; -- \\ "quoted" \t\n é 漢字 😀`;
    await deliver([
      buildCall({
        session_id: nasty,
        tags: { [nasty]: nasty },
        usage_raw: JSON.stringify({ nasty: 1 }),
        request_bytes: Number.MAX_SAFE_INTEGER,
        server_tool_calls: { web_search: 0 },
        person_id: "01936a00-0000-7000-8000-00000000000a",
        workload_class: "batch",
        started_at: "2026-11-30T23:59:59.999Z",
      }),
    ]);
    const others = "* EXCEPT (cost_usd, price_version, row_version, ingested_at)";
    const before = await stored(others);
    await reprice(withOwnPrice(2));
    expect(await stored(others)).toEqual(before);
    expect(await stored("cost_usd, row_version")).toEqual([{ cost_usd: "2", row_version: "3" }]);
  });

  test("calls of one moment, more than a batch, are all priced once", async () => {
    const events = Array.from({ length: 2 * BATCH_CALLS_MAX + 7 }, () => buildCall());
    await deliver(events);
    const summary = await reprice(withOwnPrice(2));
    expect(summary).toMatchObject({ calls: events.length, changed: events.length });
    expect(new Set(await costs())).toEqual(new Set(["2"]));
    expect(await countRows()).toBe(String(2 * events.length));
  });

  test("a run that is killed half-way and run again gives what one run gives", async () => {
    const events = Array.from({ length: 3 * BATCH_CALLS_MAX }, (_, second) =>
      buildCall({ started_at: new Date(FROM.getTime() + second * 1000).toISOString() }),
    );
    await deliver(events);
    let inserts = 0;
    const dying: ClickHouseStore = {
      ...opened.store,
      async insert(table, rows) {
        inserts += 1;
        if (inserts === 2) throw new Error("killed");
        await opened.store.insert(table, rows);
      },
    };
    await expect(reprice(withOwnPrice(2), dying)).rejects.toThrow("killed");
    expect((await costs()).filter((cost) => cost === "2")).toHaveLength(BATCH_CALLS_MAX);
    expect(await reprice(withOwnPrice(2))).toMatchObject({
      calls: events.length,
      changed: 2 * BATCH_CALLS_MAX,
    });
    expect(new Set(await costs())).toEqual(new Set(["2"]));
    expect(await countRows()).toBe(String(2 * events.length));
  });

  test("only calls that started within the span are touched: the first moment is in, the last is not", async () => {
    const startsMs = [FROM.getTime() - 1, FROM.getTime(), TO.getTime() - 1, TO.getTime()];
    await deliver(startsMs.map((startMs) => buildCall({ started_at: new Date(startMs).toISOString() })));
    expect(await reprice(withOwnPrice(2))).toMatchObject({ calls: 2, changed: 2 });
    expect(await costs()).toEqual([null, "2", "2", null]);
  });

  test("an interrupted call whose record comes after all is priced by the record", async () => {
    const call = buildCall();
    const intent = {
      ...call,
      input_tokens: null,
      usage_source: "none",
      status: 0,
      error_kind: "interrupted",
    } as const;
    await deliver([intent]);
    expect(await reprice(withOwnPrice(2))).toMatchObject({ calls: 0, changed: 0 });
    await deliver([call], withOwnPrice(2));
    expect(await costs()).toEqual(["2"]);
  });

  test("a price that no longer holds is taken back, and a cost that an import told is not replaced by none", async () => {
    await deliver([
      buildCall({ cost_usd: "5", price_version: "genai-prices 0.0.1" }),
      buildCall({ gateway_id: "", cost_usd: "5" }),
      buildCall({ gateway_id: "", provider: "openai", model_served: "gpt-5", cost_usd: "5" }),
    ]);
    expect(await reprice(asBefore)).toMatchObject({ changed: 2, unpriced: 1 });
    expect(await costs()).toEqual([null, "5", "1.25"]);
  });

  test("models without a price are told, with their tier, the most called first", async () => {
    const tier = { provider: "openai", model_served: "gpt-6-sol", service_tier: "priority" };
    await deliver([
      buildCall(tier),
      buildCall(),
      buildCall(),
      buildCall({ provider: "openai", model_served: "gpt-5" }),
    ]);
    expect((await reprice(asBefore)).unpriced_models).toEqual([
      { provider: "vllm", model: "our-own-1", service_tier: null, calls: 2 },
      { provider: "openai", model: "gpt-6-sol", service_tier: "priority", calls: 1 },
    ]);
  });
});
