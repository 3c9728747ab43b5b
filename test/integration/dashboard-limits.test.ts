// How often somebody may ask, and what a request may not be: limits by session and token, parameters that no route knows, methods
// that ask for nothing.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  ATTEMPTS_MAX,
  CHANGES_MAX,
  COUNTED_MAX,
  createRateLimit,
  READS_MAX,
} from "../../dashboard/server/access/rate-limit.ts";
import { createdAccessTokenSchema } from "../../schemas/access-api.ts";
import { problemSchema } from "../../schemas/dashboard-api.ts";
import { openBrowser, openDashboardBench, type DashboardBench } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MINUTE_MS = 60_000;

let bench: DashboardBench;
beforeAll(async () => {
  bench = await openDashboardBench();
});
afterAll(() => bench.close());

async function statusesOf(count: number, ask: () => Response | Promise<Response>): Promise<Set<number>> {
  const responses = await Promise.all(Array.from({ length: count }, async () => ask()));
  return new Set(responses.map(({ status }) => status));
}

describe("in a minute", () => {
  test("a session reads 600 times, and then waits for the next minute", async () => {
    const browser = await bench.signIn(await bench.addPerson());
    const read = () => browser.get("/api/v1/me");
    expect(await statusesOf(READS_MAX, read)).toEqual(new Set([200]));
    const refused = await read();
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("60");
    expect(problemSchema.parse(await refused.json()).detail).toBe(
      "Too many requests. Try again in 60 seconds.",
    );
    bench.advance(MINUTE_MS);
    expect((await read()).status).toBe(200);
  });

  test("a session changes 60 things, and reads all the same", async () => {
    const person = await bench.addPerson();
    const browser = await bench.signIn(person);
    const change = () => browser.delete(`/api/v1/people/${person.personId}/tokens/${randomUUID()}`);
    expect(await statusesOf(CHANGES_MAX, change)).toEqual(new Set([404]));
    expect((await change()).status).toBe(429);
    expect((await browser.get("/api/v1/me")).status).toBe(200);
  });

  test("one session that asks too often keeps neither another one nor a token waiting", async () => {
    const person = await bench.addPerson();
    const [busy, quiet] = [await bench.signIn(person), await bench.signIn(person)];
    const created = await quiet.post(`/api/v1/people/${person.personId}/tokens`, {
      name: "n",
      scopes: ["read"],
    });
    const { secret } = createdAccessTokenSchema.parse(await created.json());
    await statusesOf(READS_MAX + 1, () => busy.get("/api/v1/me"));
    expect((await busy.get("/api/v1/me")).status).toBe(429);
    expect((await quiet.get("/api/v1/me")).status).toBe(200);
    const headers = { authorization: `Bearer ${secret}` };
    const asProgram = () => bench.app.request("http://localhost/api/v1/me", { headers });
    expect(await statusesOf(READS_MAX, asProgram)).toEqual(new Set([200]));
    expect((await asProgram()).status).toBe(429);
  });

  test("one who tries too often keeps no other one waiting", () => {
    const limit = createRateLimit(ATTEMPTS_MAX);
    const now = bench.dashboard.now();
    for (let count = 0; count < 2 * ATTEMPTS_MAX; count++) limit.count("192.0.2.1", now);
    expect(limit.count("192.0.2.1", now)).toBe(60);
    expect(limit.count("192.0.2.2", now)).toBe(0);
  });

  test("a flood under many names makes the oldest one forgotten, and not the memory larger", () => {
    const limit = createRateLimit(ATTEMPTS_MAX);
    const now = bench.dashboard.now();
    for (let count = 0; count <= ATTEMPTS_MAX; count++) limit.count("192.0.2.1", now);
    for (let count = 1; count < COUNTED_MAX; count++) limit.count(`address ${count}`, now);
    expect(limit.count("192.0.2.1", now)).toBe(60);
    limit.count("one more", now);
    expect(limit.count("192.0.2.1", now)).toBe(0);
  });
});

test.each([
  ["a parameter that the route does not know", "usage?from=2026-11-01&to=2026-11-02&form=2026", "query.form"],
  ["a parameter of a route that takes none", "schedules?all=1", "query.all"],
  ["a parameter that is there twice", "usage?from=2026-11-01&to=2026-11-02&to=2026-11-03", "query.to"],
])("%s is refused with its name", async (_what, path, name) => {
  const person = await bench.addPerson();
  const response = await (await bench.signIn(person)).get(`/api/v1/people/${person.personId}/${path}`);
  expect(response.status).toBe(400);
  const problem = problemSchema.parse(await response.json());
  expect(problem.detail).toContain(name);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
});

test("HEAD answers as GET does, without a body", async () => {
  const browser = await bench.signIn(await bench.addPerson());
  const head = (cookie: string) => bench.app.request("/api/v1/me", { method: "HEAD", headers: { cookie } });
  const response = await head(browser.cookie);
  expect(response.status).toBe(200);
  expect(await response.text()).toBe("");
  expect((await head("")).status).toBe(401);
});

test("OPTIONS grants no other site anything, and a method that there is not is no route", async () => {
  const { cookie } = await bench.signIn(await bench.addPerson());
  const headers = {
    cookie,
    origin: "https://evil.example",
    "access-control-request-method": "DELETE",
    "access-control-request-headers": "authorization",
  };
  for (const method of ["OPTIONS", "PATCH", "PUT"]) {
    const said = { ...headers, "sec-fetch-site": "same-origin", "content-type": "application/json" };
    const response = await bench.app.request("/api/v1/me", { method, headers: said });
    expect(response.status).toBe(404);
    expect([...response.headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
  }
});

test("whoever has not signed in learns of no address whether there is one", async () => {
  const browser = openBrowser(bench.app);
  const details = await Promise.all(
    ["/api/v1/me", "/api/v1/nothing", `/api/v1/people/${randomUUID()}/runs`].map(async (path) => {
      const { status, detail } = problemSchema.parse(await (await browser.get(path)).json());
      return `${status} ${detail}`;
    }),
  );
  expect(new Set(details).size).toBe(1);
});
