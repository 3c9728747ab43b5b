// What an import takes in, what it refuses, and that it can be repeated.

import { gzipSync } from "node:zlib";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { importEventsCommand } from "../../ingest/commands/import-events.ts";
import type { ImportSummary } from "../../ingest/import/import-events.ts";
import { REFUSALS_TOLD_MAX } from "../../ingest/import/line-batches.ts";
import { SKETCH_SIZE } from "../../schemas/call-features.ts";
import { EXIT } from "../../schemas/command.ts";
import { people } from "../../schemas/postgres/tables.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { openImports, toLines, type Imports } from "../services/imports.ts";

const LINES_MANY = 30_000;
/** A batch is 2,000 events of 2 KB, and there are those of the batch before; all lines would be 60 MB. */
const KEPT_BYTES_MAX = 30 * 1024 * 1024;
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let imports: Imports;
beforeAll(async () => {
  imports = await openImports();
});
afterAll(async () => imports.close());
beforeEach(async () => imports.empty("token_events", "call_features"));

const run = async (sql: string): Promise<Record<string, unknown>[]> => imports.query(sql);

interface Imported {
  exitCode: number;
  summary: ImportSummary;
  stderr: string;
}

async function importFrom(files: string[], stdin: Readable = Readable.from([])): Promise<Imported> {
  const { exitCode, stdout, stderr } = await imports.run(importEventsCommand, files, { stdin });
  const summary: ImportSummary = JSON.parse(stdout);
  return { exitCode, summary, stderr };
}

const idOf = (number: number): string => `01936a00-0000-7000-8000-${String(number).padStart(12, "0")}`;
const lineOf = (number: number, more: object = {}): object => ({
  event_id: idOf(number),
  started_at: "2026-11-20T09:30:00.000Z",
  input_tokens: 7,
  ...more,
});
const TOTALS =
  "SELECT toUInt32(count()) AS calls, toUInt32(sum(input_tokens)) AS tokens FROM token_events FINAL";

test("the same lines can be imported any number of times, in any files", async () => {
  const first = imports.write("first.jsonl", [lineOf(1), lineOf(2), lineOf(2)]);
  const second = imports.write("second.jsonl", [lineOf(2), lineOf(3)]);
  expect(await importFrom([first, second])).toMatchObject({ exitCode: EXIT.done });
  expect(await importFrom([second, first])).toMatchObject({ exitCode: EXIT.done });
  expect(await run(TOTALS)).toEqual([{ calls: 3, tokens: 21 }]);
});

test("what a line does not say is unknown, or what an import always is", async () => {
  const full = buildTokenEvent({
    event_id: idOf(2),
    client: "codex",
    output_tokens: 3,
    workload_class: "ci",
  });
  await importFrom([imports.write("fields.jsonl", [lineOf(1), full])]);
  const columns = "identity_source, client, usage_source, output_tokens, workload_class, gateway_id";
  expect(await run(`SELECT ${columns} FROM token_events FINAL ORDER BY event_id`)).toEqual([
    {
      identity_source: "import",
      client: "unknown",
      usage_source: "reported",
      output_tokens: null,
      workload_class: null,
      gateway_id: "",
    },
    {
      identity_source: "none",
      client: "codex",
      usage_source: "reported",
      output_tokens: "3",
      workload_class: "ci",
      gateway_id: "",
    },
  ]);
});

describe("features on a line", () => {
  const sketch = Array.from({ length: SKETCH_SIZE }, (_, at) => at);
  const features = {
    delta_hash: "hash",
    delta_sketch: sketch,
    delta_blocks: ["18446744073709551615"],
    tool_names: ["Bash"],
    tool_kinds: ["execute"],
    tool_results_ok: 0,
  };
  const COLUMNS =
    "event_id, started_at, person_id, sketch_epoch, delta_hash, delta_sketch, delta_blocks, tool_names";

  test("are kept beside their event, however often they come, for as long as features are", async () => {
    const file = imports.write("features.jsonl", [
      lineOf(1, { ...features, person_email: "ada@example.test" }),
      lineOf(2),
      lineOf(3, { sketch_epoch: 700, tool_names: [], delta_hash: null }),
    ]);
    for (const _ of [1, 2])
      expect((await importFrom([file])).summary).toMatchObject({ imported: 3, refused: 0 });
    const [person] = await imports.stores.postgres.db.select().from(people);
    expect(await run(`SELECT ${COLUMNS} FROM call_features FINAL`)).toEqual([
      {
        event_id: idOf(1),
        started_at: "2026-11-20T09:30:00.000Z",
        person_id: person?.personId,
        sketch_epoch: Math.floor(Date.parse("2026-11-20") / (28 * 86_400_000)),
        delta_hash: "hash",
        delta_sketch: sketch,
        delta_blocks: features.delta_blocks,
        tool_names: ["Bash"],
      },
    ]);
    const days = "SELECT dateDiff('day', now(), expires_at) AS days FROM call_features FINAL";
    expect(await run(days)).toEqual([{ days: "14" }]);
    expect(await run("SELECT toUInt32(count()) AS calls FROM token_events FINAL")).toEqual([{ calls: 3 }]);
  });

  test("that can't be features have their line refused", async () => {
    const file = imports.write("bad-features.jsonl", [
      lineOf(1, { delta_sketch: [1, 2] }),
      lineOf(2, { tool_kinds: ["juggle"] }),
      lineOf(3, { output_chars: -1 }),
    ]);
    expect((await importFrom([file])).summary).toMatchObject({ imported: 0, refused: 3 });
  });
});

describe("sources", () => {
  test("gzip, also of several members", async () => {
    const file = "members.jsonl.gz";
    writeFileSync(
      join(imports.folder, file),
      Buffer.concat([gzipSync(toLines([lineOf(1)])), gzipSync(toLines([lineOf(2)]))]),
    );
    expect(await importFrom([file])).toMatchObject({ exitCode: EXIT.done, summary: { imported: 2 } });
  });

  test("standard input", async () => {
    const stdin = new PassThrough();
    stdin.end(toLines([lineOf(1), "", lineOf(2)]).trimEnd());
    expect(await importFrom(["-"], stdin)).toMatchObject({ exitCode: EXIT.done, summary: { imported: 2 } });
  });

  test.each([
    ["that is not there", "absent.jsonl", undefined],
    ["that is not gzip", "not.jsonl.gz", Buffer.from("plain")],
    ["that is cut off", "cut.jsonl.gz", gzipSync(toLines([lineOf(1)])).subarray(0, 30)],
    ["that is a folder", ".", undefined],
  ])("a file %s is a fault with its name", async (_name, file, content) => {
    if (content) writeFileSync(join(imports.folder, file), content);
    await expect(importFrom([file])).rejects.toMatchObject({
      code: "bad_request",
      message: expect.stringContaining(file) as unknown,
    });
  });

  test("no file at all is a fault", async () => {
    await expect(importFrom([])).rejects.toMatchObject({ code: "bad_request" });
  });
});

describe("a bad line", () => {
  test("is told with its number and reason, the rest goes in, and the command fails", async () => {
    const file = imports.write("bad.jsonl", [
      lineOf(1),
      "{not json",
      "",
      lineOf(2, { input_tokens: -1 }),
      { started_at: "2026-11-20T09:30:00.000Z" },
      lineOf(3, { person_email: "nobody" }),
      "[]",
      "null",
      lineOf(4),
    ]);
    const { exitCode, summary } = await importFrom([file]);
    expect(exitCode).toBe(EXIT.failed);
    expect(summary).toMatchObject({ imported: 2, refused: 6 });
    expect(summary.refusals).toEqual(
      [2, 4, 5, 6, 7, 8].map((line) => ({ file, line, reason: expect.any(String) as unknown })),
    );
    const reasons = summary.refusals.map(({ reason }) => reason);
    for (const [at, field] of [
      [1, "input_tokens"],
      [2, "event_id"],
      [3, "person_email"],
    ] as const)
      expect(reasons[at]).toContain(field);
    expect(await run(TOTALS)).toEqual([{ calls: 2, tokens: 14 }]);
  });

  test("after very many others is counted and no longer told", async () => {
    const lines = Array.from({ length: REFUSALS_TOLD_MAX + 5 }, () => "x");
    const { summary } = await importFrom([imports.write("many-bad.jsonl", lines)]);
    expect(summary.refused).toBe(REFUSALS_TOLD_MAX + 5);
    expect(summary.refusals).toHaveLength(REFUSALS_TOLD_MAX);
  });
});

test("fields that this version does not know are counted and left out, whatever their names", async () => {
  const odd = '{"constructor":1,"toString":2,"future_field":3,';
  const line = odd + JSON.stringify(lineOf(1)).slice(1);
  const { exitCode, summary } = await importFrom([
    imports.write("unknown.jsonl", [line, lineOf(2, { future_field: 1 })]),
  ]);
  expect(exitCode).toBe(EXIT.done);
  expect(summary.unknown_fields).toEqual({ constructor: 1, toString: 1, future_field: 2 });
  expect(await run(TOTALS)).toEqual([{ calls: 2, tokens: 14 }]);
});

test("a call that the gateway has recorded is not counted again", async () => {
  const recorded = buildTokenEvent({
    event_id: idOf(1),
    gateway_id: "gateway-1",
    sequence: 1,
    response_id: "resp_1",
    input_tokens: 7,
  });
  const row = { ...recorded, expires_at: new Date(Date.now() + 86_400_000), row_version: 1 };
  await imports.stores.clickhouse.insert("token_events", [row]);
  const file = imports.write("known.jsonl", [
    lineOf(2, { response_id: "resp_1" }),
    lineOf(3, { response_id: "resp_2" }),
    lineOf(4),
  ]);
  expect((await importFrom([file])).summary).toMatchObject({ imported: 2, known: 1 });
  expect((await importFrom([file])).summary).toMatchObject({ imported: 2, known: 1 });
  expect(await run(TOTALS)).toEqual([{ calls: 3, tokens: 21 }]);
});

test("a person known by address only is made once, and is the calls' person", async () => {
  const file = imports.write("people.jsonl", [
    lineOf(1, { person_email: "Ada@Example.test" }),
    lineOf(2, { person_email: "ada@example.test" }),
    lineOf(3, { person_email: "grace@example.test" }),
    lineOf(4),
  ]);
  await importFrom([file]);
  await importFrom([file]);
  const found = await imports.stores.postgres.db.select().from(people);
  expect(found.map(({ email }) => email).toSorted()).toEqual(["ada@example.test", "grace@example.test"]);
  const idOfPerson = (email: string): string | null =>
    found.find((person) => person.email === email)?.personId ?? null;
  expect(await run("SELECT person_id, key_kind FROM token_events FINAL ORDER BY event_id")).toEqual([
    { person_id: idOfPerson("ada@example.test"), key_kind: "person" },
    { person_id: idOfPerson("ada@example.test"), key_kind: "person" },
    { person_id: idOfPerson("grace@example.test"), key_kind: "person" },
    { person_id: null, key_kind: "none" },
  ]);
});

test("retention counts from the import, so that old calls stay", async () => {
  await importFrom([imports.write("old.jsonl", [lineOf(1, { started_at: "2024-01-01T00:00:00.000Z" })])]);
  const days = "SELECT dateDiff('day', now(), expires_at) AS days FROM token_events FINAL";
  expect(await run(days)).toEqual([{ days: "30" }]);
});

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** What JavaScript holds. The engine's memory, which is its own affair, is not in it. */
function keptBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test(`${LINES_MANY} lines take no more memory than a few batches`, async () => {
  let kept = 0;
  function* makeLines(): Generator<string> {
    for (let at = 0; at < LINES_MANY; at++) yield toLines([lineOf(at)]);
    kept = keptBytes();
  }
  const before = keptBytes();
  const { summary } = await importFrom(["-"], Readable.from(makeLines()));
  expect(summary).toMatchObject({ imported: LINES_MANY, refused: 0 });
  expect(kept - before).toBeLessThan(KEPT_BYTES_MAX);
});
