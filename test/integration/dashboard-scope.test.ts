// Nobody reads or changes what is somebody else's. The routes are asked of the application itself, so that a new one is
// tried without being named here.

import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import type { DashboardEnv } from "../../dashboard/server/dashboard.ts";
import { createKey } from "../../dashboard/server/keys/keys.ts";
import { createApi } from "../../dashboard/server/api.ts";
import { defineRoute } from "../../dashboard/server/http/route.ts";
import { ROUTES } from "../../dashboard/server/routes.ts";
import { keysSchema } from "../../schemas/dashboard-api.ts";
import { keys, people } from "../../schemas/postgres/tables.ts";
import { openBrowser, openDashboardBench, type DashboardBench, type Person } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let bench: DashboardBench;
let ada: Person;
let ben: Person;
beforeAll(async () => {
  bench = await openDashboardBench();
  ada = await bench.addPerson();
  ben = await bench.addPerson();
});
afterAll(() => bench.close());

const KEY = { kind: "person", name: "k", workloadClass: null, expiresAt: null, actorId: null } as const;

const MINUTE_MS = 60_000;

interface Route {
  method: string;
  path: string;
}

/** Without middleware, which hono registers for all methods. */
function listRoutes(app: Hono<DashboardEnv>): Route[] {
  return app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => ({ method, path }));
}

const SAID = { "sec-fetch-site": "same-origin", "content-type": "application/json" };

async function ask(app: Hono<DashboardEnv>, { method, path }: Route, cookie = ""): Promise<Response> {
  const body = method === "GET" ? {} : { body: JSON.stringify({ name: "mine", workload_class: null }) };
  const filled = `${path.replaceAll(/:\w+/g, randomUUID())}?from=2026-11-01&to=2026-11-20`;
  return app.request(filled, { method, ...body, headers: { ...SAID, cookie } });
}

/** What each route below a person's address answers to ids that are not the asker's own. */
async function probe(
  app: Hono<DashboardEnv>,
  ids: readonly string[],
  cookie: string,
): Promise<Record<string, unknown>[]> {
  const routes = listRoutes(app).filter(({ path }) => path.includes(":personId"));
  const answers: Record<string, unknown>[] = [];
  for (const id of ids) {
    // Nobody may ask all of this in a minute.
    bench.advance(MINUTE_MS);
    for (const { method, path } of routes) {
      const response = await ask(app, { method, path: path.replace(":personId", id) }, cookie);
      const { reference: _reference, ...said } = z.looseObject({}).parse(await response.json());
      answers.push(said);
    }
  }
  return answers;
}

const NOT_FOUND = {
  type: "about:blank",
  title: "Not Found",
  status: 404,
  detail: "There is nothing here for you. Check the address.",
};

test("every route about a person gives one and the same answer for anybody else's id, nobody's, and none", async () => {
  const { cookie } = await bench.signIn(ada);
  const ids = [
    ben.personId,
    randomUUID(),
    ada.personId.toUpperCase(),
    "0",
    "%00",
    "..%2f",
    `${ada.personId}%20`,
  ];
  const answers = await probe(bench.app, ids, cookie);
  const routes = ROUTES.filter(({ path }) => path.includes(":personId"));
  expect(answers).toHaveLength(routes.length * ids.length);
  for (const answer of answers) expect(answer).toEqual(NOT_FOUND);
});

test("the probe finds a route that forgot the scope", async () => {
  const leaky = new Hono<DashboardEnv>();
  leaky.get("/api/v1/people/:personId/leak", (context) =>
    context.json({ person: context.req.param("personId") }),
  );
  expect(await probe(leaky, [ben.personId], "")).toEqual([{ person: ben.personId }]);
});

test("a route that forgets whose data it asks for gets nothing of anybody else from Postgres", async () => {
  const { postgres } = bench.dashboard.stores;
  await createKey(postgres, { ...KEY, personId: ben.personId }, new Date());
  const mine = await createKey(postgres, { ...KEY, personId: ada.personId }, new Date());
  const forgetful = defineRoute({
    method: "GET",
    path: "/people/:personId/forgetful",
    summary: "",
    access: "subject",
    answer: z.unknown(),
    handle: ({ who: { store } }) =>
      store.db.transaction(async (transaction) => ({
        keys: await transaction.select().from(keys),
        people: await transaction.select().from(people),
      })),
  });
  const { cookie } = await bench.signIn(ada);
  const response = await createApi(bench.dashboard, [forgetful]).request(
    `/people/${ada.personId}/forgetful`,
    { headers: { cookie } },
  );
  expect(await response.json()).toMatchObject({
    keys: [{ keyId: mine.key.key_id }],
    people: [{ personId: ada.personId }],
  });
});

test("somebody else's key can't be revoked, and looks like none at all", async () => {
  const { postgres } = bench.dashboard.stores;
  const created = await createKey(postgres, { ...KEY, personId: ben.personId }, new Date());
  const browser = await bench.signIn(ada);
  const asks = [created.key.key_id, randomUUID(), "no-id"].map((id) =>
    browser.delete(`/api/v1/people/${ada.personId}/keys/${id}`),
  );
  for (const response of await Promise.all(asks)) expect(response.status).toBe(404);
  const bens = await (await bench.signIn(ben)).get(`/api/v1/people/${ben.personId}/keys`);
  expect(keysSchema.parse(await bens.json()).keys[0]?.revoked_at).toBeNull();
});

test("a list of keys has nobody else's in it", async () => {
  const cai = await bench.addPerson();
  const browser = await bench.signIn(cai);
  const response = await browser.get(`/api/v1/people/${cai.personId}/keys`);
  expect(await response.json()).toMatchObject({ keys: [] });
});

test("without a cookie, and with somebody's invented one, the answer is the same", async () => {
  const [without, invented] = await Promise.all(
    ["", "assay_session=invented"].map((cookie) => openBrowser(bench.app, cookie).get("/api/v1/me")),
  );
  expect([without?.status, invented?.status]).toEqual([401, 401]);
});
