// The simulated organisation: what the demo shows and what analytics is tried on must be what it says that it is.

import { beforeAll, describe, expect, it } from "vitest";
import { REQUEST_KINDS, WORKLOAD_CLASSES } from "../../schemas/closed-lists.ts";
import { tokenEventSchema, type TokenEvent } from "../../schemas/token-event.ts";
import { parseEventLine } from "../../ingest/import/event-line.ts";
import { createOutcomeParser } from "../../ingest/import/outcome-line.ts";
import { createPricer } from "../../ingest/sink/price.ts";
import { simulateHistory, toLine, type SimulatedCall } from "../simulation/history.ts";
import { createOrganisation, findShowcase, toPeopleCsv } from "../simulation/organisation.ts";
import { createOutcomeMaker } from "../simulation/outcomes.ts";
import { createRandom } from "../simulation/random.ts";
import { HABITS, SERVICES, TACTICS } from "../simulation/rates.ts";

const NOW = new Date("2026-11-20T15:00:00Z");
const PEOPLE = 20;
const SEED = "a seed";
const WEEK_MS = 7 * 86_400_000;

const organisation = createOrganisation({ seed: SEED, people: PEOPLE });
let history: SimulatedCall[];

/** The calls of the people who have a habit. */
function callsOf(habit: string): TokenEvent[] {
  const emails = new Set(
    organisation.people.filter((person) => person.habit.name === habit).map(({ email }) => email),
  );
  return history.filter(({ personEmail }) => emails.has(personEmail ?? "")).map(({ event }) => event);
}

function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

/** The first 2000 lines that a seed makes. */
function linesOf(seed: string): string {
  const again = createOrganisation({ seed, people: PEOPLE });
  const lines: string[] = [];
  for (const call of simulateHistory(again, { now: NOW })) if (lines.push(toLine(call)) === 2000) break;
  return lines.join("");
}

/** Of successful calls that open a run, how often the commonest body occurs. */
function commonestOpening(events: readonly TokenEvent[]): number {
  const openings = events.filter(
    ({ error_kind, request_kind }) => error_kind === null && request_kind === "main",
  );
  return Math.max(...countBy(openings, ({ body_hash }) => body_hash ?? "").values());
}

/** What a person with that habit types into a conversation that goes on, in tokens; the median. */
function writtenOf(habit: string): number {
  const asked = callsOf(habit).filter(
    (call) => call.trigger === "human" && (call.cache_read_tokens ?? 0) > 0,
  );
  const sizes = asked.map((call) => call.cache_write_5m_tokens ?? 0).toSorted((a, b) => a - b);
  return sizes[Math.floor(sizes.length / 2)] ?? 0;
}

beforeAll(() => {
  history = [...simulateHistory(organisation, { now: NOW })];
  console.log(`seed ${SEED}: ${history.length} calls of ${PEOPLE} people`);
});

describe("the records", () => {
  it("are token events, every one, and come back whole through the import's parser", () => {
    for (const call of history) {
      expect(tokenEventSchema.safeParse(call.event).success, toLine(call)).toBe(true);
    }
    for (const call of history.slice(0, 500)) {
      expect(parseEventLine(toLine(call))).toMatchObject({
        event: call.event,
        features: call.features,
        personEmail: call.personEmail,
        unknownFields: [],
      });
    }
  });

  it("bring the result of each tool call that was asked for, in a later call, once", () => {
    const features = history.map((call) => call.features);
    const asked = new Set(features.flatMap((each) => each.tool_call_hashes ?? []));
    const answered = features.flatMap((each) => each.tool_result_call_hashes ?? []);
    expect(answered.length).toBeGreaterThan(asked.size / 2);
    expect(new Set(answered).size).toBe(answered.length);
    expect(answered.filter((id) => !asked.has(id))).toEqual([]);
  });

  it("have ids of their own, lie in the last eight weeks, and none has ended after now", () => {
    expect(new Set(history.map(({ event }) => event.event_id)).size).toBe(history.length);
    for (const { event } of history) {
      const startedAt = Date.parse(event.started_at);
      expect(startedAt + (event.duration_ms ?? 0)).toBeLessThanOrEqual(NOW.getTime());
      expect(startedAt).toBeGreaterThan(NOW.getTime() - 8 * WEEK_MS - 86_400_000);
    }
  });

  it("are the same for the same seed and time, and others for another seed", () => {
    expect(linesOf(SEED)).toBe(history.slice(0, 2000).map(toLine).join(""));
    expect(linesOf("another seed")).not.toBe(linesOf(SEED));
  });
});

describe("the organisation", () => {
  it("has everybody: one owner, a manager of each team, every habit, and calls of each person", () => {
    const roles = countBy(organisation.people, ({ role }) => role);
    expect([roles.get("owner"), roles.get("manager")]).toEqual([1, 6]);
    expect(new Set(organisation.people.map(({ habit }) => habit.name))).toEqual(
      new Set(HABITS.map(({ name }) => name)),
    );
    expect(new Set(history.map(({ personEmail }) => personEmail))).toEqual(
      new Set([...organisation.people.map(({ email }) => email), undefined]),
    );
  });

  it("is a list of people whose managers are in it, and who manage", () => {
    const [header, ...lines] = toPeopleCsv(organisation).trim().split("\n");
    expect(header).toBe("email,name,team,manager_email,role");
    const rows = lines.map((line) => line.split(","));
    const roleOf = new Map(rows.map(([email, , , , role]) => [email, role]));
    const managers = rows.map(([, , , manager]) => manager).filter((manager) => manager !== "");
    expect(rows).toHaveLength(PEOPLE);
    expect(managers).toHaveLength(PEOPLE - 1);
    expect(new Set(managers.map((manager) => roleOf.get(manager)))).toEqual(new Set(["owner", "manager"]));
  });

  it("has 60 people unless it is said", () => {
    const { people } = createOrganisation({ seed: SEED });
    expect(people).toHaveLength(60);
    for (const habit of HABITS)
      expect(people.filter((person) => person.habit === habit)).toHaveLength(habit.people);
  });

  it("does every kind of work and of call, services with keys of their own", () => {
    const events = history.map(({ event }) => event);
    expect(new Set(events.map((event) => event.workload_class))).toEqual(
      new Set([...WORKLOAD_CLASSES, null]),
    );
    const kinds = new Set<string>(events.map((event) => event.request_kind));
    expect(REQUEST_KINDS.filter((kind) => !kinds.has(kind))).toEqual(["other"]);
    const services = history.filter(({ personEmail }) => personEmail === undefined).map(({ event }) => event);
    expect(new Set(services.map(({ key_kind }) => key_kind))).toEqual(new Set(["service"]));
    expect(new Set(services.map(({ key_id }) => key_id)).size).toBe(SERVICES.length);
  });

  it("works on working days", () => {
    const people = history.filter(({ event }) => event.trigger === "human");
    const weekend = people.filter(({ event }) => [0, 6].includes(new Date(event.started_at).getUTCDay()));
    expect(weekend.length).toBeGreaterThan(0);
    expect(weekend.length / people.length).toBeLessThan(0.05);
  });

  it("shows a person with several clients, models without a price, and calls that failed", () => {
    const price = createPricer();
    const { habit } = findShowcase(organisation);
    const calls = callsOf(habit.name);
    expect(new Set(calls.map(({ client }) => client)).size).toBeGreaterThanOrEqual(4);
    const isUnpriced = (event: TokenEvent): boolean =>
      event.input_tokens !== null && price(event).cost_usd === null;
    expect(new Set(calls.filter(isUnpriced).map(({ provider }) => provider))).toEqual(new Set(["vllm"]));
    expect(calls.filter(({ error_kind }) => error_kind !== null).length).toBeGreaterThan(10);
    expect(calls.some(({ usage_source }) => usage_source === "none")).toBe(true);
  });
});

describe("a conversation", () => {
  it("grows with each call, and most of what it sends was cached", () => {
    const calls = callsOf("regular").filter(
      ({ client, request_kind, status }) =>
        client === "claude-code" && request_kind === "main" && status === 200,
    );
    const sum = (field: "cache_read_tokens" | "input_tokens" | "cache_write_5m_tokens"): number =>
      calls.reduce((total, call) => total + (call[field] ?? 0), 0);
    const read = sum("cache_read_tokens");
    expect(read / (read + sum("input_tokens") + sum("cache_write_5m_tokens"))).toBeGreaterThan(0.6);
    const sessions = Map.groupBy(calls, ({ session_id }) => session_id);
    const long = [...sessions.values()].filter((session) => session.length >= 8);
    expect(long.length).toBeGreaterThan(10);
    for (const session of long) {
      const sizes = session.map(({ request_bytes }) => request_bytes);
      const growing = sizes.filter((size, index) => index > 0 && size > (sizes[index - 1] ?? 0));
      // A summary or a retry is the exception.
      expect(growing.length / (sizes.length - 1)).toBeGreaterThan(0.7);
    }
  });

  it("repeats a failed call with the same body, minutes later at most, until one gets through", () => {
    const events = history.map(({ event }) => event);
    const failed = events.filter(({ error_kind }) => error_kind !== null);
    const bodies = Map.groupBy(events, ({ body_hash }) => body_hash);
    const gapsMs = failed.flatMap((attempt) => {
      const endedAt = Date.parse(attempt.started_at) + (attempt.duration_ms ?? 0);
      const later = bodies
        .get(attempt.body_hash)
        ?.filter((each) => each.session_id === attempt.session_id && Date.parse(each.started_at) > endedAt)
        .map((each) => Date.parse(each.started_at) - endedAt);
      return later === undefined || later.length === 0 ? [] : [Math.min(...later)];
    });
    expect(failed.length).toBeGreaterThan(200);
    expect(gapsMs.length / failed.length).toBeGreaterThan(0.8);
    expect(Math.max(...gapsMs)).toBeLessThan(10 * 60_000);
  });
});

describe("those who inflate carry the marks of their tactic, and others do not", () => {
  it("nobody who works honestly sends the same body twice", () => {
    for (const habit of ["regular", "heavy", "newcomer", "teacher"])
      expect(commonestOpening(callsOf(habit))).toBe(1);
  });

  it("replay: one body opens hundreds of sessions", () => {
    const calls = callsOf("replaying");
    expect(commonestOpening(calls)).toBeGreaterThan(200);
    const [body] =
      [...countBy(calls, ({ body_hash }) => body_hash ?? "")].toSorted((a, b) => b[1] - a[1])[0] ?? [];
    const opened = calls.filter(({ body_hash, error_kind }) => body_hash === body && error_kind === null);
    expect(new Set(opened.map(({ session_id }) => session_id)).size).toBe(opened.length);
  });

  it("schedule: runs start on the quarter of an hour, and nobody asked for them", () => {
    const runs = callsOf("scheduling").filter(({ trigger }) => trigger === "schedule");
    expect(runs.length).toBeGreaterThan(1500);
    const first = runs.filter(({ client_retry_count }) => client_retry_count === 0);
    const periodMs = TACTICS.schedule.everyMinutes * 60_000;
    for (const { started_at } of first)
      expect(Date.parse(started_at) % periodMs).toBeLessThanOrEqual(TACTICS.schedule.jitterMs);
    // Nobody else's clock is that exact, heartbeats apart.
    expect(callsOf("regular").every(({ trigger }) => trigger !== "schedule")).toBe(true);
  });

  it("no-op: runs of one call that read much and answer next to nothing", () => {
    const runs = callsOf("idling").filter(
      ({ entrypoint, error_kind }) => entrypoint === "headless" && error_kind === null,
    );
    expect(runs.length).toBeGreaterThan(200);
    for (const { request_bytes, output_tokens, stop_kind } of runs) {
      expect(request_bytes).toBeGreaterThan(TACTICS.noOp.contextTokens * 4);
      expect(output_tokens ?? 0).toBeLessThan(TACTICS.noOp.answerTokens * 3);
      expect(stop_kind === "end" || stop_kind === null).toBe(true);
    }
  });

  it("padding: what a person types is longer by orders of magnitude", () => {
    expect(writtenOf("padding")).toBeGreaterThan(20 * writtenOf("regular"));
  });

  it("heartbeats beat day and night, each a run of its own, and do nothing", () => {
    const beats = callsOf("assisted").filter(({ client }) => client === "openclaw");
    const nights = beats.filter(({ started_at }) => new Date(started_at).getUTCHours() < 5);
    expect(nights.length / beats.length).toBeGreaterThan(0.15);
    const through = beats.filter(({ error_kind }) => error_kind === null);
    expect(new Set(through.map(({ client_run_id }) => client_run_id)).size).toBe(through.length);
  });
});

it("outcomes come of sessions that wrote something, after them, and pass the import's parser", () => {
  const maker = createOutcomeMaker(createRandom(SEED));
  history.forEach((call) => maker.observe(call));
  const sessions = countBy(history, ({ event }) => event.session_id ?? "");
  const outcomes = [...maker.lines(NOW)].map((line) => createOutcomeParser(7)(line));
  expect(outcomes.length).toBeGreaterThan(50);
  for (const parsed of outcomes)
    expect(parsed).toMatchObject({ outcome: { source: "import" }, unknownFields: [] });
  const sessionIds = outcomes.map((parsed) => ("outcome" in parsed ? parsed.outcome.session_id : null));
  expect(sessionIds.filter((id) => !sessions.has(id ?? "none"))).toEqual([]);
});
