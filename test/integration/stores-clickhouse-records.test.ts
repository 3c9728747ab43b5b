// What is put into ClickHouse comes out again, once and as it was, the same whether it is chDB in this process or a server.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrateClickHouse } from "../../schemas/clickhouse/migrate.ts";
import { callFeaturesSchema, SKETCH_SIZE } from "../../schemas/call-features.ts";
import { outcomeSchema } from "../../schemas/outcome.ts";
import { tokenEventSchema, TOKEN_FIELDS, type TokenEvent } from "../../schemas/token-event.ts";
import { buildCallFeatures } from "../builders/call-features.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { CLICKHOUSE_OPENERS, type TestStore } from "../services/clickhouse-openers.ts";

const NEVER = "2090-01-01T00:00:00Z";
const PERSON = "01936a00-0000-7000-8000-00000000000a";
const COUNT_MAX = Number.MAX_SAFE_INTEGER;
const NASTY = `'; DROP TABLE token_events; -- \\ "quoted" \t\n\r é 漢字 😀 {"a":1}; `;
const OUTCOME = outcomeSchema.parse({
  schema_version: 1,
  outcome_id: "github:0a1b:pr:123:merged",
  kind: "pr_merged",
  occurred_at: "2026-11-20T09:30:00.000Z",
  credited_at: "2026-12-04T09:30:00.000Z",
  person_id: PERSON,
  run_id: null,
  session_id: null,
  request_id: null,
  repo_hash: "0a1b",
  branch_hash: null,
  ticket_hash: null,
  change_hash: null,
  file_hashes: ["f1", "f2"],
  quantity: 120.5,
  gross_quantity: 300,
  reviewed_by_other: true,
  rewritten_share: null,
  reverses: null,
  source: "github",
  trust: "high",
});

let opened: TestStore;

async function put(event: TokenEvent, row_version = 1): Promise<void> {
  await opened.store.insert("token_events", [{ ...event, expires_at: NEVER, row_version }]);
}

function stored(event_id: string): Promise<Record<string, unknown>[]> {
  const sql = `SELECT * EXCEPT (ingested_at, expires_at, row_version)
    FROM token_events FINAL WHERE event_id = {event_id:UUID}`;
  return opened.read(sql, { event_id });
}

async function costOf(event_id: string): Promise<unknown[]> {
  return (await stored(event_id)).map(({ cost_usd }) => cost_usd);
}

async function columns(table: string): Promise<string[]> {
  const sql = "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {table:String}";
  return (await opened.read(sql, { table })).map(({ name }) => String(name)).toSorted();
}

/** Counts leave ClickHouse as text, so that none is rounded on the way; these are too small for that. */
const SMALL_NUMBERS = new Set([
  "schema_version",
  "status",
  "quantity",
  "gross_quantity",
  "sketch_epoch",
  "delta_compression",
]);

function asStored(record: object): object {
  return JSON.parse(JSON.stringify(record), (key, value: unknown) =>
    typeof value === "number" && !SMALL_NUMBERS.has(key) ? String(value) : value,
  );
}

describe.each(CLICKHOUSE_OPENERS)("%s", (_name, open) => {
  beforeAll(async () => {
    opened = await open();
    await migrateClickHouse(opened.store);
  });
  afterAll(() => opened.close());

  test("have a column for every field, and no other but their own three", async () => {
    const own = ["ingested_at", "expires_at"];
    expect(await columns("token_events")).toEqual(
      [...Object.keys(tokenEventSchema.shape), ...own, "row_version"].toSorted(),
    );
    expect(await columns("call_features")).toEqual(
      [...Object.keys(callFeaturesSchema.shape), ...own].toSorted(),
    );
    expect(await columns("outcomes")).toEqual([...Object.keys(outcomeSchema.shape), ...own].toSorted());
  });

  test("come back exactly: the largest counts, twelve decimals, any text", async () => {
    const event = buildTokenEvent({
      event_id: "01936a00-0000-7000-8000-000000000101",
      started_at: "2026-11-20T09:30:00.123Z",
      ...Object.fromEntries(TOKEN_FIELDS.map((field, index) => [field, COUNT_MAX - index])),
      sequence: COUNT_MAX,
      duration_ms: COUNT_MAX,
      person_id: PERSON,
      session_id: NASTY,
      client: NASTY,
      stream: true,
      tags: { [NASTY]: NASTY, __proto: "", "": "empty" },
      server_tool_calls: { web_search: COUNT_MAX },
      usage_raw: JSON.stringify({ input_tokens: 1 }),
      cost_usd: "999999.000000000001",
      workload_class: "ci",
    });
    await put(event);
    expect(await stored(event.event_id)).toEqual([asStored(event)]);
  });

  test("features come back exactly, whether everything is known of a call or nothing", async () => {
    const known = buildCallFeatures({
      event_id: "01936a00-0000-7000-8000-000000000201",
      person_id: PERSON,
      prefix_hash: "p",
      delta_human_chars: 0,
      delta_sketch: Array.from({ length: SKETCH_SIZE }, (_number, at) => 0xffff_ffff - at),
      delta_compression: 0.25,
      delta_blocks: ["0", "18446744073709551615"],
      tool_names: ["Bash", NASTY],
      tool_kinds: ["execute", "other"],
      tool_call_hashes: ["c", ""],
      tool_result_states: ["unknown"],
    });
    const unknown = buildCallFeatures({ event_id: "01936a00-0000-7000-8000-000000000202" });
    const rows = [known, unknown, known].map((row) => ({ ...row, expires_at: NEVER }));
    await opened.store.insert("call_features", rows);
    const sql = "SELECT * EXCEPT (ingested_at, expires_at) FROM call_features FINAL ORDER BY event_id";
    expect(await opened.read(sql, {})).toEqual(
      [known, unknown].map(({ delta_sketch, ...features }) => ({ ...asStored(features), delta_sketch })),
    );
  });

  test("keep unknown apart from zero and from empty", async () => {
    const unknown = buildTokenEvent({ event_id: "01936a00-0000-7000-8000-000000000102" });
    const zero = buildTokenEvent({
      event_id: "01936a00-0000-7000-8000-000000000103",
      input_tokens: 0,
      cost_usd: "0",
      session_id: "",
      model_served: "",
    });
    await put(unknown);
    await put(zero);
    expect(await stored(unknown.event_id)).toEqual([asStored(unknown)]);
    expect(await stored(zero.event_id)).toEqual([asStored(zero)]);
  });

  test("of one event count once, however often and in whatever batch they are delivered", async () => {
    const event = buildTokenEvent({ event_id: "01936a00-0000-7000-8000-000000000104", cost_usd: "1.5" });
    for (let delivery = 0; delivery < 3; delivery++) await put(event);
    await opened.store.insert(
      "token_events",
      [event, event].map((row) => ({ ...row, expires_at: NEVER, row_version: 1 })),
    );
    expect(await costOf(event.event_id)).toEqual(["1.5"]);
  });

  test("an intent that comes late never undoes its event", async () => {
    const event = buildTokenEvent({ event_id: "01936a00-0000-7000-8000-000000000105", cost_usd: "1" });
    const intent = buildTokenEvent({ event_id: event.event_id, usage_source: "none" });
    await put(event, 1);
    await put(intent, 0);
    expect(await costOf(event.event_id)).toEqual(["1"]);
  });

  test("a redelivery never undoes a repricing, also once the parts are merged", async () => {
    const event = buildTokenEvent({ event_id: "01936a00-0000-7000-8000-000000000106", cost_usd: "1" });
    await put(event, 1);
    await put({ ...event, cost_usd: "2" }, 3);
    await put(event, 1);
    expect(await costOf(event.event_id)).toEqual(["2"]);
    await opened.run("OPTIMIZE TABLE token_events FINAL");
    expect(await costOf(event.event_id)).toEqual(["2"]);
  });

  test("are dropped when their time is over, and not before", async () => {
    const gone = buildTokenEvent({ event_id: "01936a00-0000-7000-8000-000000000107" });
    const kept = buildTokenEvent({ event_id: "01936a00-0000-7000-8000-000000000108" });
    await opened.store.insert("token_events", [
      { ...gone, expires_at: "2020-01-01T00:00:00Z", row_version: 1 },
    ]);
    await put(kept);
    await opened.run("OPTIMIZE TABLE token_events FINAL");
    expect([await stored(gone.event_id), await stored(kept.event_id)]).toMatchObject([[], [{}]]);
  });

  test("of one outcome: the last delivery counts, also when its times were corrected", async () => {
    const outcome = OUTCOME;
    const corrected = { ...outcome, occurred_at: "2026-11-19T09:30:00.000Z", reviewed_by_other: null };
    await opened.store.insert("outcomes", [
      { ...outcome, ingested_at: "2026-11-21T00:00:01Z", expires_at: NEVER },
    ]);
    await opened.store.insert("outcomes", [
      { ...corrected, ingested_at: "2026-11-21T00:00:02Z", expires_at: NEVER },
    ]);
    expect(await opened.read("SELECT * EXCEPT (ingested_at, expires_at) FROM outcomes FINAL")).toEqual([
      asStored(corrected),
    ]);
  });

  test("a derived row is replaced by a later pass, and gone when that deletes it", async () => {
    const row = {
      person_id: PERSON,
      event_id: PERSON,
      started_at: "2026-11-20T09:30:00.000Z",
      expires_at: NEVER,
    };
    await opened.store.insert("calls", [{ ...row, attempt: 2, version: 20 }]);
    await opened.store.insert("calls", [{ ...row, attempt: 1, version: 10 }]);
    expect(await opened.read("SELECT attempt FROM calls FINAL")).toEqual([{ attempt: 2 }]);
    await opened.store.insert("calls", [{ ...row, attempt: 2, version: 30, is_deleted: 1 }]);
    expect(await opened.read("SELECT attempt FROM calls FINAL")).toEqual([]);
  });

  test("with an unknown column, or null where nothing is unknown, are refused whole", async () => {
    const row = { name: "refused", value: "", version: 1 };
    for (const wrong of [
      { ...row, nome: "" },
      { ...row, value: null },
    ]) {
      const insert = opened.store.insert("analysis_state", [row, wrong]);
      await expect(insert).rejects.toMatchObject({ code: "internal", retry: false });
    }
    expect(await opened.read("SELECT name FROM analysis_state WHERE name = 'refused'")).toEqual([]);
  });

  test("more than one INSERT may take all arrive, and none of an empty list", async () => {
    const rows = Array.from({ length: 12_001 }, (_, index) => ({
      name: `many ${index}`,
      value: "",
      version: 1,
    }));
    await opened.store.insert("analysis_state", rows);
    await opened.store.insert("analysis_state", []);
    const sql = "SELECT uniqExact(name) AS n FROM analysis_state WHERE startsWith(name, 'many ')";
    expect(await opened.read(sql)).toEqual([{ n: "12001" }]);
  });
});
