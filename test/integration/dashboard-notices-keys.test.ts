// People hear in time that a key of theirs ends.

import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createKey } from "../../dashboard/server/keys/keys.ts";
import { rotateKey } from "../../dashboard/server/keys/key-rotation.ts";
import { keepUp, type DeliveryOptions } from "../../dashboard/server/notices/deliver.ts";
import { notices } from "../../schemas/postgres/notice-tables.ts";
import { openDashboardBench, type DashboardBench, type Person } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const DAY_MS = 86_400_000;

let bench: DashboardBench;
let options: DeliveryOptions;
let ada: Person;
beforeAll(async () => {
  bench = await openDashboardBench();
  const { stores, config, now, log } = bench.dashboard;
  options = { postgres: stores.postgres, config, now, log, dashboardUrl: "https://assay.example.com" };
  ada = await bench.addPerson();
});
afterAll(() => bench.close());

test("a person is told once of a key that ends within a week, and not of one that they replaced", async () => {
  const make = async (name: string, days: number | null) => {
    const expiresAt = days === null ? null : new Date(options.now().getTime() + days * DAY_MS);
    const said = { kind: "person", personId: ada.personId, actorId: null, workloadClass: null } as const;
    return (await createKey(options.postgres, { ...said, name, expiresAt }, options.now())).key.key_id;
  };
  const ending = await make("ending", 10);
  const replaced = await make("replaced", 10);
  await make("short", 5);
  await make("later", 60);
  await make("never", null);
  await keepUp(options);
  bench.advance(2 * DAY_MS);
  const overlapMs = 20 * DAY_MS;
  await rotateKey(
    options.postgres,
    { keyId: replaced, actorId: null, overlapMs, expiresAt: new Date(options.now().getTime() + 90 * DAY_MS) },
    options.now(),
  );
  const told = () => options.postgres.db.select().from(notices);
  await keepUp(options);
  expect(await told()).toEqual([]);
  bench.advance(1.5 * DAY_MS);
  await keepUp(options);
  await keepUp(options);
  expect(await told()).toMatchObject([{ kind: "key_expires", about: ending }]);
});
