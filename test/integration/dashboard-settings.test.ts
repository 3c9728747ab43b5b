// Settings: what a change would do is said before, each change is a version that can be taken back, and two owners don't undo each
// other unseen.

import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { z } from "zod";
import { applySettings, readRules } from "../../schemas/postgres/setting-versions.ts";
import { readPositions } from "../../schemas/postgres/positions.ts";
import { audit, keys, people, teams } from "../../schemas/postgres/tables.ts";
import {
  effectSchema,
  madeChangeSchema,
  peoplePageSchema,
  settingsSchema,
  versionsSchema,
  type changeSchema,
  type Effect,
  type Settings,
} from "../../schemas/settings-api.ts";
import { openDashboardBench, type Browser, type DashboardBench, type Person } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let bench: DashboardBench;
let owner: Person;
let browser: Browser;
beforeAll(async () => {
  bench = await openDashboardBench({
    ASSAY_RETENTION_RUNS_DAYS: "90",
    ASSAY_METHOD: '{"credit":{"replayTimesMax":4},"outcomes":{"weights":{"check_fixed":2}}}',
  });
  owner = await bench.addPerson({ name: "Otto", role: "owner" });
  browser = await bench.signIn(owner);
});
afterAll(() => bench.close());

type Change = z.input<typeof changeSchema>;

async function read(asker = browser): Promise<Settings> {
  return settingsSchema.parse(await (await asker.get("/api/v1/settings")).json());
}
async function preview(change: Change): Promise<Effect> {
  const answer = await browser.post("/api/v1/settings/preview", { change });
  expect(answer.status).toBe(200);
  return effectSchema.parse(await answer.json());
}
const post = (change: Change, seen_version: number, asker = browser): Promise<Response> =>
  asker.post("/api/v1/settings/changes", { change, seen_version, reason: "Decided on Friday." });
async function save(change: Change, seen_version: number): Promise<number> {
  const answer = await post(change, seen_version);
  expect(answer.status).toBe(201);
  return madeChangeSchema.parse(await answer.json()).version;
}
const undo = (version: number): Promise<Response> =>
  browser.post(`/api/v1/settings/versions/${version}/undo`, { reason: "A mistake." });
async function listVersions(query = "", asker = browser) {
  return versionsSchema.parse(await (await asker.get(`/api/v1/settings/versions${query}`)).json()).versions;
}
async function lastEntry() {
  const { db } = bench.dashboard.stores.postgres;
  const [entry] = await db.select().from(audit).orderBy(desc(audit.auditId)).limit(1);
  return entry;
}
const pointsOf = ({ outcome_weights }: Settings): number | undefined =>
  outcome_weights.weights.find(({ kind }) => kind === "pr_merged")?.points;
const addTeam = async (name: string): Promise<string> => {
  const rows = await bench.dashboard.stores.postgres.db.insert(teams).values({ name }).returning();
  return rows[0]!.teamId;
};

test("everybody sees what is set and where it comes from; only the owner changes it", async () => {
  const anybody = await bench.signIn(await bench.addPerson());
  const settings = await read(anybody);
  expect(settings).toMatchObject({
    can_change: false,
    individual_scoring: { operator: "policy", is_off: false },
  });
  const numbers = new Map(settings.method.numbers.map((number) => [`${number.part}.${number.name}`, number]));
  expect(numbers.get("credit.replayTimesMax")).toMatchObject({
    value: 4,
    shipped: 3,
    fixed_by: "ASSAY_METHOD",
  });
  expect(numbers.get("credit.heartbeatTurnsMin")).toMatchObject({ value: 10, fixed_by: null });
  const terms = new Map(settings.retention.terms.map(({ name, fixed_by }) => [name, fixed_by]));
  expect(terms.get("runs")).toBe("ASSAY_RETENTION_RUNS_DAYS");
  expect(terms.get("events")).toBeNull();
  const change = { subject: "outcome_weights", weights: { pr_merged: 5 } } as const;
  const officer = await bench.signIn(await bench.addPerson({ role: "officer" }));
  for (const asker of [anybody, officer]) {
    expect((await post(change, 0, asker)).status).toBe(403);
    expect((await asker.get("/api/v1/settings/people")).status).toBe(403);
  }
});

test("weights: said before, in force at once, a version with its author and reason, taken back", async () => {
  const change = { subject: "outcome_weights", weights: { pr_merged: 5 } } as const;
  const effect = await preview(change);
  expect(effect.takes_effect).toContain("next pass");
  expect(effect.effects.join(" ")).toContain("no verdict changes");
  const shipped = await read();
  const version = await save(change, effect.seen_version);
  const set = await read();
  expect([pointsOf(shipped), pointsOf(set)]).toEqual([10, 5]);
  expect(set.method.method_version).not.toBe(shipped.method.method_version);
  const { stores, config } = bench.dashboard;
  const { method } = await readRules(stores.postgres, config);
  expect(method.outcomes.weights, "what the operator gave goes first").toEqual({
    pr_merged: 5,
    check_fixed: 2,
  });
  expect(await lastEntry()).toMatchObject({
    action: "setting_changed",
    actorId: owner.personId,
    reason: "Decided on Friday.",
    payload: { setting: "outcome_weights", version: String(version) },
  });
  expect(await listVersions("?name=outcome_weights")).toMatchObject([
    { version, changed_by: "Otto", lines: ["pr_merged: 5 points, before as configured"], can_undo: true },
  ]);
  expect((await undo(version)).status).toBe(201);
  expect((await read()).method.method_version).toBe(shipped.method.method_version);
  expect(await lastEntry()).toMatchObject({ action: "setting_undone", reason: "A mistake." });
  expect((await undo(version)).status, "it is not the newest any more").toBe(409);
});

test("of two owners who change the same thing the second is told, and what the operator fixed is refused", async () => {
  const other = await bench.signIn(await bench.addPerson({ role: "owner" }));
  const change = { subject: "outcome_weights", weights: { answer_used: 3 } } as const;
  const { version } = (await read()).outcome_weights;
  const answers = await Promise.all([post(change, version), post(change, version, other)]);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
  const fixed: Change[] = [
    { subject: "outcome_weights", weights: { check_fixed: 9 } },
    { subject: "method", part: "credit", name: "replayTimesMax", value: 9 },
    { subject: "retention", days: { runs: 10 } },
  ];
  for (const one of fixed) expect((await post(one, 0)).status, one.subject).toBe(409);
});

test("a number of the method is changed within its bounds, and by its own name alone", async () => {
  const change = { subject: "method", part: "patterns", name: "noticeWorkingDays", value: 15 } as const;
  const version = await save(change, 0);
  const { stores, config } = bench.dashboard;
  expect((await readRules(stores.postgres, config)).method.patterns.noticeWorkingDays).toBe(15);
  expect((await post({ ...change, value: -1 }, version)).status).toBe(400);
  expect((await post({ ...change, name: "constructor" }, version)).status).toBe(400);
  expect((await post({ ...change, part: "__proto__" }, version)).status).toBe(400);
});

test("a term of keeping holds from the next start on, and says so", async () => {
  const effect = await preview({ subject: "retention", days: { events: 14 } });
  expect(effect.takes_effect).toContain("started again");
  expect(effect.effects[0]).toContain("Calls are kept 14 days instead of 30.");
  await save({ subject: "retention", days: { events: 14 } }, effect.seen_version);
  const { stores, config } = bench.dashboard;
  expect((await applySettings(stores.postgres, config)).retentionDays).toMatchObject({
    events: 14,
    runs: 90,
  });
  const terms = (await read()).retention.terms;
  expect(terms.find(({ name }) => name === "events")).toMatchObject({ days: 30, next_days: 14 });
  const onServer = { ...config, clickhouseUrl: "http://127.0.0.1:1" };
  expect(
    (await applySettings(stores.postgres, onServer)).retentionDays.events,
    "sinks read it elsewhere",
  ).toBe(30);
});

test("people: added, moved with what it does to teams, found by name; a circle and a taken address are refused", async () => {
  const [small, large] = [await addTeam("Search"), await addTeam("Ads")];
  for (let member = 0; member < 10; member += 1) await bench.addPerson({ teamId: large });
  const state = {
    email: "New@Example.com",
    name: "Nele",
    team_id: large,
    manager_id: owner.personId,
    role: "self",
  } as const;
  const added = await save({ subject: "person", person_id: null, state }, 0);
  const page = peoplePageSchema.parse(await (await browser.get("/api/v1/settings/people?filter=nel")).json());
  expect(page.people).toMatchObject([
    { version: added, team: "Ads", manager: "Otto", state: { ...state, email: "new@example.com" } },
  ]);
  const { person_id: personId } = page.people[0]!;
  const { db } = bench.dashboard.stores.postgres;
  await db.delete(people).where(eq(people.teamId, small));
  const moved = { subject: "person", person_id: personId, state: { ...state, team_id: small } } as const;
  const effect = await preview(moved);
  expect(effect.effects).toContain("Ads has 10 people then.");
  expect(effect.effects).toContain("Search has 1 person then; totals start at 10.");
  expect((await post(moved, 0)).status, "there is a newer version").toBe(409);
  const version = await save(moved, effect.seen_version);
  expect((await readPositions(db, personId)).at(-1)).toMatchObject({ teamId: small });
  expect(await lastEntry()).toMatchObject({ action: "person_changed", subjectId: personId });
  const circle = {
    subject: "person",
    person_id: owner.personId,
    state: { email: owner.email, name: "Otto", team_id: null, manager_id: personId, role: "owner" },
  } as const;
  expect((await post(circle, 0)).status).toBe(400);
  const taken = { ...moved, state: { ...moved.state, email: owner.email } };
  expect((await post(taken, version)).status).toBe(409);
  expect((await undo(version)).status).toBe(201);
  expect((await readPositions(db, personId)).at(-1)).toMatchObject({ teamId: large });
  const anybody = await bench.signIn(await bench.addPerson());
  expect(
    await listVersions(`?name=person:${personId}`, anybody),
    "versions of people are the owner's",
  ).toEqual([]);
});

test("the last owner stays one", async () => {
  const { db } = bench.dashboard.stores.postgres;
  await db.update(people).set({ role: "self" }).where(eq(people.role, "owner"));
  await db.update(people).set({ role: "owner" }).where(eq(people.personId, owner.personId));
  const state = { email: owner.email, name: "Otto", team_id: null, manager_id: null } as const;
  const step = { subject: "person", person_id: owner.personId, state: { ...state, role: "self" } } as const;
  expect((await post(step, 0)).status).toBe(409);
  await bench.addPerson({ role: "owner" });
  expect((await post(step, 0)).status).toBe(201);
  expect((await browser.get("/api/v1/settings/people")).status, "the role ends at once").toBe(403);
  await db.update(people).set({ role: "owner" }).where(eq(people.personId, owner.personId));
});

test("targets and teams: added, changed, ended, taken back", async () => {
  const state = {
    name: "Ten calls a week",
    measure: "weekly_calls",
    threshold: 10,
    announced_on: "2026-11-02",
    holds: true,
  } as const;
  const effect = await preview({ subject: "target", target_id: null, state });
  expect(effect.effects).toContain("A quota on calls brings about what Organisation looks for.");
  const added = await save({ subject: "target", target_id: null, state }, 0);
  const [target] = (await read()).targets;
  expect(target).toMatchObject({ version: added, state });
  await undo(added);
  expect((await read()).targets[0]?.state.holds, "taking back what was new ends it").toBe(false);

  await save({ subject: "team", team_id: null, state: { name: "Labs" } }, 0);
  const labs = (await read()).teams.find(({ name }) => name === "Labs")!;
  const rename = { subject: "team", team_id: labs.team_id, state: { name: "Research" } } as const;
  const renamed = await save(rename, labs.version);
  expect((await post(rename, renamed)).status, "the name is taken").toBe(409);
  expect((await undo(renamed)).status).toBe(201);
  expect((await read()).teams.map(({ name }) => name)).toContain("Labs");
});

test("a schedule of a service is registered, shown to everybody and ended for good", async () => {
  const rows = await bench.dashboard.stores.postgres.db
    .insert(keys)
    .values({ kind: "service", name: "Nightly", secretSha256: "5".repeat(64), hint: "assay_s" })
    .returning();
  const { keyId: key_id } = rows[0]!;
  const state = { key_id, name: "Index", cron: "0 3 * * *", workload_class: "batch", holds: true } as const;
  const faulty = { ...state, cron: "never" };
  const toChange = (said: typeof state | typeof faulty) =>
    ({ subject: "service_schedule", service_schedule_id: null, state: said }) as const;
  expect((await post(toChange(faulty), 0)).status).toBe(400);
  expect((await preview(toChange(state))).effects[0]).toContain("count as batch");
  const added = await save(toChange(state), 0);
  const anybody = await read(await bench.signIn(await bench.addPerson()));
  expect(anybody).toMatchObject({
    service_schedules: [{ key: "Nightly", version: added, state }],
    service_keys: [],
  });
  expect((await undo(added)).status).toBe(201);
  expect((await read()).service_schedules).toEqual([]);
  expect((await listVersions())[0]).toMatchObject({
    undoes: added,
    can_undo: false,
    subject: "schedule Index",
  });
});
