// The export of calls: exact, each once, and known to everybody who is in it.

import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { exportEventsCommand } from "../../dashboard/commands/export-events.ts";
import { exportEvents } from "../../dashboard/server/export/event-export.ts";
import { audit } from "../../schemas/postgres/tables.ts";
import { tokenEventSchema, type TokenEvent } from "../../schemas/token-event.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { openDashboardBench, type DashboardBench } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let bench: DashboardBench;
beforeAll(async () => {
  bench = await openDashboardBench();
});
afterAll(() => bench.close());

const YEAR_MS = 366 * 86_400_000;

const NEVER = "2090-01-01T00:00:00Z";

type Recorded = Partial<TokenEvent> & { row_version?: number; expires_at?: string };

async function record(...events: readonly Recorded[]) {
  const rows = events.map(({ row_version = 1, expires_at = NEVER, ...said }) => ({
    ...buildTokenEvent({ event_id: randomUUID(), ...said }),
    row_version,
    expires_at,
  }));
  await bench.dashboard.stores.clickhouse.insert("token_events", rows);
}

/** The calls of one day. Each test has a day of its own. */
async function exportDay(day: string, values: Record<string, string> = {}) {
  const to = new Date(Date.parse(day) + 86_400_000).toISOString();
  const { exitCode, stdout } = await bench.run(exportEventsCommand, {
    values: { from: day, to, reason: "budget of the year", ...values },
  });
  expect(exitCode).toBe(0);
  return stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => tokenEventSchema.parse(JSON.parse(line)));
}

async function auditOf(personId: string) {
  const { db } = bench.dashboard.stores.postgres;
  return db.select().from(audit).where(eq(audit.subjectId, personId));
}

test("a call comes out as it went in: unknown stays unknown, counts and money keep every digit", async () => {
  const event = buildTokenEvent({
    event_id: randomUUID(),
    started_at: "2026-11-01T09:30:00.123Z",
    person_id: randomUUID(),
    gateway_id: "gateway-1",
    sequence: Number.MAX_SAFE_INTEGER,
    duration_ms: 0,
    first_byte_ms: null,
    input_tokens: Number.MAX_SAFE_INTEGER,
    output_tokens: null,
    cost_usd: "123456.000000000001",
    price_version: "prices-1",
    tags: { team: "Søk ✓", 'quo"te': "a\nb" },
    server_tool_calls: { web_search: 3 },
    stream: true,
    status: 200,
    workload_class: "ci",
    usage_raw: '{"input_tokens":1}',
  });
  await record(event);
  expect(await exportDay("2026-11-01")).toEqual([event]);
});

test("a call that was delivered twice, or priced again, comes out once and as it stands", async () => {
  const event = { event_id: randomUUID(), started_at: "2026-11-02T09:00:00.000Z" };
  await record({ ...event, cost_usd: "1", row_version: 1 });
  await record({ ...event, cost_usd: "2", row_version: 3 });
  await record({ ...event, cost_usd: "1", row_version: 1 });
  expect((await exportDay("2026-11-02")).map(({ cost_usd }) => cost_usd)).toEqual(["2"]);
});

test("the span has its first moment in it and its last one not", async () => {
  await record(
    { started_at: "2026-11-02T23:59:59.999Z", client: "before" },
    { started_at: "2026-11-03T00:00:00.000Z", client: "first" },
    { started_at: "2026-11-03T23:59:59.999Z", client: "last" },
    { started_at: "2026-11-04T00:00:00.000Z", client: "after" },
  );
  expect((await exportDay("2026-11-03")).map(({ client }) => client)).toEqual(["first", "last"]);
});

test("everybody who is in an export has it in their audit, once, with its reason; nobody else has", async () => {
  const [ada, ben, cyd] = [randomUUID(), randomUUID(), randomUUID()];
  await record(
    { started_at: "2026-11-05T10:00:00.000Z", person_id: ada },
    { started_at: "2026-11-05T11:00:00.000Z", person_id: ben },
    { started_at: "2026-11-05T12:00:00.000Z", person_id: ada },
    { started_at: "2026-11-05T13:00:00.000Z", person_id: null },
    { started_at: "2026-11-06T10:00:00.000Z", person_id: cyd },
  );
  expect(await exportDay("2026-11-05")).toHaveLength(4);
  for (const personId of [ada, ben]) {
    const payload = { from: "2026-11-05T00:00:00.000Z", to: "2026-11-06T00:00:00.000Z" };
    const entry = { action: "events_exported", actorId: null, reason: "budget of the year", payload };
    expect(await auditOf(personId)).toMatchObject([entry]);
  }
  expect(await auditOf(cyd)).toEqual([]);
});

/** One a second. */
function startedAt(index: number): string {
  return new Date(Date.parse("2026-11-07T00:00:00Z") + index * 1000).toISOString();
}

test("no call leaves before its person's audit has it, and no more is read than the reader takes", async () => {
  const calls = 4000;
  const people = Array.from({ length: calls / 20 }, () => randomUUID());
  const events = Array.from({ length: calls }, (_, index) => ({
    started_at: startedAt(index),
    person_id: people[Math.floor(index / 20)]!,
  }));
  await record(...events);
  const summary = { events: 0, people: 0 };
  const [from, to] = [new Date("2026-11-07"), new Date("2026-11-08")];
  const span = { from, to, reason: "test", now: bench.dashboard.now(), summary };
  const pieces = exportEvents(bench.dashboard.stores, span);

  const piece = await pieces.next();
  expect(summary.events).toBeLessThan(calls / 10);
  const lines = String(piece.value).trim().split("\n");
  const last = tokenEventSchema.parse(JSON.parse(lines.at(-1)!)).person_id!;
  expect(await auditOf(last)).toHaveLength(1);
  expect(await auditOf(people.at(-1)!)).toEqual([]);
  await pieces.return(undefined);
  expect(await auditOf(people.at(-1)!)).toEqual([]);
});

test.each([
  [{}, "--reason"],
  [{ reason: " " }, "--reason"],
  [{ reason: "r", from: "then" }, "--from"],
  [{ reason: "r", from: "2026-11-05", to: "2026-11-05" }, "--to"],
])("export events called wrongly, %o, says what is wrong and exits with 2", async (values, word) => {
  const { exitCode, stdout, stderr } = await bench.run(exportEventsCommand, { values });
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(word);
});

// The last one, because it moves the clock. The engine, which goes by the machine's, still has all of the calls.
test("without a span everything up to now is written, but what is past its retention", async () => {
  bench.advance(20 * YEAR_MS);
  const now = bench.dashboard.now().getTime();
  const old = { started_at: "2020-10-21T12:00:00.000Z" };
  await record(
    { ...old, client: "imported" },
    { ...old, client: "over", expires_at: new Date(now).toISOString() },
    { started_at: new Date(now - 1).toISOString(), client: "newest" },
    { started_at: new Date(now).toISOString(), client: "later" },
  );
  const { stdout } = await bench.run(exportEventsCommand, { values: { reason: "all" } });
  for (const client of ["imported", "newest"]) expect(stdout).toContain(`"client":"${client}"`);
  for (const client of ["over", "later"]) expect(stdout).not.toContain(`"client":"${client}"`);
});
