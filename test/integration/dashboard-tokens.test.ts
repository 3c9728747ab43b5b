// Personal access tokens: what a program can do with one, and what it never can.

import { randomUUID } from "node:crypto";
import { asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { USABLE_TOKENS_MAX } from "../../dashboard/server/access/access-tokens.ts";
import { ROUTES } from "../../dashboard/server/routes.ts";
import { accessTokensSchema, createdAccessTokenSchema } from "../../schemas/access-api.ts";
import { TOKEN_SCOPES } from "../../schemas/closed-lists.ts";
import { problemSchema } from "../../schemas/dashboard-api.ts";
import { accessTokens } from "../../schemas/postgres/access-tables.ts";
import { audit } from "../../schemas/postgres/tables.ts";
import { openDashboardBench, type Browser, type DashboardBench, type Person } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const ORIGIN = "http://localhost";
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

let bench: DashboardBench;
let ada: Person;
let browser: Browser;
beforeAll(async () => {
  bench = await openDashboardBench();
  ada = await bench.addPerson({ name: "Ada" });
});
afterAll(() => bench.close());

const tokensOf = ({ personId }: Person) => `/api/v1/people/${personId}/tokens`;

async function create(said: Record<string, unknown> = {}) {
  // Nobody may sign in as often as these tests do, in a minute.
  bench.advance(MINUTE_MS);
  browser = await bench.signIn(ada);
  const response = await browser.post(tokensOf(ada), { name: "report", scopes: ["read"], ...said });
  expect(response.status).toBe(201);
  return createdAccessTokenSchema.parse(await response.json());
}

/** As a program asks: without a page, an origin, or a cookie. */
function ask(
  secret: string,
  path: string,
  {
    method = "GET",
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
): Response | Promise<Response> {
  return bench.app.request(`${ORIGIN}${path}`, {
    method,
    headers: { authorization: `Bearer ${secret}`, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

test("a program with a token is its person, and the secret stands in one answer alone", async () => {
  const { token, secret } = await create();
  expect(secret).toMatch(/^assay_pat_[\w-]{43}$/);
  expect(token.hint).toBe(secret.slice(0, 14));
  const response = await ask(secret, "/api/v1/me");
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ person_id: ada.personId, name: "Ada" });
  const stored = JSON.stringify(await bench.dashboard.stores.postgres.db.select().from(accessTokens));
  const listed = await (await browser.get(tokensOf(ada))).text();
  for (const text of [stored, listed]) expect(text).not.toContain(secret);
});

test.each(TOKEN_SCOPES)(
  "a token for %s alone is let through to the routes of that scope, and to no other",
  async (scope) => {
    const { secret } = await create({ scopes: [scope] });
    const refusedOf = async (route: (typeof ROUTES)[number]) => {
      bench.advance(MINUTE_MS);
      const path = route.path.replace(":personId", ada.personId).replaceAll(/:\w+/g, randomUUID());
      const body = route.method === "GET" ? {} : { body: {} };
      const response = await ask(secret, `/api/v1${path}`, { method: route.method, ...body });
      const detail = response.status === 403 ? problemSchema.parse(await response.json()).detail : "";
      return detail.includes("personal access token");
    };
    for (const route of ROUTES.filter(({ access }) => access !== "anyone"))
      expect([route.method, route.path, await refusedOf(route)]).toEqual([
        route.method,
        route.path,
        route.token !== scope,
      ]);
  },
);

test("no token makes keys, tokens or sessions, whatever its scopes", () => {
  const own = ROUTES.filter(({ path }) => /\/(tokens|sessions)\b/.test(path));
  const changes = ROUTES.filter(({ path, method }) => /\/keys\b/.test(path) && method !== "GET");
  expect(own.length).toBeGreaterThan(5);
  for (const route of [...own, ...changes])
    expect([route.path, route.token]).toEqual([route.path, undefined]);
});

test("a token opens nobody else's data", async () => {
  const ben = await bench.addPerson();
  const { secret } = await create({ scopes: ["read"] });
  expect((await ask(secret, `/api/v1/people/${ben.personId}/runs`)).status).toBe(404);
});

test("a cookie that comes with a token counts for nothing, and none is given", async () => {
  const ben = await bench.addPerson({ name: "Ben" });
  const { cookie } = await bench.signIn(ben);
  const { secret } = await create();
  const response = await ask(secret, "/api/v1/me", { headers: { cookie } });
  expect(await response.json()).toMatchObject({ name: "Ada" });
  expect(response.headers.getSetCookie()).toEqual([]);
  const unknown = await ask(`assay_pat_${"x".repeat(43)}`, "/api/v1/me", { headers: { cookie } });
  expect(unknown.status).toBe(401);
  bench.advance(30 * MINUTE_MS);
  expect((await ask(secret, "/api/v1/me", { headers: { cookie } })).headers.getSetCookie()).toEqual([]);
});

test("an Authorization of somebody else's, as a proxy puts in, leaves the cookie alone", async () => {
  browser = await bench.signIn(ada);
  for (const authorization of ["Basic eDp5", "Bearer eyJhbGciOi", "Bearer assay_key"]) {
    const headers = { cookie: browser.cookie, authorization };
    expect((await bench.app.request(`${ORIGIN}/api/v1/me`, { headers })).status).toBe(200);
  }
});

test("a program may change things without being one of Assay's pages, and a page of another site still may not", async () => {
  const { secret } = await create({ scopes: ["write"] });
  const schedule = {
    name: "nightly",
    cron: "0 3 * * *",
    minutes: 15,
    workload_class: "scheduled",
    key_id: null,
  };
  const path = `/api/v1/people/${ada.personId}/schedules`;
  const said = { method: "POST", body: schedule, headers: { "content-type": "application/json" } };
  expect((await ask(secret, path, said)).status).toBe(201);
  const crossSite = await bench.app.request(`${ORIGIN}${path}`, {
    method: "POST",
    headers: { cookie: browser.cookie, "sec-fetch-site": "cross-site", "content-type": "application/json" },
    body: JSON.stringify(schedule),
  });
  expect(crossSite.status).toBe(403);
});

test("a token ends when it was to, and when it is revoked", async () => {
  const { secret, token } = await create({ days: 1 });
  const revoked = await create();
  expect((await browser.delete(`${tokensOf(ada)}/${revoked.token.token_id}`)).status).toBe(204);
  expect((await ask(revoked.secret, "/api/v1/me")).status).toBe(401);
  expect(Date.parse(token.expires_at) - Date.parse(token.created_at)).toBe(DAY_MS);
  bench.advance(Date.parse(token.expires_at) - bench.dashboard.now().getTime() - 1);
  expect((await ask(secret, "/api/v1/me")).status).toBe(200);
  bench.advance(1);
  expect((await ask(secret, "/api/v1/me")).status).toBe(401);
});

test("a token ends after a year at the latest, and after 90 days where nothing is said", async () => {
  const { token } = await create();
  expect(Date.parse(token.expires_at) - Date.parse(token.created_at)).toBe(90 * DAY_MS);
  const said = { name: "n", scopes: ["read"] };
  for (const wrong of [{ days: 366 }, { days: 0 }, { scopes: [] }, { scopes: ["owner"] }, { name: " " }])
    expect((await browser.post(tokensOf(ada), { ...said, ...wrong })).status).toBe(400);
});

test("the last use is kept to the hour", async () => {
  const { secret, token } = await create();
  const lastUse = async () => {
    const { tokens } = accessTokensSchema.parse(await (await browser.get(tokensOf(ada))).json());
    return tokens.find(({ token_id }) => token_id === token.token_id)?.last_used_at;
  };
  expect(await lastUse()).toBeNull();
  await ask(secret, "/api/v1/me");
  const first = bench.dashboard.now().toISOString();
  bench.advance(10 * MINUTE_MS);
  await ask(secret, "/api/v1/me");
  expect(await lastUse()).toBe(first);
  bench.advance(HOUR_MS);
  await ask(secret, "/api/v1/me");
  expect(await lastUse()).toBe(bench.dashboard.now().toISOString());
});

test("making and revoking one stand in the audit of its person, and the secret does not", async () => {
  const ben = await bench.addPerson();
  const bens = await bench.signIn(ben);
  const response = await bens.post(tokensOf(ben), { name: "n", scopes: ["read", "write", "read"] });
  const { token, secret } = createdAccessTokenSchema.parse(await response.json());
  expect(token.scopes).toEqual(["read", "write"]);
  await bens.delete(`${tokensOf(ben)}/${token.token_id}`);
  await bens.delete(`${tokensOf(ben)}/${token.token_id}`);
  const { db } = bench.dashboard.stores.postgres;
  const entries = await db
    .select()
    .from(audit)
    .where(eq(audit.subjectId, ben.personId))
    .orderBy(asc(audit.auditId));
  expect(entries.map(({ action, actorId }) => [action, actorId]).slice(1)).toEqual([
    ["access_token_created", ben.personId],
    ["access_token_revoked", ben.personId],
  ]);
  expect(JSON.stringify(entries)).not.toContain(secret.slice(-43));
});

test("somebody else's token can't be revoked, and looks like none at all", async () => {
  const { token, secret } = await create();
  const ben = await bench.addPerson();
  const bens = await bench.signIn(ben);
  for (const id of [token.token_id, randomUUID(), "no-id"])
    expect((await bens.delete(`${tokensOf(ben)}/${id}`)).status).toBe(404);
  expect((await ask(secret, "/api/v1/me")).status).toBe(200);
});

test("there are 20 at the most, also when two make the last one at the same moment", async () => {
  const ben = await bench.addPerson();
  const bens = await bench.signIn(ben);
  const make = () => bens.post(tokensOf(ben), { name: "n", scopes: ["read"] });
  const responses = await Promise.all(Array.from({ length: USABLE_TOKENS_MAX + 2 }, make));
  const made = responses.filter(({ status }) => status === 201);
  expect(made).toHaveLength(USABLE_TOKENS_MAX);
  expect(responses.filter(({ status }) => status === 409)).toHaveLength(2);
  const { token } = createdAccessTokenSchema.parse(await made[0]?.json());
  await bens.delete(`${tokensOf(ben)}/${token.token_id}`);
  expect((await make()).status).toBe(201);
});
