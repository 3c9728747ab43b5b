// Rotation: a key gets another secret without a gap for its clients, and without more access than it had. And what is told of
// a key's use.

import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { keysCreateCommand, keysListCommand, keysRevokeCommand } from "../../dashboard/commands/keys.ts";
import { keysRotateCommand } from "../../dashboard/commands/keys-rotate.ts";
import { addLastUse } from "../../dashboard/server/keys/key-use.ts";
import { listAllKeys, USABLE_KEYS_MAX } from "../../dashboard/server/keys/keys.ts";
import { AppError } from "../../schemas/app-error.ts";
import { hashAssayKey } from "../../schemas/assay-key.ts";
import { createdKeySchema, keysSchema, rotatedKeySchema } from "../../schemas/dashboard-api.ts";
import { readSnapshotManifest, readSnapshotRows } from "../../schemas/identity-snapshot.ts";
import { audit } from "../../schemas/postgres/tables.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { openDashboardBench, type DashboardBench, type Person } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const HOUR_MS = 3_600_000;
const NEVER = "2099-01-01T00:00:00.000Z";

let bench: DashboardBench;
beforeAll(async () => {
  bench = await openDashboardBench();
});
afterAll(() => bench.close());

/** As gateways know it. */
function inSnapshot(secret: string) {
  const { dataDir } = bench.dashboard.config;
  return readSnapshotRows(dataDir, readSnapshotManifest(dataDir)!).keys.find(hashAssayKey(secret));
}

const inHours = (hours: number) => new Date(bench.dashboard.now().getTime() + hours * HOUR_MS).toISOString();

async function createKey(person: Person, said: Record<string, string> = {}) {
  const values = { person: person.email, name: "laptop", class: "batch", json: true, ...said };
  return createdKeySchema.parse(JSON.parse((await bench.run(keysCreateCommand, { values })).stdout));
}

async function rotate(keyId: string, values: Record<string, string> = {}) {
  const { stdout } = await bench.run(keysRotateCommand, {
    positionals: [keyId],
    values: { json: true, ...values },
  });
  return rotatedKeySchema.parse(JSON.parse(stdout));
}

test("a rotated key goes on for a day beside the one that takes its place, which is like it but for the secret", async () => {
  const person = await bench.addPerson();
  const old = await createKey(person);
  const rotated = await rotate(old.key.key_id);
  const { key_id, hint: _hint, created_at: _createdAt, ...alike } = rotated.key;
  expect(old.key).toMatchObject(alike);
  expect([key_id, rotated.secret]).not.toEqual([old.key.key_id, old.secret]);
  expect(rotated.replaced).toEqual({ ...old.key, expires_at: inHours(24) });
  expect(inSnapshot(old.secret)).toMatchObject({ key_id: old.key.key_id, expires_at: inHours(24) });
  expect(inSnapshot(rotated.secret)).toMatchObject({
    key_id,
    person_id: person.personId,
    workload_class: "batch",
    expires_at: null,
  });
  const { db } = bench.dashboard.stores.postgres;
  const entries = await db.select().from(audit).where(eq(audit.subjectId, person.personId));
  expect(entries.at(-1)).toMatchObject({
    action: "key_rotated",
    actorId: null,
    payload: { key_id: old.key.key_id, new_key_id: key_id },
  });
  expect(JSON.stringify(entries)).not.toContain(rotated.secret);
});

test("a rotation prolongs nothing: not the old key's life, nor that of the one in its place", async () => {
  const person = await bench.addPerson();
  const expires = inHours(2);
  const old = await createKey(person, { expires });
  const rotated = await rotate(old.key.key_id);
  expect([rotated.replaced.expires_at, rotated.key.expires_at]).toEqual([expires, expires]);

  const again = await rotate(rotated.key.key_id, { overlap: "30m", expires: inHours(48) });
  expect([again.replaced.expires_at, again.key.expires_at]).toEqual([inHours(0.5), inHours(48)]);
  const atOnce = await rotate(again.key.key_id, { overlap: "0s" });
  expect(atOnce.replaced.expires_at).toBe(bench.dashboard.now().toISOString());
});

test("a key that is over, and one that is none, can't be rotated", async () => {
  const person = await bench.addPerson();
  const revoked = await createKey(person);
  await bench.run(keysRevokeCommand, { positionals: [revoked.key.key_id] });
  const expired = await createKey(person, { expires: inHours(1) });
  bench.advance(HOUR_MS);
  for (const { key } of [revoked, expired])
    await expect(rotate(key.key_id)).rejects.toMatchObject({ code: "conflict" });
  await expect(rotate(randomUUID())).rejects.toMatchObject({ code: "not_found" });
});

test.each([
  [["1"], {}, "keys list"],
  [[randomUUID()], { overlap: "soon" }, "--overlap"],
  [[randomUUID()], { overlap: "31d" }, "--overlap"],
  [[randomUUID()], { expires: "2020-01-01" }, "--expires"],
])(
  "keys rotate called wrongly, %j %j, says what is wrong and exits with 2",
  async (positionals, values, word) => {
    const { exitCode, stderr } = await bench.run(keysRotateCommand, { positionals, values });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(word)]);
  },
);

test("a person rotates their own key on the page, and nobody else's", async () => {
  const [ada, ben] = [await bench.addPerson(), await bench.addPerson()];
  const browser = await bench.signIn(ada);
  const [own, bens] = [await createKey(ada), await createKey(ben)];
  const path = `/api/v1/people/${ada.personId}/keys`;
  for (const id of [bens.key.key_id, randomUUID(), "no-id"])
    expect((await browser.post(`${path}/${id}/rotate`, {})).status).toBe(404);
  expect(inSnapshot(bens.secret)?.expires_at).toBeNull();
  expect((await browser.post(`${path}/${own.key.key_id}/rotate`, { overlap_hours: 721 })).status).toBe(400);

  const response = await browser.post(`${path}/${own.key.key_id}/rotate`, { overlap_hours: 1 });
  expect(response.status).toBe(201);
  const rotated = rotatedKeySchema.parse(await response.json());
  expect([inSnapshot(own.secret)?.expires_at, inSnapshot(rotated.secret)?.expires_at]).toEqual([
    inHours(1),
    null,
  ]);
});

test("who has the most keys can rotate each of them, and has no more than one besides for it", async () => {
  const person = await bench.addPerson();
  const made = [];
  for (let count = 0; count < USABLE_KEYS_MAX; count++) made.push(await createKey(person));
  const [first, second] = made.map(({ key }) => key.key_id);
  await rotate(first!);
  await expect(rotate(second!)).rejects.toMatchObject({ code: "conflict" });
});

const call = (keyId: string, started_at: string, expires_at = NEVER) => ({
  ...buildTokenEvent({ event_id: randomUUID(), key_id: keyId, started_at }),
  expires_at,
});

test("of each key it is told when it was last used, as far back as calls are kept", async () => {
  const { clickhouse } = bench.dashboard.stores;
  const person = await bench.addPerson();
  const [used, once, unused] = [await createKey(person), await createKey(person), await createKey(person)];
  const [late, early, forgotten] = [inHours(-1), inHours(-30), inHours(-24 * 31)];
  await clickhouse.insert("token_events", [
    call(used.key.key_id, early),
    call(used.key.key_id, late),
    call(once.key.key_id, early),
    call(unused.key.key_id, forgotten),
  ]);
  const browser = await bench.signIn(person);
  const answer = await browser.get(`/api/v1/people/${person.personId}/keys`);
  const { keys, calls_known_since } = keysSchema.parse(await answer.json());
  const lastUse = new Map(keys.map(({ key_id, last_used_at }) => [key_id, last_used_at]));
  const ids = [used, once, unused].map(({ key }) => key.key_id);
  expect(ids.map((id) => lastUse.get(id))).toEqual([late, early, null]);
  expect(calls_known_since).toBe(inHours(-24 * 30));

  const { stdout } = await bench.run(keysListCommand, {});
  const lines = ids.map((id) => stdout.split("\n").find((line) => line.includes(id)));
  expect(lines[0]).toContain(`used ${late.slice(0, 10)}`);
  expect(lines[2]).toContain(`not used since ${inHours(-24 * 30).slice(0, 10)}`);
});

test("while ClickHouse is away keys are listed all the same, and nothing is said of their use", async () => {
  const { stores, now, log } = bench.dashboard;
  const away = {
    ...stores.clickhouse,
    query: () => Promise.reject(new AppError("unavailable", "away", { retry: true })),
  };
  const listed = await listAllKeys(stores.postgres.db);
  const known = await addLastUse({ clickhouse: away, log, eventsDays: 30, now: now() }, listed);
  expect(known.keys).toHaveLength(listed.length);
  expect(known.calls_known_since).toBeNull();
});
