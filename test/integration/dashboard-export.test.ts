// A person's own data as files.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { EXPORTED } from "../../dashboard/server/export/own-export.ts";
import { toCsvLine } from "../../dashboard/server/export/csv.ts";
import { defineStatement } from "../../schemas/clickhouse/store.ts";
import { EXPORT_FORMATS, EXPORT_SUBJECTS } from "../../schemas/export-api.ts";
import { audit } from "../../schemas/postgres/tables.ts";
import { buildCallRow, buildRun, buildUsageDay } from "../builders/derived-rows.ts";
import { buildOutcome } from "../builders/outcome.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { openDashboardBench, type Browser, type DashboardBench, type Person } from "../services/dashboard.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const NEVER = "2090-01-01T00:00:00Z";
const EVENT_ID = "01936a00-0000-7000-8000-0000000000e1";

let bench: DashboardBench;
let person: Person;
let other: Person;
let browser: Browser;
beforeAll(async () => {
  bench = await openDashboardBench();
  [person, other] = await Promise.all([bench.addPerson(), bench.addPerson()]);
  browser = await bench.signIn(person);
  const { clickhouse } = bench.dashboard.stores;
  for (const { personId: person_id } of [person, other]) {
    const isOwn = person_id === person.personId;
    const event_id = isOwn ? EVENT_ID : crypto.randomUUID();
    const tags = ["note==SUM(A1)", 'say="hi"'];
    await clickhouse.insert("runs", [
      buildRun({ person_id, run_id: isOwn ? "mine" : "theirs", client: "=cmd()", tags, calls: 1 }),
    ]);
    await clickhouse.insert("usage_days", [buildUsageDay({ person_id, day: "2026-11-20", calls: 2 })]);
    await clickhouse.insert("calls", [buildCallRow({ person_id, event_id })]);
    const event = { event_id, person_id, started_at: "2026-11-20T09:00:00.000Z", output_tokens: 7 };
    const stamp = { ingested_at: "2026-11-20T09:01:00Z", expires_at: NEVER, row_version: 2 };
    await clickhouse.insert("token_events", [{ ...buildTokenEvent(event), ...stamp }]);
    const kept = { ingested_at: "2026-11-20T09:01:00Z", expires_at: NEVER };
    const outcome = (name: string) => buildOutcome({ outcome_id: `${name} ${person_id}`, person_id });
    await clickhouse.insert("outcomes", [
      { ...outcome("linked"), ...kept },
      { ...outcome("unlinked"), ...kept },
    ]);
    const said = { kind: "answer_used", source: "api", trust: "low", linked_by: "run", share: 1 };
    const times = { occurred_at: "2026-11-20T09:30:00Z", credited_at: "2026-11-20T09:30:00Z" };
    const row = { person_id, run_id: "mine", version: 1, expires_at: NEVER, ...said, ...times };
    await clickhouse.insert("outcome_links", [
      {
        ...row,
        outcome_id: `linked ${person_id}`,
        quantity: 1,
        told_by: 1,
        reversed_at: null,
        repo_hash: "r",
      },
    ]);
    await clickhouse.insert("outcome_disputes", [
      {
        ...row,
        outcome_id: `disputed ${person_id}`,
        reason: "-",
        repo_hash: "",
        disputed_at: times.occurred_at,
      },
    ]);
  }
});
afterAll(() => bench.close());

async function download(file: string): Promise<Response> {
  const response = await browser.get(`/api/v1/people/${person.personId}/export/${file}`);
  expect(response.status).toBe(200);
  return response;
}

async function readJson(subject: string): Promise<Record<string, unknown>[]> {
  const body: unknown = await (await download(`${subject}.json`)).json();
  return z.array(z.record(z.string(), z.unknown())).parse(body);
}

test("each file is a download of its type, with the person's own rows and nobody else's", async () => {
  for (const subject of EXPORT_SUBJECTS) {
    for (const format of EXPORT_FORMATS) {
      const { headers } = await download(`${subject}.${format}`);
      expect(headers.get("content-disposition")).toBe(`attachment; filename="assay-${subject}.${format}"`);
      expect(headers.get("content-type")).toContain(format);
    }
    const text = JSON.stringify(await readJson(subject));
    expect(text).not.toContain(other.personId);
    expect(text).not.toContain("theirs");
    const theirs = await browser.get(`/api/v1/people/${other.personId}/export/${subject}.csv`);
    expect(theirs.status).toBe(404);
  }
});

test("a call says what analytics knows of it and what its record says; unknown is null, and no zero", async () => {
  expect(await readJson("calls")).toMatchObject([
    { event_id: EVENT_ID, run_id: "r1", credited: true, output_tokens: 7, input_tokens: null, reason: null },
  ]);
});

test("outcomes are those that are linked, those that are not, and those that are disputed", async () => {
  const rows = await readJson("outcomes");
  const told = rows.map(({ outcome_id, run_id, disputed_at }) =>
    [String(outcome_id).split(" ")[0], run_id, disputed_at === null ? "holds" : "disputed"].join(" "),
  );
  expect(told.toSorted()).toEqual(["disputed mine disputed", "linked mine holds", "unlinked  holds"]);
});

test("a sheet opens without running what a client or a tag says", async () => {
  const text = await (await download("runs.csv")).text();
  expect(text.split("\r\n")[0]).toBe(EXPORTED.runs.columns.join(","));
  expect(text).toContain(",'=cmd(),");
  expect(text).toContain('"note==SUM(A1); say=""hi"""');
});

test.each([
  ["=1+1", "'=1+1"],
  ["+1", "'+1"],
  ["-1", "'-1"],
  ["@x", "'@x"],
  ["\tx", "'\tx"],
  ['a "b", c', '"a ""b"", c"'],
  ["=a,b", `"'=a,b"`],
  ["a\nb", '"a\nb"'],
  ["plain", "plain"],
  [-1.5, "-1.5"],
  [null, ""],
  [{ a: "1" }, '"{""a"":""1""}"'],
])("a cell of %j is %j", (value, cell) => {
  expect(toCsvLine([value])).toBe(`${cell}\r\n`);
});

const makeCalls = defineStatement({
  name: "calls of a test",
  sql: `
INSERT INTO calls (event_id, person_id, started_at, run_id, operation_id, attempt, credited, version, expires_at)
SELECT generateUUIDv4(number), {person_id:UUID}, toDateTime64('2026-11-01 00:00:00', 3, 'UTC') + toIntervalMillisecond(intDiv(number, 7)),
  'r', 'o', 1, true, 1, toDateTime('2090-01-01 00:00:00')
FROM numbers({calls:UInt64})`,
  params: z.object({ person_id: z.uuid(), calls: z.int() }),
});

test("a file of many pages has every call once, is read a page at a time, and no page before it is wanted", async () => {
  const busy = await bench.addPerson();
  const calls = 9001;
  await bench.dashboard.stores.clickhouse.execute(makeCalls, { person_id: busy.personId, calls });
  const asker = await bench.signIn(busy);
  const response = await asker.get(`/api/v1/people/${busy.personId}/export/calls.csv`);
  const lines = (await response.text()).split("\r\n").slice(1, -1);
  expect(lines).toHaveLength(calls);
  expect(new Set(lines.map((line) => line.slice(0, EVENT_ID.length))).size).toBe(calls);
  const broken = await asker.get(`/api/v1/people/${busy.personId}/export/calls.csv`);
  await broken.body?.cancel();
});

test("one's own export stands in no audit: nobody looked at anybody else's data", async () => {
  const { db } = bench.dashboard.stores.postgres;
  const before = await db.$count(audit);
  await download("runs.csv");
  expect(await db.$count(audit)).toBe(before);
});

test("every column is explained", () => {
  const docs = readFileSync(new URL("../../docs/dashboard.md", import.meta.url), "utf8");
  for (const subject of EXPORT_SUBJECTS)
    for (const column of EXPORTED[subject].columns)
      expect(docs, `${subject}: ${column}`).toContain(`\`${column}\``);
});
