// What an import of outcomes takes in, what it refuses, and that it can be repeated.

import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { importOutcomesCommand } from "../../ingest/commands/import-outcomes.ts";
import type { OutcomesSummary } from "../../ingest/import/import-outcomes.ts";
import { putTombstone } from "../../schemas/clickhouse/erasure.ts";
import { EXIT } from "../../schemas/command.ts";
import { people } from "../../schemas/postgres/tables.ts";
import { buildOutcome } from "../builders/outcome.ts";
import { openImports, toLines, type Imports } from "../services/imports.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let imports: Imports;
beforeAll(async () => {
  imports = await openImports();
});
afterAll(async () => imports.close());
beforeEach(async () => imports.empty("outcomes"));

async function importFrom(files: string[], stdin: Readable = Readable.from([])) {
  const { exitCode, stdout, stderr } = await imports.run(importOutcomesCommand, files, { stdin });
  const summary: OutcomesSummary = JSON.parse(stdout);
  return { exitCode, summary, stderr };
}

const read = (columns: string) => imports.query(`SELECT ${columns} FROM outcomes FINAL ORDER BY outcome_id`);
const merged = (id: string, more: object = {}): object => ({
  outcome_id: id,
  kind: "pr_merged",
  occurred_at: "2026-11-20T09:30:00Z",
  ...more,
});

test("the same lines can be imported any number of times, and what comes later takes the place of what came before", async () => {
  const first = imports.write("first.jsonl.gz", [merged("a"), merged("b")]);
  await importFrom([first]);
  const stdin = Readable.from([toLines([merged("b", { session_id: "s" })])]);
  expect(await importFrom(["-"], stdin)).toMatchObject({ exitCode: EXIT.done, summary: { imported: 1 } });
  expect(await read("outcome_id, session_id")).toEqual([
    { outcome_id: "a", session_id: null },
    { outcome_id: "b", session_id: "s" },
  ]);
});

test("what a line does not say is unknown, or what an import always is", async () => {
  const whole = buildOutcome({ outcome_id: "whole", source: "github", trust: "high", file_hashes: ["f"] });
  const lines = [
    merged("merged"),
    merged("ticket", { kind: "ticket_closed" }),
    merged("word", { kind: "rating_useful" }),
    whole,
  ];
  await importFrom([imports.write("fields.jsonl", lines)]);
  expect(
    await read("outcome_id, credited_at, source, trust, quantity, file_hashes, person_id"),
  ).toMatchObject([
    {
      outcome_id: "merged",
      credited_at: "2026-11-20T09:30:00.000Z",
      source: "import",
      trust: "medium",
      quantity: 1,
    },
    { outcome_id: "ticket", credited_at: "2026-11-27T09:30:00.000Z", trust: "medium", file_hashes: [] },
    { outcome_id: "whole", source: "github", trust: "high", file_hashes: ["f"], person_id: null },
    { outcome_id: "word", credited_at: "2026-11-20T09:30:00.000Z", trust: "low" },
  ]);
});

test("a bad line is told with its number and its reason, and the rest goes in", async () => {
  const file = imports.write("bad.jsonl", [
    merged("good", { colour: "red" }),
    "not json",
    merged("kindless", { kind: "praise" }),
    { kind: "pr_merged", occurred_at: "2026-11-20T09:30:00Z" },
    merged("timeless", { occurred_at: "yesterday" }),
    merged("shared", { quantity: -1 }),
  ]);
  const { exitCode, summary } = await importFrom([file]);
  expect(exitCode).toBe(EXIT.failed);
  expect(summary).toMatchObject({ imported: 1, refused: 5, unknown_fields: { colour: 1 } });
  expect(summary.refusals.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6]);
  expect(summary.refusals.map(({ reason }) => reason).join("\n")).toMatch(
    /not JSON.*kind.*outcome_id.*occurred_at.*quantity/s,
  );
});

test("a person is found or made by address, and one who was erased stays out", async () => {
  const file = imports.write("people.jsonl", [
    merged("a", { person_email: "Ada@example.com" }),
    merged("b", { person_email: "ben@example.com" }),
  ]);
  await importFrom([file]);
  const known = await imports.stores.postgres.db.select().from(people);
  const idOf = new Map(known.map(({ email, personId }) => [email, personId]));
  expect(await read("person_id")).toEqual([
    { person_id: idOf.get("ada@example.com") },
    { person_id: idOf.get("ben@example.com") },
  ]);
  await putTombstone(imports.stores.clickhouse, idOf.get("ben@example.com") ?? "");
  await imports.empty("outcomes");
  expect(await importFrom([file])).toMatchObject({
    exitCode: EXIT.done,
    summary: { imported: 1, erased: 1 },
  });
  expect(await read("outcome_id")).toEqual([{ outcome_id: "a" }]);
});
