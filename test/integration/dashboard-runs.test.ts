// What My runs is answered, from rows as analytics leaves them.

import { afterAll, beforeAll, expect, test } from "vitest";
import { runsPageSchema, type RunsPage } from "../../schemas/dashboard-api.ts";
import { buildRun, NO_COUNTS, NO_TOKENS } from "../builders/derived-rows.ts";
import { openDashboardBench, type Browser, type DashboardBench, type Person } from "../services/dashboard.ts";

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
  expect(await askRuns()).toEqual({ runs: [], next_cursor: null });
});

test("a run says what it was, and what was not credited", async () => {
  const runner = await bench.addPerson();
  await bench.dashboard.stores.clickhouse.insert("runs", [
    buildRun({
      person_id: runner.personId,
      run_id: "r1",
      workload_class: "ci",
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
        started_at: "2026-11-20T09:00:00.000Z",
        ended_at: "2026-11-20T10:00:00.000Z",
        ...NO_COUNTS,
        calls: 3,
        tokens: { ...NO_TOKENS, output_tokens: 9 },
        cost_usd: "1.5",
        credited_cost_usd: "1.25",
        uncredited_cost_usd: { retry: "0.25" },
      },
    ],
    next_cursor: null,
  });
});

/** Ten runs a millisecond. */
function startedAt(index: number): string {
  return new Date(Date.parse("2026-11-01T00:00:00Z") + Math.floor(index / 10)).toISOString();
}

test("going on by cursor gives every run once, newest first, also those that start in the same millisecond", async () => {
  const runner = await bench.addPerson();
  const ids = Array.from({ length: 120 }, (_, index) => `run-${String(index).padStart(3, "0")}`);
  await bench.dashboard.stores.clickhouse.insert(
    "runs",
    ids.map((run_id, index) =>
      buildRun({ person_id: runner.personId, run_id, started_at: startedAt(index) }),
    ),
  );
  const asker = await bench.signIn(runner);
  const seen: string[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const query: string = cursor === null ? "" : `?cursor=${cursor}`;
    const page = await askRuns(query, asker, runner.personId);
    seen.push(...page.runs.map(({ run_id }) => run_id));
    cursor = page.next_cursor;
    pages++;
  } while (cursor !== null);
  expect(seen).toEqual(ids.toReversed());
  expect(pages).toBe(3);
});

test.each(["x", "W10", encodeURIComponent("'; DROP TABLE runs"), "a".repeat(2000)])(
  "an invented cursor %s is refused",
  async (cursor) => {
    const response = await browser.get(`/api/v1/people/${person.personId}/runs?cursor=${cursor}`);
    expect(response.status).toBe(400);
  },
);

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
