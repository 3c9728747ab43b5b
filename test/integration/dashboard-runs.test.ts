// What My runs is answered, from rows as analytics leaves them.

import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runFilterValuesSchema, runsPageSchema, type RunsPage } from "../../schemas/runs-api.ts";
import { buildRun, NO_COUNTS, NO_TOKENS } from "../builders/derived-rows.ts";
import { openDashboardBench, type Browser, type DashboardBench, type Person } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let bench: DashboardBench;
let person: Person;
let browser: Browser;
beforeAll(async () => {
  bench = await openDashboardBench();
  person = await bench.addPerson();
  browser = await bench.signIn(person);
});
afterAll(() => bench.close());

const YEAR_MS = 366 * 86_400_000;

async function askRuns(query = "", asker = browser, id = person.personId): Promise<RunsPage> {
  const response = await asker.get(`/api/v1/people/${id}/runs${query}`);
  expect(response.status).toBe(200);
  const body: unknown = await response.json();
  const page = runsPageSchema.parse(body);
  expect(body, "nothing beyond the contract").toEqual(page);
  return page;
}

test("a person without a run gets an empty first and last page", async () => {
  expect(await askRuns()).toEqual({ runs: [], newer_cursor: null, older_cursor: null });
});

test("a run says what it was, and what was not credited", async () => {
  const runner = await bench.addPerson();
  await bench.dashboard.stores.clickhouse.insert("runs", [
    buildRun({
      person_id: runner.personId,
      run_id: "r1",
      workload_class: "ci",
      tags: ["ticket=ENG-7"],
      calls: 3,
      output_tokens: 9,
      cost_usd: "1.5",
      credited_cost_usd: "1.25",
      uncredited_cost_usd: { retry: "0.25" },
    }),
  ]);
  const page = await askRuns("", await bench.signIn(runner), runner.personId);
  expect(page).toEqual({
    runs: [
      {
        run_id: "r1",
        run_source: "client",
        client: "codex",
        models: ["m1"],
        workload_class: "ci",
        tags: ["ticket=ENG-7"],
        started_at: "2026-11-20T09:00:00.000Z",
        ended_at: "2026-11-20T10:00:00.000Z",
        settles_at: "2026-11-27T10:00:00.000Z",
        outcomes: { due: 0, waiting: 0, reversed: 0 },
        ...NO_COUNTS,
        calls: 3,
        tokens: { ...NO_TOKENS, output_tokens: 9 },
        cost_usd: "1.5",
        credited_cost_usd: "1.25",
        uncredited_cost_usd: { retry: "0.25" },
      },
    ],
    newer_cursor: null,
    older_cursor: null,
  });
});

test.each(["x", "W10", encodeURIComponent("'; DROP TABLE runs"), "a".repeat(2000)])(
  "an invented cursor %s is refused",
  async (cursor) => {
    const response = await browser.get(`/api/v1/people/${person.personId}/runs?older=${cursor}`);
    expect(response.status).toBe(400);
  },
);

/** Of a link between a run and an outcome. */
function link(runner: Person, said: Record<string, unknown>) {
  return {
    person_id: runner.personId,
    kind: "pr_merged",
    source: "github",
    trust: "high",
    linked_by: "run",
    share: 1,
    quantity: 1,
    told_by: 1,
    reversed_at: null,
    version: 1,
    occurred_at: "2026-11-19T10:00:00.000Z",
    credited_at: "2026-11-19T10:00:00.000Z",
    expires_at: "2090-01-01T00:00:00Z",
    ...said,
  };
}

test("outcomes of a run are counted by whether they are due, wait, or were taken back; a rating 'not useful' is none", async () => {
  const runner = await bench.addPerson();
  const { clickhouse } = bench.dashboard.stores;
  await clickhouse.insert("runs", [buildRun({ person_id: runner.personId, run_id: "r1" })]);
  await clickhouse.insert("outcome_links", [
    link(runner, { run_id: "r1", outcome_id: "a" }),
    link(runner, { run_id: "r1", outcome_id: "b", credited_at: "2026-11-27T10:00:00.000Z" }),
    link(runner, { run_id: "r1", outcome_id: "c", reversed_at: "2026-11-19T12:00:00.000Z" }),
    link(runner, { run_id: "r1", outcome_id: "d", kind: "rating_not_useful" }),
    link(runner, { run_id: "r1", outcome_id: "e", is_deleted: 1 }),
  ]);
  const { runs } = await askRuns("", await bench.signIn(runner), runner.personId);
  expect(runs[0]?.outcomes).toEqual({ due: 1, waiting: 1, reversed: 1 });
});

test("filters leave the runs for which all of them hold, and what can be chosen comes from the runs", async () => {
  const runner = await bench.addPerson();
  const { clickhouse } = bench.dashboard.stores;
  const { personId: person_id } = runner;
  await clickhouse.insert("runs", [
    buildRun({ person_id, run_id: "one", client: "cline", models: ["m1", "m2"], tags: ["ticket=ENG-7"] }),
    buildRun({ person_id, run_id: "two", workload_class: "ci", uncredited_cost_usd: { retry: "1" } }),
    buildRun({ person_id, run_id: "three", models: ["m2"], tags: ["ticket=ENG-8"] }),
  ]);
  await clickhouse.insert("outcome_links", [
    link(runner, { run_id: "three", outcome_id: "a", repo_hash: "hash" }),
  ]);
  const asker = await bench.signIn(runner);
  const idsOf = async (query: string) =>
    (await askRuns(`?${query}`, asker, person_id)).runs.map(({ run_id }) => run_id).toSorted();
  expect(await idsOf("client=cline")).toEqual(["one"]);
  expect(await idsOf("model=m2")).toEqual(["one", "three"]);
  expect(await idsOf("model=m2&client=codex")).toEqual(["three"]);
  expect(await idsOf("class=ci")).toEqual(["two"]);
  expect(await idsOf("class=undeclared")).toEqual(["one", "three"]);
  expect(await idsOf("tag=eng-7")).toEqual(["one"]);
  expect(await idsOf("reason=retry")).toEqual(["two"]);
  expect(await idsOf("repository=hash")).toEqual(["three"]);
  expect(await idsOf("client=nobody")).toEqual([]);
  const response = await asker.get(`/api/v1/people/${person_id}/run-filters`);
  expect(runFilterValuesSchema.parse(await response.json())).toEqual({
    clients: ["cline", "codex"],
    models: ["m1", "m2"],
    classes: ["undeclared", "ci"],
    repositories: ["hash"],
    tags: ["ticket=ENG-7", "ticket=ENG-8"],
    reasons: ["retry"],
  });
});

// The last one, because it moves the clock. The engine, which goes by the machine's, still has both runs.
test("runs past their retention are not shown, even while the store still has them", async () => {
  bench.advance(20 * YEAR_MS);
  const runner = await bench.addPerson();
  const { personId: person_id } = runner;
  const now = bench.dashboard.now().getTime();
  await bench.dashboard.stores.clickhouse.insert("runs", [
    buildRun({ person_id, run_id: "kept", expires_at: new Date(now + 1000).toISOString() }),
    buildRun({ person_id, run_id: "over", expires_at: new Date(now).toISOString() }),
  ]);
  const page = await askRuns("", await bench.signIn(runner), person_id);
  expect(page.runs.map(({ run_id }) => run_id)).toEqual(["kept"]);
});
