// Turning the pages of My runs, with more runs than anybody scrolls through.

import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { defineQuery, defineStatement, type QueryDefinition } from "../../schemas/clickhouse/store.ts";
import { runsPageSchema, type RunSort, type RunsPage } from "../../schemas/runs-api.ts";
import { createDashboard } from "../../dashboard/server/app.ts";
import { buildRun } from "../builders/derived-rows.ts";
import {
  openBrowser,
  openDashboardBench,
  type Browser,
  type DashboardBench,
  type Person,
} from "../services/dashboard.ts";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const MANY = 100_000;
const PAGE_ROWS = 50;

let bench: DashboardBench;
let person: Person;
let browser: Browser;
/** Each question of the store that a request led to, with the rows that were read for it. */
const asked: { name: string; sql: string; params: unknown }[] = [];
beforeAll(async () => {
  bench = await openDashboardBench();
  person = await bench.addPerson();
  await bench.dashboard.stores.clickhouse.execute(makeRuns, { person_id: person.personId, runs: MANY });
  const { cookie } = await bench.signIn(person);
  const { stores } = bench.dashboard;
  const clickhouse = {
    ...stores.clickhouse,
    query: <Params extends z.ZodObject, Row extends z.ZodObject>(
      definition: QueryDefinition<Params, Row>,
      params: z.input<Params>,
    ) => {
      asked.push({ name: definition.name, sql: definition.sql, params });
      return stores.clickhouse.query(definition, params);
    },
  };
  browser = openBrowser(createDashboard({ ...bench.dashboard, stores: { ...stores, clickhouse } }), cookie);
});
afterAll(() => bench.close());

/** Beside the person's there are as many of somebody else. Ten runs begin in the same millisecond; costs repeat. */
const makeRuns = defineStatement({
  name: "runs of a test",
  sql: `
INSERT INTO runs (person_id, run_id, run_source, client, started_at, ended_at, models, tags, calls, cost_usd, credited_cost_usd,
  version, inputs_expire_at, expires_at)
SELECT if(number % 2 = 0, {person_id:UUID}, toUUID('01936a00-0000-7000-8000-00000000000f')), lower(hex(sipHash128(number))),
  'client', if(number % 1000 = 0, 'cline', 'codex'),
  toDateTime64('2026-11-01 00:00:00', 3, 'UTC') + toIntervalMillisecond(intDiv(number, 20)) AS started_at, started_at, ['m1'],
  [concat('number=', toString(number))], 1, number % 97, number % 97, 1,
  toDateTime('2090-01-01 00:00:00'), toDateTime('2090-01-01 00:00:00')
FROM numbers(2 * {runs:UInt64})`,
  params: z.object({ person_id: z.uuid(), runs: z.int() }),
});

async function ask(query: Record<string, string>): Promise<RunsPage> {
  const search = new URLSearchParams(query).toString();
  const response = await browser.get(`/api/v1/people/${person.personId}/runs?${search}`);
  expect(response.status).toBe(200);
  return runsPageSchema.parse(await response.json());
}

const readCost = defineQuery({
  name: "granules of a question",
  sql: "SELECT 1 AS one",
  params: z.object({}),
  row: z.looseObject({}),
});

/** Granules of `runs` that the store reads for a question, and those that there are, as it plans it. */
async function planOf({ sql, params }: (typeof asked)[number]): Promise<{ read: number; all: number }> {
  const rows = await bench.dashboard.stores.clickhouse.query(
    { ...readCost, sql: `EXPLAIN indexes = 1 ${sql}`, params: z.looseObject({}) },
    z.looseObject({}).parse(params),
  );
  const text = rows.map((row) => String(row["explain"])).join("\n");
  const reading = text.split("ReadFromMergeTree").find((step) => /^ \([^)]*\bruns\)/.test(step)) ?? "";
  // Each index leaves some of what the one before it left.
  const left = [...reading.matchAll(/Granules: (\d+)\/(\d+)/g)];
  expect(left.length, text).toBeGreaterThan(0);
  return { read: Number(left.at(-1)?.[1]), all: Number(left[0]?.[2]) };
}

test("a page of 100,000 runs reads the names of its person's alone, and the rest of its own rows alone: the first, a deep one, a filtered one", async () => {
  // In one part, so that how many granules there are does not depend on which merges have run.
  await bench.dashboard.stores.clickhouse.define("merge", "OPTIMIZE TABLE runs FINAL");
  asked.length = 0;
  let page = await ask({});
  expect(page.runs).toHaveLength(PAGE_ROWS);
  for (let turned = 0; turned < 20; turned += 1) page = await ask({ older: page.older_cursor ?? "" });
  const filtered = await ask({ client: "cline", sort: "cost" });
  expect(filtered.runs.every(({ client }) => client === "cline")).toBe(true);
  const alone = await ask({ tag: `NUMBER=${MANY}` });
  expect(alone.runs).toHaveLength(1);
  const [light = [], full = []] = ["found runs", "listed runs"].map((name) =>
    asked.filter((question) => question.name.startsWith(name)),
  );
  expect([light.length, full.length]).toEqual([23, 23]);
  for (const question of light) expect(question.sql).not.toMatch(/row\.(input|output)_tokens/);
  for (const question of [light[0], light[20], light[21], full[0], full[20], full[21]]) {
    const plan = await planOf(question!);
    expect(plan.read, "somebody else's runs are not read").toBeLessThan(plan.all * 0.75);
  }
  const ofOne = await planOf(full[22]!);
  expect(ofOne.read, "runs that are not on the page are not read").toBeLessThanOrEqual(2);
});

const keyOf = (sort: RunSort, { cost_usd, started_at, run_id }: RunsPage["runs"][number]) =>
  [sort === "cost" ? cost_usd.padStart(30, "0") : "", started_at, run_id].join(" ");

test.each<[RunSort, number]>([
  ["start", 1],
  ["cost", 2],
  ["outcomes", 3],
])(
  "by %s, going down and up again meets every run once and in order, while others arrive",
  async (sort, hour) => {
    const { clickhouse } = bench.dashboard.stores;
    const seen: string[] = [];
    let page = await ask({ sort, tag: "number=1" });
    const walk: RunsPage[] = [page];
    for (let turned = 0; turned < 12 && page.older_cursor !== null; turned += 1) {
      // At the front of each order, so that counting rows would show one of them twice.
      const cost = { cost_usd: String(1000 * hour), credited_cost_usd: "1" };
      const late = { started_at: `2026-11-19T0${hour}:00:00.000Z`, tags: ["number=1"], ...cost };
      const run_id = `late ${sort} ${turned}`;
      await clickhouse.insert("runs", [buildRun({ person_id: person.personId, run_id, ...late })]);
      page = await ask({ sort, tag: "number=1", older: page.older_cursor });
      walk.push(page);
    }
    for (const { runs } of walk) seen.push(...runs.map((run) => keyOf(sort, run)));
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(seen.toSorted().toReversed());
    let back = walk.at(-1)!;
    for (const above of walk.toReversed().slice(1)) {
      back = await ask({ sort, tag: "number=1", newer: back.newer_cursor ?? "" });
      expect(back.runs).toEqual(above.runs);
    }
    expect(back.newer_cursor, "the late ones stand before it").not.toBeNull();
  },
);

test("going down to the last page meets all of a filter's runs", async () => {
  let page = await ask({ client: "cline" });
  const ids = page.runs.map(({ run_id }) => run_id);
  while (page.older_cursor !== null) {
    page = await ask({ client: "cline", older: page.older_cursor });
    ids.push(...page.runs.map(({ run_id }) => run_id));
  }
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(MANY / 500);
});

test("a cursor of another order is refused", async () => {
  const { older_cursor } = await ask({ sort: "cost" });
  const response = await browser.get(`/api/v1/people/${person.personId}/runs?older=${older_cursor}`);
  expect(response.status).toBe(400);
});
