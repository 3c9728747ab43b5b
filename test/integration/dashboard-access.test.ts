// Sessions over time: how their tokens are replaced, what a stolen one is good for, and how a session ends from elsewhere.

import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { erasePerson } from "../../dashboard/server/people/erase.ts";
import { sessionsSchema } from "../../schemas/access-api.ts";
import { meSchema } from "../../schemas/dashboard-api.ts";
import { sessions } from "../../schemas/postgres/access-tables.ts";
import { people } from "../../schemas/postgres/tables.ts";
import {
  cookieOf,
  openBrowser,
  openDashboardBench,
  type Browser,
  type DashboardBench,
} from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

let bench: DashboardBench;
beforeAll(async () => {
  bench = await openDashboardBench();
});
afterAll(() => bench.close());

const ask = (cookie: string) => openBrowser(bench.app, cookie).get("/api/v1/me");
const statusOf = async (cookie: string) => (await ask(cookie)).status;

/** Uses a session as a browser does: with the cookie that it was last given. */
async function useFor(browser: Browser, { ms, stepMs }: { ms: number; stepMs: number }): Promise<string> {
  let { cookie } = browser;
  for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
    bench.advance(stepMs);
    const response = await ask(cookie);
    if (response.status !== 200) return "";
    cookie = cookieOf(response) || cookie;
  }
  return cookie;
}

test("after 30 minutes a token is replaced by another one of the same session, and not before", async () => {
  const { cookie } = await bench.signIn(await bench.addPerson());
  bench.advance(30 * MINUTE_MS - 1);
  expect((await ask(cookie)).headers.getSetCookie()).toEqual([]);
  bench.advance(1);
  const next = cookieOf(await ask(cookie));
  expect(next).toMatch(/^assay_session=[\w-]{43}$/);
  expect(next).not.toBe(cookie);
  expect(await statusOf(next)).toBe(200);
});

test("requests that are under way with the replaced token are answered for 30 s", async () => {
  const { cookie } = await bench.signIn(await bench.addPerson());
  bench.advance(30 * MINUTE_MS);
  const next = cookieOf(await ask(cookie));
  bench.advance(30 * SECOND_MS - 1);
  expect(await statusOf(cookie)).toBe(200);
  expect((await ask(cookie)).headers.getSetCookie()).toEqual([]);
  expect(await statusOf(next)).toBe(200);
});

test("whoever comes with a replaced token later than that ends the session for everybody who holds it", async () => {
  const { cookie } = await bench.signIn(await bench.addPerson());
  bench.advance(30 * MINUTE_MS);
  const next = cookieOf(await ask(cookie));
  bench.advance(30 * SECOND_MS);
  expect(await statusOf(cookie)).toBe(401);
  expect(await statusOf(next)).toBe(401);
});

test("a thief who was there first is put out when the person comes, and so is the person", async () => {
  const { cookie: stolen } = await bench.signIn(await bench.addPerson());
  bench.advance(30 * MINUTE_MS);
  const thiefs = cookieOf(await ask(stolen));
  bench.advance(MINUTE_MS);
  expect(await statusOf(stolen)).toBe(401);
  expect(await statusOf(thiefs)).toBe(401);
});

test("of many requests at the same moment one replaces the token, and all are answered", async () => {
  const person = await bench.addPerson();
  const { cookie } = await bench.signIn(person);
  bench.advance(30 * MINUTE_MS);
  const responses = await Promise.all(Array.from({ length: 10 }, () => ask(cookie)));
  expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  expect(responses.filter((response) => response.headers.getSetCookie().length > 0)).toHaveLength(1);
  const { db } = bench.dashboard.stores.postgres;
  expect(await db.$count(sessions, eq(sessions.personId, person.personId))).toBe(2);
});

test("a session ends 12 hours after it began, whatever was done in it", async () => {
  const browser = await bench.signIn(await bench.addPerson());
  const cookie = await useFor(browser, { ms: 12 * HOUR_MS - 10 * MINUTE_MS, stepMs: 10 * MINUTE_MS });
  bench.advance(10 * MINUTE_MS - 1);
  expect(await statusOf(cookie)).toBe(200);
  bench.advance(1);
  expect(await statusOf(cookie)).toBe(401);
});

test("signing out ends every token of the session", async () => {
  const { cookie } = await bench.signIn(await bench.addPerson());
  bench.advance(30 * MINUTE_MS);
  const response = await openBrowser(bench.app, cookie).delete("/api/v1/sessions/current");
  expect(response.headers.getSetCookie()).toHaveLength(1);
  expect(cookieOf(response)).toBe("assay_session=");
  expect(await statusOf(cookie)).toBe(401);
  const { db } = bench.dashboard.stores.postgres;
  const now = bench.dashboard.now();
  const open = (await db.select().from(sessions)).filter(
    ({ endedAt, expiresAt }) => endedAt === null && expiresAt > now,
  );
  expect(open).toEqual([]);
});

async function listOf(browser: Browser, personId: string) {
  const response = await browser.get(`/api/v1/people/${personId}/sessions`);
  return sessionsSchema.parse(await response.json()).sessions;
}

test("somebody sees where they are signed in, how and since when, and which of it is here", async () => {
  const person = await bench.addPerson();
  const signedInAt = bench.dashboard.now().toISOString();
  await bench.signIn(person);
  bench.advance(MINUTE_MS);
  const here = await bench.signIn(person);
  const listed = await listOf(here, person.personId);
  expect(listed.map(({ is_current }) => is_current)).toEqual([true, false]);
  expect(listed[1]).toMatchObject({ method: "link", signed_in_at: signedInAt });
});

test("a session can be ended from another one, and stays one however often its token was replaced", async () => {
  const person = await bench.addPerson();
  const there = await bench.signIn(person);
  bench.advance(30 * MINUTE_MS);
  const thereNow = cookieOf(await ask(there.cookie));
  const here = await bench.signIn(person);
  const [, other] = await listOf(here, person.personId);
  const end = () => here.delete(`/api/v1/people/${person.personId}/sessions/${other?.session_id ?? ""}`);
  expect((await end()).status).toBe(204);
  expect(await statusOf(thereNow)).toBe(401);
  expect(await statusOf(there.cookie)).toBe(401);
  expect(await statusOf(here.cookie)).toBe(200);
  expect((await end()).status).toBe(404);
});

test("all other sessions can be ended at once", async () => {
  const person = await bench.addPerson();
  const others = [await bench.signIn(person), await bench.signIn(person)];
  const stranger = await bench.signIn(await bench.addPerson());
  const here = await bench.signIn(person);
  expect((await here.delete(`/api/v1/people/${person.personId}/sessions`)).status).toBe(204);
  for (const { cookie } of others) expect(await statusOf(cookie)).toBe(401);
  for (const { cookie } of [here, stranger]) expect(await statusOf(cookie)).toBe(200);
});

test("somebody else's session can't be ended, and looks like none at all", async () => {
  const [ada, ben] = [await bench.addPerson(), await bench.addPerson()];
  const [adas, bens] = [await bench.signIn(ada), await bench.signIn(ben)];
  const [of] = await listOf(bens, ben.personId);
  for (const id of [of?.session_id ?? "", randomUUID(), "no-id"])
    expect((await adas.delete(`/api/v1/people/${ada.personId}/sessions/${id}`)).status).toBe(404);
  expect(await statusOf(bens.cookie)).toBe(200);
});

test("another role counts from the next request on", async () => {
  const person = await bench.addPerson();
  const { cookie } = await bench.signIn(person);
  const { db } = bench.dashboard.stores.postgres;
  await db.update(people).set({ role: "officer" }).where(eq(people.personId, person.personId));
  expect(meSchema.parse(await (await ask(cookie)).json()).role).toBe("officer");
});

test("whoever is erased is out at once", async () => {
  const person = await bench.addPerson();
  const { cookie } = await bench.signIn(person);
  const { stores, now, config } = bench.dashboard;
  const erasure = { stores, deadLettersDir: join(config.dataDir, "dead-letters"), person };
  await erasePerson(erasure, { reason: undefined, now: now() });
  expect(await statusOf(cookie)).toBe(401);
});
