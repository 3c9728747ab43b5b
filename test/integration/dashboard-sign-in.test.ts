// Signing in and out, through the HTTP door.

import { afterAll, beforeAll, expect, test } from "vitest";
import { ATTEMPTS_MAX } from "../../dashboard/server/access/rate-limit.ts";
import { meSchema, problemSchema } from "../../schemas/dashboard-api.ts";
import { loginLinks, sessions } from "../../schemas/postgres/access-tables.ts";
import { cookieOf, openBrowser, openDashboardBench, type DashboardBench } from "../services/dashboard.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

let bench: DashboardBench;
beforeAll(async () => {
  bench = await openDashboardBench();
});
afterAll(() => bench.close());

test("a link signs its person in, and nobody else", async () => {
  const person = await bench.addPerson({ name: "Ada" });
  const browser = await bench.signIn(person);
  const response = await browser.get("/api/v1/me");
  expect(response.status).toBe(200);
  expect(meSchema.parse(await response.json())).toEqual({
    person_id: person.personId,
    email: person.email,
    name: "Ada",
    team: null,
    role: "self",
    is_manager: false,
    gateway_url: "http://127.0.0.1:4100",
    timezone: "UTC",
  });
});

test("a link opens once, also when two use it at the same moment", async () => {
  const token = await bench.linkToken(await bench.addPerson());
  const attempts = Array.from({ length: 5 }, () => openBrowser(bench.app).post("/api/v1/sign-in", { token }));
  const statuses = (await Promise.all(attempts)).map(({ status }) => status);
  expect(statuses.toSorted((left, right) => left - right)).toEqual([204, 401, 401, 401, 401]);
});

test("a link is good for 15 minutes and not a millisecond longer", async () => {
  const person = await bench.addPerson();
  const inTime = await bench.linkToken(person);
  bench.advance(15 * MINUTE_MS - 1);
  expect((await openBrowser(bench.app).post("/api/v1/sign-in", { token: inTime })).status).toBe(204);
  const tooLate = await bench.linkToken(person);
  bench.advance(15 * MINUTE_MS);
  const response = await openBrowser(bench.app).post("/api/v1/sign-in", { token: tooLate });
  expect(response.status).toBe(401);
  expect(problemSchema.parse(await response.json()).detail).toContain("npx assay login-link");
});

test("signing out ends the session in the store, and not only the cookie", async () => {
  const browser = await bench.signIn(await bench.addPerson());
  const response = await browser.delete("/api/v1/sessions/current");
  expect(response.status).toBe(204);
  expect(response.headers.getSetCookie()[0]).toContain("Max-Age=0");
  expect((await browser.get("/api/v1/me")).status).toBe(401);
});

test("signing in makes a new session and ends the one before", async () => {
  const person = await bench.addPerson();
  const first = cookieOf(
    await openBrowser(bench.app).post("/api/v1/sign-in", { token: await bench.linkToken(person) }),
  );
  const again = await openBrowser(bench.app, first).post("/api/v1/sign-in", {
    token: await bench.linkToken(person),
  });
  expect(cookieOf(again)).not.toBe(first);
  expect((await openBrowser(bench.app, first).get("/api/v1/me")).status).toBe(401);
  expect((await openBrowser(bench.app, cookieOf(again)).get("/api/v1/me")).status).toBe(200);
});

test("a planted cookie is not taken up by signing in", async () => {
  const planted = `assay_session=${"x".repeat(43)}`;
  const token = await bench.linkToken(await bench.addPerson());
  const response = await openBrowser(bench.app, planted).post("/api/v1/sign-in", { token });
  expect(cookieOf(response)).not.toBe(planted);
  expect((await openBrowser(bench.app, planted).get("/api/v1/me")).status).toBe(401);
});

test("neither a link's token nor a session's is in the store", async () => {
  const token = await bench.linkToken(await bench.addPerson());
  const response = await openBrowser(bench.app).post("/api/v1/sign-in", { token });
  const { db } = bench.dashboard.stores.postgres;
  const stored = JSON.stringify([await db.select().from(loginLinks), await db.select().from(sessions)]);
  expect(stored).not.toContain(token);
  expect(stored).not.toContain(cookieOf(response).split("=")[1]);
});

test("scripts can't read the cookie, and other sites' requests don't bring it", async () => {
  const token = await bench.linkToken(await bench.addPerson());
  const response = await openBrowser(bench.app).post("/api/v1/sign-in", { token });
  const [cookie] = response.headers.getSetCookie();
  expect(cookie).toMatch(/^assay_session=[\w-]{43};/);
  expect(cookie?.split("; ").slice(1).toSorted()).toEqual([
    "HttpOnly",
    "Max-Age=43200",
    "Path=/",
    "SameSite=Strict",
  ]);
});

test("after 20 attempts in a minute the next one waits, and the minute after is free", async () => {
  bench.advance(HOUR_MS);
  const attempt = () => openBrowser(bench.app).post("/api/v1/sign-in", { token: "no such token" });
  for (let count = 0; count < ATTEMPTS_MAX; count++) expect((await attempt()).status).toBe(401);
  const refused = await attempt();
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toBe("60");
  bench.advance(MINUTE_MS);
  expect((await attempt()).status).toBe(401);
});
