// Schedules: who may register them and for what, by the page and by the command.

import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import {
  schedulesAddCommand,
  schedulesEndCommand,
  schedulesListCommand,
} from "../../dashboard/commands/schedules.ts";
import { createKey } from "../../dashboard/server/keys/keys.ts";
import { HOLDING_SCHEDULES_MAX } from "../../dashboard/server/schedules/schedules.ts";
import { audit } from "../../schemas/postgres/tables.ts";
import {
  scheduleSchema,
  schedulesSchema,
  type NewSchedule,
  type Schedule,
} from "../../schemas/schedule-api.ts";
import { openDashboardBench, type Browser, type DashboardBench, type Person } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let bench: DashboardBench;
let ada: Person;
let browser: Browser;
beforeAll(async () => {
  bench = await openDashboardBench({ ASSAY_TIMEZONE: "Europe/Berlin" });
  ada = await bench.addPerson();
  browser = await bench.signIn(ada);
});
afterAll(() => bench.close());

const NIGHTLY: NewSchedule = { cron: "0 3 * * *" };

const pathOf = ({ personId }: Person) => `/api/v1/people/${personId}/schedules`;

async function add(person: Person, asker: Browser, said: NewSchedule = NIGHTLY): Promise<Schedule> {
  const response = await asker.post(pathOf(person), said);
  expect(response.status).toBe(201);
  return scheduleSchema.strict().parse(await response.json());
}

async function list(person: Person, asker: Browser): Promise<Schedule[]> {
  return schedulesSchema.parse(await (await asker.get(pathOf(person))).json()).schedules;
}

async function addKey(kind: "person" | "service", personId: string | null): Promise<string> {
  const key = { kind, personId, name: "k", workloadClass: null, expiresAt: null, actorId: null };
  return (await createKey(bench.dashboard.stores.postgres, key, new Date())).key.key_id;
}

const actionsOf = async ({ personId }: Person) => {
  const { db } = bench.dashboard.stores.postgres;
  const entries = await db.select().from(audit).where(eq(audit.subjectId, personId)).orderBy(audit.auditId);
  return entries.flatMap(({ action, actorId }) => (action.startsWith("schedule") ? { action, actorId } : []));
};

test("a person registers a schedule, sees its next time in the organisation's zone, and ends it", async () => {
  const added = await add(ada, browser, NIGHTLY);
  expect(added).toMatchObject({
    name: "Schedule",
    timezone: "Europe/Berlin",
    minutes: 15,
    workload_class: "scheduled",
    key_id: null,
    is_by_operator: false,
    ended_at: null,
    next_at: "2026-11-21T02:00:00.000Z",
  });
  expect(await list(ada, browser)).toEqual([added]);
  expect((await browser.delete(`${pathOf(ada)}/${added.schedule_id}`)).status).toBe(204);
  bench.advance(1000);
  expect((await browser.delete(`${pathOf(ada)}/${added.schedule_id}`)).status).toBe(204);
  const ended = { ...added, ended_at: "2026-11-20T12:00:00.000Z", next_at: null };
  expect(await list(ada, browser)).toEqual([ended]);
  expect(await actionsOf(ada)).toEqual([
    { action: "schedule_added", actorId: ada.personId },
    { action: "schedule_ended", actorId: ada.personId },
  ]);
});

test.each([
  { cron: "* * * * *" },
  { cron: "0 3 * *" },
  { ...NIGHTLY, timezone: "Mars/Phobos" },
  { ...NIGHTLY, minutes: 0 },
  { ...NIGHTLY, minutes: 61 },
  { ...NIGHTLY, name: "" },
  { ...NIGHTLY, accepted_at: "2026-11-20T12:00:00.000Z" },
])("%j is refused in a sentence", async (said) => {
  const response = await browser.post(pathOf(ada), said);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ detail: expect.stringMatching(/\.$/) });
});

test("somebody else's schedule can't be ended or listed, and their key not be named", async () => {
  const [ben, cai] = [await bench.addPerson(), await bench.addPerson()];
  const [bens, cais] = [await bench.signIn(ben), await bench.signIn(cai)];
  const { schedule_id } = await add(ben, bens);
  for (const id of [schedule_id, randomUUID(), "no-id"])
    expect((await cais.delete(`${pathOf(cai)}/${id}`)).status).toBe(404);
  expect(await list(cai, cais)).toEqual([]);
  expect(await list(ben, bens)).toMatchObject([{ ended_at: null }]);
  for (const key_id of [await addKey("person", ben.personId), await addKey("service", null), randomUUID()])
    expect((await cais.post(pathOf(cai), { ...NIGHTLY, key_id })).status).toBe(404);
  const own = await addKey("person", cai.personId);
  expect(await add(cai, cais, { ...NIGHTLY, key_id: own })).toMatchObject({ key_id: own });
});

test("no person has more schedules that hold than the limit, also when the last ones come at once", async () => {
  const cy = await bench.addPerson();
  const cys = await bench.signIn(cy);
  const tries = Array.from({ length: HOLDING_SCHEDULES_MAX + 2 }, () => cys.post(pathOf(cy), NIGHTLY));
  const added = (await Promise.all(tries)).filter(({ status }) => status === 201);
  expect(added).toHaveLength(HOLDING_SCHEDULES_MAX);
  const [first] = await list(cy, cys);
  await cys.delete(`${pathOf(cy)}/${first?.schedule_id}`);
  await add(cy, cys);
});

test("an operator registers one for a person, who sees it, and one for a service, whom it needs a key of", async () => {
  const dee = await bench.addPerson();
  const key = await addKey("service", null);
  const common = { cron: "30 2 * * 1-5", timezone: "UTC", json: true };
  const run = (values: Record<string, string | boolean>) =>
    bench.run(schedulesAddCommand, { values: { ...common, ...values } });
  const forDee = await run({ person: dee.email, class: "ci", minutes: "30", name: "nightly checks" });
  const forService = await run({ service: true, key });
  expect([forDee.exitCode, forService.exitCode]).toEqual([0, 0]);
  const { schedule_id } = scheduleSchema.parse(JSON.parse(forDee.stdout));
  expect(await list(dee, await bench.signIn(dee))).toMatchObject([
    { schedule_id, is_by_operator: true, workload_class: "ci", minutes: 30, name: "nightly checks" },
  ]);

  const ended = await bench.run(schedulesEndCommand, { positionals: [schedule_id] });
  expect(ended.exitCode).toBe(0);
  const listed = await bench.run(schedulesListCommand, { values: { json: true } });
  const ofBoth = {
    [schedule_id]: dee.email,
    [scheduleSchema.parse(JSON.parse(forService.stdout)).schedule_id]: null,
  };
  expect(JSON.parse(listed.stdout)).toMatchObject({
    schedules: expect.arrayContaining(
      Object.entries(ofBoth).map(([id, person_email]) =>
        expect.objectContaining({ schedule_id: id, person_email }),
      ),
    ),
  });
  expect((await bench.run(schedulesListCommand, {})).stdout).toMatch(
    /ended 2026-11-20 {2}"30 2 \* \* 1-5" UTC \+30 min/,
  );
  expect(await actionsOf(dee)).toEqual([
    { action: "schedule_added", actorId: null },
    { action: "schedule_ended", actorId: null },
  ]);

  for (const values of [
    {},
    { service: true },
    { person: dee.email, service: true, key },
    { person: dee.email, minutes: "x" },
  ]) {
    const refused = await run(values);
    expect([refused.exitCode, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toMatch(/\.\n$/);
  }
  await expect(run({ person: dee.email, key })).rejects.toMatchObject({ code: "not_found" });
});
