// What every import of transcripts does with its folder, its options and its lines, shown with those of Claude Code.

import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { importClaudeCodeCommand } from "../../ingest/commands/import-transcripts.ts";
import type { TranscriptSummary } from "../../ingest/import/import-transcripts.ts";
import { LINE_BYTES_MAX } from "../../ingest/import/lines.ts";
import { EXIT } from "../../schemas/command.ts";
import { people } from "../../schemas/postgres/tables.ts";
import { CANARY, createClaudeSession } from "../builders/transcripts.ts";
import { openImports, type Imports } from "../services/imports.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const SECRET = "a-secret-that-is-long-enough-for-tests-0123456789";
const PERSON = { person: "ada@example.test" };
const FINAL = { output_tokens: 77 };

let imports: Imports;
beforeAll(async () => {
  imports = await openImports();
});
afterAll(async () => imports.close());
afterEach(async () => imports.empty("token_events", "call_features"));

let folders = 0;
const newFolder = (): string => `case-${++folders}`;

async function importFolder(
  folder: string,
  options: Record<string, string> = PERSON,
): Promise<{ exitCode: number; summary: TranscriptSummary; stderr: string }> {
  const env = { ASSAY_SKETCH_SECRET: SECRET };
  const { stdout, ...result } = await imports.run(importClaudeCodeCommand, [folder], { options, env });
  const summary: TranscriptSummary = JSON.parse(stdout || "null");
  return { ...result, summary };
}

const stored = async (columns: string): Promise<Record<string, unknown>[]> =>
  imports.query(`SELECT ${columns} FROM token_events FINAL ORDER BY started_at, event_id`);

test("a bad line is told with file, number and reason but not its text, and the rest goes in", async () => {
  const folder = newFolder();
  const { prompt, answer } = createClaudeSession("bad");
  const file = imports.write(`${folder}/bad.jsonl`, [
    prompt("turn-1"),
    `{"type":"user","secret":"${CANARY}`,
    `["${CANARY}"]`,
    `"${CANARY.repeat(LINE_BYTES_MAX / CANARY.length + 1)}"`,
    answer("msg_1", { usage: FINAL, stop: "end_turn" }),
  ]);
  const { exitCode, summary, stderr } = await importFolder(folder);
  expect(exitCode).toBe(EXIT.failed);
  expect(summary).toMatchObject({ imported: 1, refused: 3 });
  expect(summary.refusals).toEqual([
    { file, line: 2, reason: "not JSON" },
    { file, line: 3, reason: "not a JSON object" },
    { file, line: 4, reason: "longer than 32 MB" },
  ]);
  expect(stderr).not.toContain(CANARY);
});

test("--since leaves out what began before", async () => {
  const folder = newFolder();
  const { prompt, answer } = createClaudeSession("old", "2026-11-19T23:59:57.000Z");
  imports.write(`${folder}/old.jsonl`, [
    prompt("turn-1"),
    answer("msg_1", { usage: FINAL, stop: "end_turn" }),
    answer("msg_2", { usage: FINAL, stop: "end_turn" }),
    answer("msg_3", { usage: FINAL, stop: "end_turn" }),
  ]);
  await importFolder(folder, { ...PERSON, since: "2026-11-20" });
  expect(await stored("response_id")).toEqual([{ response_id: "msg_3" }]);
  expect(await importFolder(folder, { ...PERSON, since: "soon" })).toMatchObject({ exitCode: EXIT.usage });
});

test("whose they are must be said, unless there is one person", async () => {
  const folder = newFolder();
  const { prompt, answer } = createClaudeSession("whose");
  imports.write(`${folder}/whose.jsonl`, [
    prompt("turn-1"),
    answer("msg_1", { usage: FINAL, stop: "end_turn" }),
  ]);
  const found = await imports.stores.postgres.db.select().from(people);
  expect(found.map(({ email }) => email)).toEqual([PERSON.person]);
  await importFolder(folder, {});
  expect(await stored("person_id")).toEqual([{ person_id: found[0]?.personId }]);
  await importFolder(folder, { person: "grace@example.test" });
  const refused = await importFolder(folder, {});
  expect(refused).toMatchObject({
    exitCode: EXIT.usage,
    stderr: expect.stringContaining("--person") as unknown,
  });
});

test.each(["empty", "absent"])("an %s folder is a fault that names it", async (folder) => {
  if (folder === "empty") imports.write(`${folder}/notes.txt`, []);
  await expect(importFolder(folder)).rejects.toMatchObject({
    code: "bad_request",
    message: expect.stringContaining(folder) as unknown,
  });
});
