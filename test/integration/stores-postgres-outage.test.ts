// Postgres that is full, slow, killed or away: every wait ends, everybody learns it as one error, and all goes on afterwards.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { PoolClient } from "pg";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { problemSchema } from "../../schemas/dashboard-api.ts";
import { toAppError } from "../../schemas/postgres/errors.ts";
import { CONNECTIONS_MAX, openPostgres, type PostgresStore } from "../../schemas/postgres/open.ts";
import { CONNECT_MS_MAX } from "../../schemas/postgres/pool.ts";
import { actAs } from "../../schemas/postgres/scope.ts";
import { identityVersion, teams } from "../../schemas/postgres/tables.ts";
import { openBrowser, openDashboardBench, type DashboardBench } from "../services/dashboard.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
const UNAVAILABLE = { code: "unavailable", retry: true };
const NOT_OURS = "the server of DATABASE_URL is not ours to stop";

let bench: DashboardBench;
let store: PostgresStore;
const taken: PoolClient[] = [];
beforeAll(async () => {
  bench = await openDashboardBench();
  store = bench.dashboard.stores.postgres;
});
afterEach(() => taken.splice(0).forEach((client) => client.release()));
afterAll(() => bench.close());

async function takeAll(): Promise<void> {
  while (taken.length < CONNECTIONS_MAX) taken.push(await store.pool.connect());
}

function askDashboard(): Promise<Response> {
  return openBrowser(bench.app, "assay_session=x").get("/api/v1/me");
}

async function expectUnavailable(response: Response): Promise<void> {
  expect(response.status).toBe(503);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(problemSchema.parse(await response.json()).detail).toContain("Try again in a minute.");
}

/** What a statement's failure is to the rest of the code. */
async function failure(statement: Promise<unknown>): Promise<unknown> {
  return toAppError(
    await statement.then(
      () => "none",
      (error: unknown) => error,
    ),
  );
}

/** The answer to what waits for a connection, once the time for that is over. Only the driver's timers stand still till then. */
async function afterTheWait<Answer>(
  isWaiting: () => boolean,
  ask: () => PromiseLike<Answer>,
): Promise<PromiseSettledResult<Answer>> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const asked = Promise.allSettled([ask()]);
    while (!isWaiting()) await new Promise(setImmediate);
    vi.advanceTimersByTime(CONNECT_MS_MAX);
    return (await asked)[0];
  } finally {
    vi.useRealTimers();
  }
}

test("one more than the connections that there are waits, and gets the next that is given back", async () => {
  await takeAll();
  const waiting = store.db.select().from(teams);
  const answer = waiting.then((rows) => rows.length);
  expect(store.pool.waitingCount).toBe(1);
  taken.pop()?.release();
  expect(await answer).toBe(0);
});

function isInQueue(): boolean {
  return store.pool.waitingCount > 0;
}

test("one that waits in vain learns that all are in use, and a page says to try again", async () => {
  await takeAll();
  const refused = await afterTheWait(isInQueue, () => store.db.transaction(() => Promise.resolve()));
  expect(refused).toMatchObject({ reason: UNAVAILABLE });
  expect(refused).toMatchObject({ reason: { message: expect.stringContaining("All 10 connections") } });
  const page = await afterTheWait(isInQueue, askDashboard);
  assert(page.status === "fulfilled");
  await expectUnavailable(page.value);
});

test("a lock that others hold for too long is an error that says so", async () => {
  const [holder, waiter] = [await store.pool.connect(), await store.pool.connect()];
  taken.push(holder, waiter);
  await holder.query("BEGIN; LOCK TABLE teams");
  await waiter.query("SET lock_timeout = 1");
  expect(await failure(waiter.query("SELECT * FROM teams"))).toMatchObject({ code: "timeout", retry: true });
  await waiter.query("RESET lock_timeout");
  await holder.query("ROLLBACK");
});

test("a server that takes connections and says nothing is unavailable as soon as the wait is over", async ({
  skip,
}) => {
  const { outage } = bench;
  skip(!outage, NOT_OURS);
  if (!outage) return;
  const other = await openPostgres({ url: bench.postgresUrl });
  const held = await other.pool.connect();
  process.kill(outage.pid(), "SIGSTOP");
  try {
    const isWaiting = () => other.pool.totalCount === 2;
    const refused = await afterTheWait(isWaiting, () => other.pool.connect());
    expect(refused).toMatchObject({ reason: UNAVAILABLE });
  } finally {
    process.kill(outage.pid(), "SIGCONT");
    held.release();
    await other.close();
  }
});

test.for(["the product's own", "a person's"])(
  "a kill in the middle of %s transaction takes it back whole, pages say so, and afterwards all goes on",
  async (whose, { skip }) => {
    const { outage } = bench;
    skip(!outage, NOT_OURS);
    if (!outage) return;
    const before = await store.db.select().from(identityVersion);
    const view = whose === "a person's" ? actAs(store, "nobody") : store;
    const cut = view.db.transaction(async (transaction) => {
      await transaction.update(identityVersion).set({ version: randomUUID() });
      await outage.begin();
      await transaction.$count(teams);
    });
    expect(await failure(cut)).toMatchObject(UNAVAILABLE);
    await expectUnavailable(await askDashboard());
    await outage.end();
    expect(await store.db.select().from(identityVersion)).toEqual(before);
    expect((await askDashboard()).status).toBe(401);
  },
);
