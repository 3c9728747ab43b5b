// How questions are asked of ClickHouse, the same whether it is chDB in this process or a server.

import { monitorEventLoopDelay } from "node:perf_hooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
import { ask, CLICKHOUSE_OPENERS, type TestStore } from "../services/clickhouse-openers.ts";

/** More than either way to the store has for reading. */
const CONNECTIONS = 10;

let opened: TestStore;

async function echo(text: string): Promise<unknown> {
  return (await opened.read("SELECT {text:String} AS text, sleep(0.001)", { text }))[0]?.["text"];
}

/** Reads one row and leaves the stream. */
async function first(sql: string): Promise<unknown> {
  for await (const row of opened.store.stream(ask(sql), {})) return row;
  return undefined;
}

describe.each(CLICKHOUSE_OPENERS)("%s", (_name, open) => {
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());

  test("a parameter is a value and never becomes SQL", async () => {
    await opened.run("CREATE TABLE safe (a String) ENGINE = MergeTree ORDER BY a");
    const attacks = [
      "'; DROP TABLE safe; --",
      "\\'; DROP TABLE safe; --",
      "\\\\'; DROP TABLE safe; --",
      "'); DROP TABLE safe; SELECT ('",
      "'; SET param_a = 'other'; SELECT '",
      "`; DROP TABLE safe",
      "\\N",
      "\\x27",
      "tab\tline\nreturn\rback\\slash 'quote' \"double\" é 漢字 😀",
      "",
    ];
    for (const attack of attacks) {
      const [row] = await opened.read("SELECT {a:String} AS a, {list:Array(String)} AS list", {
        a: attack,
        list: [attack, attack],
      });
      expect(row).toEqual({ a: attack, list: [attack, attack] });
    }
    expect(await opened.read("SELECT count() AS n FROM safe")).toEqual([{ n: "0" }]);
  });

  test("a parameter keeps its type: counts, times, days, lists, truth and unknown", async () => {
    const sql = `SELECT {count:UInt64} AS count, {at:DateTime64(3)} AS at, {day:Date} AS day, {ids:Array(UUID)} AS ids,
      {no:Bool} AS no, {unknown:Nullable(String)} AS unknown, {usd:Decimal(38, 12)} AS usd, {none:Array(String)} AS none`;
    const ids = ["01936a00-0000-7000-8000-00000000000a"];
    const at = new Date("2026-03-29T01:30:00.123Z");
    const params = {
      count: Number.MAX_SAFE_INTEGER,
      day: "2026-03-29",
      ids,
      no: false,
      unknown: null,
      none: [],
    };
    expect(await opened.read(sql, { ...params, at, usd: "0.000000000001" })).toEqual([
      { ...params, count: "9007199254740991", at: at.toISOString(), usd: "0.000000000001" },
    ]);
  });

  test("a parameter that is not of its type, or is missing, is refused", async () => {
    for (const params of [{ a: "300; DROP TABLE x" }, { b: 1 }])
      await expect(opened.read("SELECT {a:UInt8}", params)).rejects.toMatchObject({
        code: "internal",
        retry: false,
      });
  });

  test("a filter on what was replaced does not bring it back", async () => {
    await opened.run(
      "CREATE TABLE replaced (k UInt8, v UInt8, n UInt8) ENGINE = ReplacingMergeTree(n) ORDER BY k",
    );
    await opened.run("INSERT INTO replaced VALUES (1, 1, 1), (2, 1, 1)");
    await opened.run("INSERT INTO replaced VALUES (1, 2, 2)");
    const read = "SELECT k, v FROM replaced FINAL WHERE";
    expect(await opened.read(`${read} k = 1`)).toEqual([{ k: 1, v: 2 }]);
    expect(await opened.read(`${read} v = 1`)).toEqual([{ k: 2, v: 1 }]);
    expect(await opened.read(`${read} k = 1 AND v = 1`)).toEqual([]);
    expect(await opened.read(`${read} (k, v) IN (SELECT 1, 1)`)).toEqual([]);
  });

  test("queries side by side each get the answer to their own question", async () => {
    const questions = Array.from({ length: 100 }, (_, index) => `question ${index}`);
    expect(await Promise.all(questions.map(echo))).toEqual(questions);
  });

  test("integers beyond 2^53 and decimals lose no digit", async () => {
    const sql =
      "SELECT toUInt64(18446744073709551615) AS n, toDecimal128('12345678901234567890.000000000001', 12) AS usd";
    expect(await opened.read(sql)).toEqual([
      { n: "18446744073709551615", usd: "12345678901234567890.000000000001" },
    ]);
  });

  test("a row that is not what its schema says is an error, in a list and in a stream", async () => {
    const wrong = defineQuery({
      name: "test",
      sql: "SELECT 1 AS a",
      params: z.object({}),
      row: z.object({ a: z.string() }),
    });
    await expect(opened.store.query(wrong, {})).rejects.toBeInstanceOf(z.ZodError);
    await expect(Array.fromAsync(opened.store.stream(wrong, {}))).rejects.toBeInstanceOf(z.ZodError);
  });

  test("a stream hands on rows before the answer ends, and leaving it ends the query", async () => {
    // The answer has no end, so an implementation that collects it first never hands on a row.
    const endless = ask("SELECT number AS n, {text:String} AS text FROM system.numbers");
    let rows = 0;
    for await (const row of opened.store.stream(endless, { text: "it's" })) {
      if (row["n"] !== String(rows) || row["text"] !== "it's") break;
      rows += 1;
      if (rows === 200_000) break;
    }
    expect(rows).toBe(200_000);
    const again = Array.from({ length: CONNECTIONS }, () => first("SELECT number AS n FROM system.numbers"));
    expect(await Promise.all(again)).toEqual(again.map(() => ({ n: "0" })));
  });

  test("a question after a stream that was left holds up nothing else in the process", async () => {
    await first("SELECT number AS n, sleepEachRow(0.05) FROM numbers(6) SETTINGS max_block_size = 1");
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    await opened.read("SELECT sleep(1)");
    delay.disable();
    expect(delay.max / 1e6).toBeLessThan(700);
  });

  test("a stream that breaks in the middle fails, and is never a shorter answer", async () => {
    const breaks = ask("SELECT throwIf(number = 150000) AS n FROM numbers(200000)");
    const reading = Array.fromAsync(opened.store.stream(breaks, {}));
    await expect(reading).rejects.toMatchObject({ code: "internal", cause: { code: "395" } });
  });

  test("long statements side by side hold up neither a question nor an insert", async () => {
    await opened.run("CREATE TABLE slow (n UInt64) ENGINE = MergeTree ORDER BY n");
    let done = 0;
    const statements = Array.from({ length: 4 }, async () => {
      await opened.run("INSERT INTO slow SELECT sleepEachRow(0.3) + number FROM numbers(2)");
      done += 1;
    });
    await opened.read("SELECT {a:UInt8}", { a: 1 });
    await opened.store.insert("slow", [{ n: 100 }]);
    expect(done).toBe(0);
    await Promise.all(statements);
  });

  test("what one operation may take is not what the next may take on the same connection", async () => {
    const limit = "SELECT toUInt32(getSetting('max_execution_time')) AS seconds";
    const connections = Array.from({ length: CONNECTIONS }, () => limit);
    const streams = new Set((await Promise.all(connections.map(first))).map((row) => JSON.stringify(row)));
    const queries = new Set(
      (await Promise.all(connections.map((sql) => opened.read(sql)))).map((rows) => JSON.stringify(rows)),
    );
    expect([streams, queries]).toEqual([new Set(['{"seconds":900}']), new Set(['[{"seconds":60}]'])]);
  });

  test("a query says its name to the server's log", async () => {
    expect(await opened.read("SELECT getSetting('log_comment') AS comment")).toEqual([
      { comment: '{"query":"test"}' },
    ]);
  });

  test("a closed list of what ClickHouse refuses is told from a failure that passes", async () => {
    await expect(opened.read("SELECT nothing")).rejects.toMatchObject({ code: "internal", retry: false });
    const tooMuch = "SELECT groupArray(number) FROM numbers(100000000) SETTINGS max_memory_usage = 1000000";
    await expect(opened.read(tooMuch)).rejects.toMatchObject({ code: "unavailable", retry: true });
    const tooLong =
      "SELECT sleepEachRow(0.01) FROM numbers(1000) SETTINGS max_execution_time = 0.1, max_block_size = 1";
    await expect(opened.read(tooLong)).rejects.toMatchObject({ code: "timeout" });
  });
});
