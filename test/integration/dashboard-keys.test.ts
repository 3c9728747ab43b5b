// Keys that end on a day of one's choice, the keys of services, and whether a client that was just set up reaches Assay.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createKey } from "../../dashboard/server/keys/keys.ts";
import { hashAssayKey } from "../../schemas/assay-key.ts";
import { createdKeySchema, rotatedKeySchema } from "../../schemas/dashboard-api.ts";
import { readSnapshotManifest, readSnapshotRows } from "../../schemas/identity-snapshot.ts";
import { newestCallSchema, serviceKeysSchema } from "../../schemas/key-api.ts";
import { audit, teams } from "../../schemas/postgres/tables.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { openDashboardBench, type Browser, type DashboardBench, type Person } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const DAY_MS = 86_400_000;
const NEVER = "2090-01-01T00:00:00Z";
const SERVICES = "/api/v1/services/keys";

let bench: DashboardBench;
let ada: Person;
let adas: Browser;
let operators: Browser;
beforeAll(async () => {
  bench = await openDashboardBench();
  ada = await bench.addPerson();
  adas = await bench.signIn(ada);
  operators = await bench.signIn(await bench.addPerson({ role: "operator" }));
  await bench.dashboard.stores.postgres.db.insert(teams).values([{ name: "Search" }, { name: "Ads" }]);
});
afterAll(() => bench.close());

const later = (days: number) => new Date(bench.dashboard.now().getTime() + days * DAY_MS).toISOString();
const inSnapshot = (secret: string) => {
  const { dataDir } = bench.dashboard.config;
  return readSnapshotRows(dataDir, readSnapshotManifest(dataDir)!).keys.find(hashAssayKey(secret));
};

test("a key ends on the day that its person chose, and that day is to come", async () => {
  const path = `/api/v1/people/${ada.personId}/keys`;
  const expires_at = later(30);
  const response = await adas.post(path, { name: "trial", workload_class: null, expires_at });
  const { key, secret } = createdKeySchema.parse(await response.json());
  expect([key.expires_at, inSnapshot(secret)?.expires_at]).toEqual([expires_at, expires_at]);
  for (const past of [later(0), later(-1)])
    expect((await adas.post(path, { name: "past", workload_class: null, expires_at: past })).status).toBe(
      400,
    );
});

test("an operator makes, rotates and revokes a service's key, and it is nobody's", async () => {
  const said = { name: "nightly", workload_class: "batch", team: "Search", expires_at: null };
  const response = await operators.post(SERVICES, said);
  expect(response.status).toBe(201);
  const { key, secret } = createdKeySchema.parse(await response.json());
  expect(inSnapshot(secret)).toMatchObject({ kind: "service", person_id: null, team_id: expect.any(String) });

  const rotated = rotatedKeySchema.parse(
    await (await operators.post(`${SERVICES}/${key.key_id}/rotate`, { overlap_hours: 1 })).json(),
  );
  expect(rotated.key).toMatchObject({ kind: "service", name: "nightly", workload_class: "batch" });
  expect((await operators.delete(`${SERVICES}/${rotated.key.key_id}`)).status).toBe(204);
  expect(inSnapshot(rotated.secret)?.revoked_at).toBe(bench.dashboard.now().toISOString());

  const listed = serviceKeysSchema.parse(await (await operators.get(SERVICES)).json());
  expect(listed.teams).toEqual(["Ads", "Search"]);
  expect(listed.keys.map(({ key_id, team }) => [key_id, team])).toEqual([
    [key.key_id, "Search"],
    [rotated.key.key_id, "Search"],
  ]);
  const { db } = bench.dashboard.stores.postgres;
  const entries = (await db.select().from(audit)).filter(({ payload }) =>
    JSON.stringify(payload).includes(key.key_id),
  );
  expect(entries.map(({ action, subjectId }) => [action, subjectId])).toEqual([
    ["key_created", null],
    ["key_rotated", null],
  ]);
});

test("an operator can do nothing to a person's key, and does not see it", async () => {
  const { postgres } = bench.dashboard.stores;
  const said = { kind: "person", personId: ada.personId, actorId: null, workloadClass: null } as const;
  const { key, secret } = await createKey(postgres, { ...said, name: "hers", expiresAt: null }, new Date());
  const asked = [
    await operators.post(`${SERVICES}/${key.key_id}/rotate`, { overlap_hours: 0 }),
    await operators.delete(`${SERVICES}/${key.key_id}`),
  ];
  expect(asked.map(({ status }) => status)).toEqual([404, 404]);
  expect(await (await operators.get(SERVICES)).text()).not.toContain(key.key_id);
  await adas.post(`/api/v1/people/${ada.personId}/keys`, { name: "other", workload_class: null });
  expect(inSnapshot(secret)).toMatchObject({ revoked_at: null, expires_at: null });
});

test("a service's key of a team that is not there, and one that has expired, are refused", async () => {
  const said = { name: "n", workload_class: null, team: null, expires_at: null };
  expect((await operators.post(SERVICES, { ...said, team: "Nowhere" })).status).toBe(404);
  expect((await operators.post(SERVICES, { ...said, expires_at: later(-1) })).status).toBe(400);
});

test.each(["self", "manager", "officer"] as const)("services' keys are not for a %s", async (role) => {
  const browser = await bench.signIn(await bench.addPerson({ role }));
  expect((await browser.get(SERVICES)).status).toBe(403);
});

test("the newest call of a person is there as soon as it is stored, and is no one else's", async () => {
  const path = `/api/v1/people/${ada.personId}/newest-call`;
  const newest = async () => newestCallSchema.parse(await (await adas.get(path)).json()).call;
  expect(await newest()).toBeNull();
  const made = await adas.post(`/api/v1/people/${ada.personId}/keys`, {
    name: "laptop",
    workload_class: null,
  });
  const { key } = createdKeySchema.parse(await made.json());
  const at = (minutesAgo: number) =>
    new Date(bench.dashboard.now().getTime() - minutesAgo * 60_000).toISOString();
  const call = { person_id: ada.personId, key_id: key.key_id, client: "codex", model_served: "gpt-5-mini" };
  const ben = await bench.addPerson();
  await bench.dashboard.stores.clickhouse.insert(
    "token_events",
    [
      { ...call, started_at: at(30), status: 401 },
      { ...call, started_at: at(5), status: 200 },
      { ...call, started_at: at(1), person_id: ben.personId },
      { ...call, started_at: at(2000) },
    ].map((said) => ({ ...buildTokenEvent({ event_id: randomUUID(), ...said }), expires_at: NEVER })),
  );
  expect(await newest()).toEqual({
    started_at: at(5),
    client: "codex",
    model: "gpt-5-mini",
    status: 200,
    key: "laptop",
  });
});
