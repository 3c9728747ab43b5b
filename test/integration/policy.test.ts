// The policy: nobody is scored before it was published, and only the owner publishes it.

import { desc } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { policyPublishCommand, policyShowCommand } from "../../dashboard/commands/policy.ts";
import { policyStateSchema, type PolicyState } from "../../schemas/pattern-api.ts";
import { readScoredFrom } from "../../schemas/postgres/policies.ts";
import { audit } from "../../schemas/postgres/tables.ts";
import { openDashboardBench, type DashboardBench } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let bench: DashboardBench;
beforeAll(async () => {
  bench = await openDashboardBench({ ASSAY_TIMEZONE: "Europe/Berlin" });
});
afterAll(() => bench.close());

async function show(): Promise<PolicyState> {
  const { stdout } = await bench.run(policyShowCommand, { values: { json: true } });
  return policyStateSchema.parse(JSON.parse(stdout));
}

test("before a policy is published nobody is scored, and one is proposed with the numbers in force", async () => {
  const before = await show();
  expect(before).toMatchObject({ individual_scoring: "policy", scored_from: null, current: null });
  expect(before.proposed_text).toContain("10 working days later your manager sees it");
  expect(await bench.run(policyShowCommand, {})).toMatchObject({ stdout: before.proposed_text });
});

test("only the owner publishes on the page; scoring begins with the organisation's next week", async () => {
  const said = { text: "We look at value beside volume." };
  const anybody = await bench.signIn(await bench.addPerson());
  expect((await anybody.post("/api/v1/policy", said)).status).toBe(403);
  const owner = await bench.addPerson({ role: "owner" });
  const browser = await bench.signIn(owner);
  expect((await browser.post("/api/v1/policy", { text: " " })).status).toBe(400);
  const published = await browser.post("/api/v1/policy", said);
  expect(published.status).toBe(201);
  const state = policyStateSchema.parse(await (await anybody.get("/api/v1/policy")).json());
  expect(state).toMatchObject({
    // Midnight of the Monday after Friday, 20 November, in Berlin.
    scored_from: "2026-11-22T23:00:00.000Z",
    current: { version: 1, text: said.text, published_at: "2026-11-20T12:00:00.000Z" },
  });
  expect((await browser.post("/api/v1/policy", said)).status).toBe(409);
  const { db } = bench.dashboard.stores.postgres;
  const [entry] = await db.select().from(audit).orderBy(desc(audit.auditId)).limit(1);
  expect(entry).toMatchObject({
    action: "policy_published",
    actorId: owner.personId,
    payload: { version: "1" },
  });
});

test("a later version starts nothing anew", async () => {
  bench.advance(30 * 86_400_000);
  const { exitCode } = await bench.run(policyPublishCommand, { values: { file: "-" }, stdin: "More words." });
  expect(exitCode).toBe(0);
  expect(await show()).toMatchObject({
    scored_from: "2026-11-22T23:00:00.000Z",
    current: { version: 2, text: "More words.\n" },
    versions: [{ version: 2 }, { version: 1 }],
  });
});

test("the setting can say that it was published elsewhere, and that nobody is ever scored", async () => {
  const { stores, config } = bench.dashboard;
  const ask = (individualScoring: "on" | "off") =>
    readScoredFrom(stores.postgres, { ...config, individualScoring });
  expect(await ask("on")).toEqual(new Date(0));
  expect(await ask("off")).toBeUndefined();
});
