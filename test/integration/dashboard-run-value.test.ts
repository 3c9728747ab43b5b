// What came of a run, as its page is answered: outcomes and what was expected, from rows as analytics leaves them; and what a person
// says of it, by the way that it goes.

import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createDashboard } from "../../dashboard/server/app.ts";
import { runAnalysis, WATERMARK_OVERLAP_MS } from "../../analytics/job.ts";
import { outcomeSchema, type Outcome } from "../../schemas/outcome.ts";
import { runValueSchema, type RunValue } from "../../schemas/run-value-api.ts";
import { runsPageSchema } from "../../schemas/runs-api.ts";
import { buildOutcome } from "../builders/outcome.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import {
  openBrowser,
  openDashboardBench,
  type Browser,
  type DashboardBench,
  type Person,
} from "../services/dashboard.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** A pass looks so far back before the one before; records of two passes are not to be met by it. */
const MORE_THAN_OVERLAP_MS = 2 * WATERMARK_OVERLAP_MS;
const NEVER = "2090-01-01T00:00:00Z";

let bench: DashboardBench;
let person: Person;
let browser: Browser;
let runId: string;
beforeAll(async () => {
  bench = await openDashboardBench({ ASSAY_INDIVIDUAL_SCORING: "on" });
});
afterAll(() => bench.close());

/** One run, put together by analytics. */
beforeEach(async () => {
  person = await bench.addPerson();
  const { cookie } = await bench.signIn(person);
  browser = openBrowser(createDashboard({ ...bench.dashboard, recordOutcome }), cookie);
  await bench.dashboard.stores.clickhouse.insert("token_events", [
    {
      ...buildTokenEvent({
        event_id: crypto.randomUUID(),
        person_id: person.personId,
        session_id: `session-of-${person.personId}`,
        started_at: "2026-11-18T10:00:00.000Z",
        duration_ms: 3000,
        cost_usd: "3",
      }),
      ingested_at: bench.dashboard.now(),
      expires_at: NEVER,
      row_version: 2,
    },
  ]);
  await analyze();
  const response = await browser.get(`/api/v1/people/${person.personId}/runs`);
  const { runs } = runsPageSchema.parse(await response.json());
  runId = runs[0]?.run_id ?? "";
});

/** What intake would hand to the spool, and the sink would store. */
async function recordOutcome(outcome: Outcome): Promise<void> {
  await storeOutcome(outcomeSchema.parse(outcome));
}

async function storeOutcome(outcome: Outcome): Promise<void> {
  const row = { ...outcome, ingested_at: bench.dashboard.now(), expires_at: NEVER };
  await bench.dashboard.stores.clickhouse.insert("outcomes", [row]);
}

async function analyze(): Promise<void> {
  const { stores, config, now, log } = bench.dashboard;
  bench.advance(MORE_THAN_OVERLAP_MS);
  const scoredFrom = new Date("2026-01-01T00:00:00Z");
  await runAnalysis({ store: stores.clickhouse, config, clock: now, log, scoredFrom });
  bench.advance(MORE_THAN_OVERLAP_MS);
}

const address = (path: string): string => `/api/v1/people/${person.personId}/runs/${runId}${path}`;

async function ask(): Promise<RunValue> {
  const response = await browser.get(address("/value"));
  expect(response.status).toBe(200);
  const body: unknown = await response.json();
  const value = runValueSchema.parse(body);
  expect(body, "nothing beyond the contract").toEqual(value);
  return value;
}

const merged = (): Outcome =>
  buildOutcome({
    outcome_id: `merge of ${person.personId}`,
    kind: "pr_merged",
    source: "github",
    trust: "high",
    session_id: `session-of-${person.personId}`,
    repo_hash: "hash",
  });

test("a run says what was expected of it, by what, and until when outcomes may fall due", async () => {
  const value = await ask();
  expect(value).toMatchObject({
    outcomes: [],
    rating: null,
    settles_at: "2026-11-25T10:00:03.000Z",
    is_scoring_on: true,
    expectation: { workload_class: null, is_shipped: true, asked_cost_usd: 3, due_outcomes: 0 },
  });
  expect(value.expectation?.expected_outcomes).toBeGreaterThan(0);
  const { bin_above_usd, bin_up_to_usd } = value.expectation ?? {};
  expect(bin_above_usd).toBeLessThan(3);
  expect(bin_up_to_usd).toBeGreaterThanOrEqual(3);
});

test("an outcome says how it was linked, with which share, and of which repository", async () => {
  await storeOutcome(merged());
  await analyze();
  expect((await ask()).outcomes).toMatchObject([
    { kind: "pr_merged", trust: "high", linked_by: "session", share: 1, repo_hash: "hash", dispute: null },
  ]);
});

test("a disputed outcome stays on the page with its reason, counts no longer, and counts again once that is taken back", async () => {
  await storeOutcome(merged());
  await analyze();
  const outcome_id = merged().outcome_id;
  const disputed = await browser.post(address("/disputes"), { outcome_id, reason: "A colleague's." });
  expect(disputed.status).toBe(200);
  const dispute = { reason: "A colleague's.", disputed_at: bench.dashboard.now().toISOString() };
  const shown = [{ outcome_id, kind: "pr_merged", linked_by: "session", dispute }];
  expect(runValueSchema.parse(await disputed.json()).outcomes).toMatchObject(shown);
  await analyze();
  const value = await ask();
  expect(value.outcomes, "the link is gone, and the dispute is not").toMatchObject(shown);
  expect(value.expectation?.due_outcomes).toBe(0);
  bench.advance(1000);
  const search = new URLSearchParams({ outcome_id }).toString();
  const withdrawn = await browser.delete(address(`/disputes?${search}`));
  expect(withdrawn.status).toBe(200);
  await analyze();
  const after = await ask();
  expect(after.outcomes).toMatchObject([{ outcome_id, dispute: null }]);
  expect(after.expectation?.due_outcomes).toBe(1);
});

test("what is not linked can't be disputed, and what is not disputed can't be taken back", async () => {
  const body = { outcome_id: "nothing", reason: "Not mine." };
  expect((await browser.post(address("/disputes"), body)).status).toBe(404);
  expect((await browser.delete(address("/disputes?outcome_id=nothing"))).status).toBe(404);
  expect((await browser.post(address("/disputes"), { ...body, reason: " " })).status).toBe(400);
});

test("an outcome whose record is gone can't be disputed, because its link could not be undone", async () => {
  await bench.dashboard.stores.clickhouse.insert("outcome_links", [
    {
      person_id: person.personId,
      run_id: runId,
      outcome_id: "gone",
      kind: "pr_merged",
      source: "github",
      trust: "high",
      linked_by: "run",
      share: 1,
      quantity: 1,
      told_by: 1,
      version: 1,
      reversed_at: null,
      occurred_at: "2026-11-19T10:00:00Z",
      credited_at: "2026-11-19T10:00:00Z",
      expires_at: NEVER,
    },
  ]);
  const body = { outcome_id: "gone", reason: "Not mine." };
  expect((await browser.post(address("/disputes"), body)).status).toBe(409);
});

test("what a person says came of a run is seen at once, is linked to it later, is of low trust and earns nothing", async () => {
  expect((await browser.post(address("/outcomes"), { kind: "artifact_kept" })).status).toBe(204);
  const own = { kind: "artifact_kept", source: "self", trust: "low" };
  expect((await ask()).outcomes).toMatchObject([{ ...own, linked_by: null }]);
  await analyze();
  const { outcomes, expectation } = await ask();
  expect(outcomes).toMatchObject([{ ...own, linked_by: "run", share: 1 }]);
  expect(expectation).toMatchObject({ due_outcomes: 1, earned_cost_usd: 0 });
  expect((await browser.post(address("/outcomes"), { kind: "artifact_kept" })).status).toBe(204);
  await analyze();
  expect((await ask()).outcomes, "said twice it is one").toHaveLength(1);
  expect((await browser.post(address("/outcomes"), { kind: "lines_survived" })).status).toBe(400);
});

test("a rating replaces the one before", async () => {
  expect((await browser.post(address("/rating"), { rating: "useful" })).status).toBe(204);
  await analyze();
  expect(await ask()).toMatchObject({ rating: "useful", outcomes: [] });
  bench.advance(1000);
  expect((await browser.post(address("/rating"), { rating: "not_useful" })).status).toBe(204);
  await analyze();
  const value = await ask();
  expect(value).toMatchObject({ rating: "not_useful", outcomes: [] });
  expect(value.expectation?.due_outcomes, "it says that nothing came out").toBe(0);
});

function buildSignal(signal: string, said: Record<string, unknown>): Record<string, unknown> {
  return {
    person_id: person.personId,
    signal,
    week: "2026-11-16",
    family: "replay",
    workload_class: "",
    effect: 0.2,
    floor: 0.5,
    cases: 50,
    p_value: 0.3,
    p_value_source: "absolute",
    is_above_floor: false,
    named_cost_usd: 1,
    run_ids: [],
    method_version: "m",
    version: 1,
    expires_at: NEVER,
    inputs_expire_at: NEVER,
    ...said,
  };
}

test("signals of the run's weeks are said with their floors, and whether they name it", async () => {
  await bench.dashboard.stores.clickhouse.insert("week_signals", [
    buildSignal("prompt_variety", {}),
    buildSignal("replay_clusters", { run_ids: [runId], effect: 0.7, is_above_floor: true, p_value: 0.001 }),
    buildSignal("replay_clusters", { week: "2026-11-09", run_ids: [runId] }),
    buildSignal("phase_lock", { expires_at: "2026-11-01T00:00:00Z" }),
  ]);
  const { signals } = await ask();
  expect(signals).toMatchObject([
    {
      signal: "prompt_variety",
      week: "2026-11-16",
      effect: 0.2,
      floor: 0.5,
      names_run: false,
      speaks: false,
    },
    { signal: "replay_clusters", week: "2026-11-16", effect: 0.7, names_run: true, speaks: true },
  ]);
});

test("while nobody is scored, expectations and signals are absent, and outcomes are not", async () => {
  await storeOutcome(merged());
  await analyze();
  const config = { ...bench.dashboard.config, individualScoring: "off" as const };
  browser = openBrowser(createDashboard({ ...bench.dashboard, config }), browser.cookie);
  expect(await ask()).toMatchObject({ is_scoring_on: false, expectation: null, signals: [], outcomes: [{}] });
  expect((await browser.post(address("/rating"), { rating: "useful" })).status, "nobody takes it").toBe(503);
});
