// The audit as people read it: their own, the officer's of everybody, and whether its chain is whole.

import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ACTION_WORDS } from "../../dashboard/server/audit/audit-words.ts";
import { VERDICT_AGE_MS_MAX } from "../../dashboard/server/audit/audit-verifier.ts";
import {
  auditPageSchema,
  auditVerificationSchema,
  type AuditPage,
  type AuditVerification,
} from "../../schemas/audit-api.ts";
import { appendAudit, type AuditAction } from "../../schemas/postgres/audit.ts";
import { openDashboardBench, type Browser, type DashboardBench, type Person } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let bench: DashboardBench;
let ada: Person;
let boss: Person;
let officer: Person;
beforeAll(async () => {
  bench = await openDashboardBench();
  boss = await bench.addPerson({ name: "Bo", role: "manager" });
  ada = await bench.addPerson({ name: "Ada", managerId: boss.personId });
  officer = await bench.addPerson({ name: "Olga", role: "officer" });
});
afterAll(() => bench.close());

async function note(action: AuditAction, actor: Person | null, subject: Person | null, reason?: string) {
  const { db } = bench.dashboard.stores.postgres;
  const entry = { action, actorId: actor?.personId ?? null, subjectId: subject?.personId ?? null };
  const at = bench.dashboard.now();
  await db.transaction((transaction) =>
    appendAudit(transaction, at, { ...entry, ...(reason !== undefined && { reason }) }),
  );
}

const read = async (browser: Browser, path: string): Promise<AuditPage> =>
  auditPageSchema.parse(await (await browser.get(`/api/v1${path}`)).json());
const readOwn = (browser: Browser, person: Person, query = ""): Promise<AuditPage> =>
  read(browser, `/people/${person.personId}/audit${query}`);
const tell = ({ entries }: AuditPage): string[] => entries.map(({ who, what }) => `${who} ${what}`);

async function verify(browser: Browser): Promise<AuditVerification> {
  return auditVerificationSchema.parse(await (await browser.get("/api/v1/audit/verification")).json());
}

test("a person reads what is about them and what they did, in words, and nothing of anybody else", async () => {
  await note("pattern_viewed", boss, ada, "She asked me to.");
  await note("key_created", ada, ada);
  await note("weeks_exported", null, ada, "The yearly report.");
  await note("key_created", officer, officer);
  await note("pattern_opened", null, ada);
  const own = await readOwn(await bench.signIn(ada), ada);
  expect(tell(own).slice(0, 4)).toEqual([
    "An operator made a one-time sign-in link for you",
    "Assay opened one of your patterns for the manager",
    "An operator exported your weeks",
    "You made your key",
  ]);
  expect(own.entries.map(({ why }) => why)).toContain("She asked me to.");
  expect(tell(own)).toContain("Bo looked at one of your patterns");
  expect(tell(await readOwn(await bench.signIn(boss), boss))).toContain(
    "You looked at one of Ada’s patterns",
  );
});

test("the officer reads everybody's, others are refused", async () => {
  const all = await read(await bench.signIn(officer), "/audit");
  expect(tell(all)).toEqual(
    expect.arrayContaining(["Ada made their key", "Bo looked at one of Ada’s patterns", "You made your key"]),
  );
  for (const person of [ada, boss, await bench.addPerson({ role: "owner" })])
    expect((await (await bench.signIn(person)).get("/api/v1/audit")).status).toBe(403);
  const foreign = await (await bench.signIn(boss)).get(`/api/v1/people/${ada.personId}/audit`);
  expect(foreign.status).toBe(404);
});

test("pages and filters neither lose nor repeat an entry", async () => {
  bench.advance(86_400_000);
  const from = bench.dashboard.now().toISOString();
  for (let entry = 0; entry < 60; entry += 1) await note("key_created", ada, ada, `Key ${entry}`);
  await note("key_revoked", ada, ada);
  const browser = await bench.signIn(ada);
  const asked = `?action=key_created&from=${from}`;
  const first = await readOwn(browser, ada, asked);
  const second = await readOwn(browser, ada, `${asked}&cursor=${first.next_cursor}`);
  expect(second.next_cursor).toBeNull();
  const reasons = [...first.entries, ...second.entries].map(({ why }) => why);
  expect(reasons).toEqual(Array.from({ length: 60 }, (_, entry) => `Key ${59 - entry}`));
  expect((await readOwn(browser, ada, `?to=2020-01-01T00:00:00Z`)).entries).toEqual([]);
  expect((await browser.get(`/api/v1/people/${ada.personId}/audit?cursor=nonsense`)).status).toBe(400);
});

test("a person takes their audit away as CSV and JSON; a reason is never a formula", async () => {
  await note("weeks_exported", null, ada, '=HYPERLINK("x")');
  const browser = await bench.signIn(ada);
  const at = `/api/v1/people/${ada.personId}/audit/export`;
  const csv = await browser.get(`${at}?format=csv`);
  expect(csv.headers.get("content-disposition")).toBe('attachment; filename="audit.csv"');
  const text = await csv.text();
  expect(text.split("\r\n")[0]).toBe("at,who,what,why,action,entry_id");
  expect(text).toContain(`"'=HYPERLINK(""x"")"`);
  const json: unknown = await (await browser.get(`${at}?format=json`)).json();
  expect(auditPageSchema.pick({ entries: true }).parse(json).entries.length).toBeGreaterThan(60);
});

test("everybody sees that the chain is whole, and an entry that was changed is found within a minute", async () => {
  const browser = await bench.signIn(ada);
  bench.advance(VERDICT_AGE_MS_MAX);
  const whole = await verify(browser);
  expect(whole).toMatchObject({ state: "verified", verified_at: bench.dashboard.now().toISOString() });
  const { pool } = bench.dashboard.stores.postgres;
  // Whoever owns the table can do this; that the entry is not as it was is what they can't hide.
  await pool.query("ALTER TABLE audit DISABLE TRIGGER ALL");
  await pool.query("UPDATE audit SET reason = 'Nothing to see' WHERE reason = 'Key 7'");
  expect(await verify(browser), "the verdict of this minute").toEqual(whole);
  bench.advance(VERDICT_AGE_MS_MAX);
  const broken = await verify(browser);
  expect(broken).toMatchObject({ state: "broken" });
  expect(broken.entries).toBeLessThan(whole.entries);
  await pool.query("UPDATE audit SET reason = 'Key 7' WHERE reason = 'Nothing to see'");
  bench.advance(VERDICT_AGE_MS_MAX);
  expect(await verify(browser)).toMatchObject({ state: "verified" });
  await pool.query("DELETE FROM audit WHERE reason = 'Key 9'");
  bench.advance(VERDICT_AGE_MS_MAX);
  expect(await verify(browser), "an entry that was taken out").toMatchObject({ state: "broken" });
});

test("every action has words that neither judge nor rank", () => {
  const subject = { whom: "you", whose: "your", setting: "a setting" };
  const said = Object.values(ACTION_WORDS).flatMap(({ label, tell: toWords }) => [label, toWords(subject)]);
  expect(
    said.filter((words) => words === "" || /abuse|fraud|cheat|suspicious|violation|waste|!/i.test(words)),
  ).toEqual([]);
});
