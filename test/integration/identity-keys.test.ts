// Keys from their making to their end, as the dashboard, the command line and the gateways' snapshot have them.

import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { keysCreateCommand, keysListCommand, keysRevokeCommand } from "../../dashboard/commands/keys.ts";
import { createKey, USABLE_KEYS_MAX } from "../../dashboard/server/keys/keys.ts";
import { hashAssayKey, isWellFormedAssayKey } from "../../schemas/assay-key.ts";
import { createdKeySchema, keysSchema } from "../../schemas/dashboard-api.ts";
import { readSnapshotManifest, readSnapshotRows, type SnapshotKey } from "../../schemas/identity-snapshot.ts";
import type { SortedLines } from "../../schemas/sorted-lines.ts";
import { audit, keys, teams } from "../../schemas/postgres/tables.ts";
import { openDashboardBench, type DashboardBench } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let bench: DashboardBench;
beforeAll(async () => {
  bench = await openDashboardBench();
});
afterAll(() => bench.close());

function readSnapshot(): SortedLines<SnapshotKey> {
  const { dataDir } = bench.dashboard.config;
  return readSnapshotRows(dataDir, readSnapshotManifest(dataDir)!).keys;
}

function inSnapshot(secret: string) {
  return readSnapshot().find(hashAssayKey(secret));
}

test("a key made on the page is shown once, works at the gateways at once, and stops at once", async () => {
  const [team] = await bench.dashboard.stores.postgres.db
    .insert(teams)
    .values({ name: "Search" })
    .returning();
  const person = await bench.addPerson({ teamId: team!.teamId });
  const browser = await bench.signIn(person);
  const path = `/api/v1/people/${person.personId}/keys`;

  const response = await browser.post(path, { name: " laptop ", workload_class: "ci" });
  expect(response.status).toBe(201);
  const { key, secret } = createdKeySchema.parse(await response.json());
  expect(isWellFormedAssayKey(secret)).toBe(true);
  expect(key).toMatchObject({ kind: "person", name: "laptop", hint: secret.slice(0, 10), revoked_at: null });
  expect(inSnapshot(secret)).toEqual({
    key_id: key.key_id,
    secret_sha256: hashAssayKey(secret),
    kind: "person",
    person_id: person.personId,
    team_id: team!.teamId,
    workload_class: "ci",
    expires_at: null,
    revoked_at: null,
  });

  const listed = await (await browser.get(path)).text();
  expect(listed).not.toContain(secret);
  expect(keysSchema.parse(JSON.parse(listed)).keys).toEqual([{ ...key, last_used_at: null }]);

  expect((await browser.delete(`${path}/${key.key_id}`)).status).toBe(204);
  expect(inSnapshot(secret)?.revoked_at).toBe(bench.dashboard.now().toISOString());
  const revokedAt = inSnapshot(secret)?.revoked_at;
  bench.advance(1000);
  expect((await browser.delete(`${path}/${key.key_id}`)).status).toBe(204);
  expect(inSnapshot(secret)?.revoked_at, "revoking again changes nothing").toBe(revokedAt);
});

test("a secret is nowhere in the stores", async () => {
  const person = await bench.addPerson();
  const { stdout } = await bench.run(keysCreateCommand, { values: { person: person.email } });
  const { db } = bench.dashboard.stores.postgres;
  const stored = JSON.stringify([
    await db.select().from(keys),
    await db.select().from(audit),
    [...readSnapshot()],
  ]);
  expect(stored).toContain(hashAssayKey(stdout.trim()));
  expect(stored).not.toContain(stdout.trim());
});

test("nobody gets more keys than the most, also when two are made at once", async () => {
  const person = await bench.addPerson();
  const { postgres } = bench.dashboard.stores;
  const { personId } = person;
  const key = {
    kind: "person",
    personId,
    actorId: null,
    name: "k",
    workloadClass: null,
    expiresAt: null,
  } as const;
  const now = bench.dashboard.now();
  for (let made = 1; made < USABLE_KEYS_MAX; made++) await createKey(postgres, key, now);
  const attempts = await Promise.allSettled([createKey(postgres, key, now), createKey(postgres, key, now)]);
  expect(attempts.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  const browser = await bench.signIn(person);
  const response = await browser.post(`/api/v1/people/${personId}/keys`, { name: "k", workload_class: null });
  expect(response.status).toBe(409);
});

test.each([{ name: "" }, { name: "x".repeat(81) }, { workload_class: "fun" }, { kind: "service" }])(
  "a key asked for wrongly, %o, is not made",
  async (said) => {
    const person = await bench.addPerson();
    const browser = await bench.signIn(person);
    const path = `/api/v1/people/${person.personId}/keys`;
    expect((await browser.post(path, { name: "k", workload_class: null, ...said })).status).toBe(400);
    expect(await (await browser.get(path)).json()).toMatchObject({ keys: [] });
  },
);

test("keys create prints the secret once, and nothing else, on standard output", async () => {
  const person = await bench.addPerson();
  const values = {
    person: person.email.toUpperCase(),
    name: "laptop",
    class: "batch",
    expires: "2027-01-31",
  };
  const { exitCode, stdout } = await bench.run(keysCreateCommand, { values });
  expect(exitCode).toBe(0);
  expect(isWellFormedAssayKey(stdout.trim())).toBe(true);
  expect(inSnapshot(stdout.trim())).toMatchObject({
    person_id: person.personId,
    workload_class: "batch",
    expires_at: "2027-01-31T00:00:00.000Z",
  });
  const json = await bench.run(keysCreateCommand, { values: { person: person.email, json: true } });
  expect(createdKeySchema.parse(JSON.parse(json.stdout)).key.kind).toBe("person");
});

test("a service's key is nobody's, and who asked for it finds it in their audit", async () => {
  const person = await bench.addPerson();
  const { stdout } = await bench.run(keysCreateCommand, { values: { person: person.email, service: true } });
  expect(inSnapshot(stdout.trim())).toMatchObject({ kind: "service", person_id: null, team_id: null });
  const entries = await auditOf(person.personId);
  expect(entries.map(({ action }) => action)).toEqual(["key_created"]);
});

test("a service's key may belong to a team, for whom its calls then count, and a person's may not", async () => {
  const { db } = bench.dashboard.stores.postgres;
  const [team] = await db.insert(teams).values({ name: "Data" }).returning();
  const values = { service: true, team: "Data" };
  const { stdout } = await bench.run(keysCreateCommand, { values });
  expect(inSnapshot(stdout.trim())).toMatchObject({ kind: "service", team_id: team!.teamId });
  const { stdout: listed } = await bench.run(keysListCommand, {});
  expect(listed).toContain("service of Data");
  await expect(bench.run(keysCreateCommand, { values: { ...values, team: "Nobody" } })).rejects.toMatchObject(
    {
      code: "not_found",
    },
  );
  const person = await bench.addPerson();
  const own = await bench.run(keysCreateCommand, { values: { person: person.email, team: "Data" } });
  expect([own.exitCode, own.stderr]).toEqual([2, expect.stringContaining("--team")]);
});

async function auditOf(personId: string) {
  const { db } = bench.dashboard.stores.postgres;
  return db.select().from(audit).where(eq(audit.subjectId, personId)).orderBy(audit.auditId);
}

test("what an operator does with a person's keys stands in that person's audit", async () => {
  const person = await bench.addPerson();
  const { stdout } = await bench.run(keysCreateCommand, { values: { person: person.email } });
  const keyId = inSnapshot(stdout.trim())!.key_id;
  await bench.run(keysRevokeCommand, { positionals: [keyId] });
  const entries = await auditOf(person.personId);
  expect(entries.map(({ action, actorId, payload }) => [action, actorId, payload])).toEqual([
    ["key_created", null, { key_id: keyId }],
    ["key_revoked", null, { key_id: keyId }],
  ]);
});

test.each([
  [{}, "--person"],
  [{ person: "p@example.com", class: "fun" }, "--class"],
  [{ person: "p@example.com", name: " " }, "--name"],
  [{ person: "p@example.com", expires: "soon" }, "--expires"],
  [{ person: "p@example.com", expires: "2026-11-19" }, "--expires"],
])("keys create called wrongly, %o, says what is wrong and exits with 2", async (values, word) => {
  const { exitCode, stdout, stderr } = await bench.run(keysCreateCommand, { values });
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(word);
});

test("a key for an unknown person, and an unknown key, are told with what to do", async () => {
  const unknown = bench.run(keysCreateCommand, { values: { person: "who@example.com" } });
  await expect(unknown).rejects.toThrow("npx assay people import");
  const revoked = bench.run(keysRevokeCommand, { positionals: ["0193a000-0000-7000-8000-000000000000"] });
  await expect(revoked).rejects.toMatchObject({ code: "not_found" });
  expect((await bench.run(keysRevokeCommand, { positionals: ["1"] })).exitCode).toBe(2);
});

test("keys list has every key, what it is and whose, and no secret", async () => {
  const person = await bench.addPerson();
  const { stdout: secret } = await bench.run(keysCreateCommand, {
    values: { person: person.email, name: "mine" },
  });
  const { stdout } = await bench.run(keysListCommand, {});
  const line = stdout.split("\n").find((text) => text.includes(person.email));
  expect(line).toContain(secret.slice(0, 10));
  expect(line).toContain("usable");
  expect(stdout).not.toContain(secret.trim());
  const json = await bench.run(keysListCommand, { values: { json: true } });
  expect(json.stdout).toContain(`"person_email":"${person.email}"`);
});
