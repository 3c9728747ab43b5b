// What passes of analytics do with findings: references are made once, what comes late changes what it touches, a rebuild says the same, and
// a week whose features are going stays as it is.

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
import { toMethod } from "../../schemas/method.ts";
import { openAnalysisBench, type AnalysisBench } from "../builders/analysis.ts";
import { readFindings } from "../builders/findings.ts";
import { buildOutcome } from "../builders/outcome.ts";
import { arriveRuns, personOf, WEEK, WEEK_ENDED, type SaidRun } from "../builders/signal-calls.ts";
import { anyTime, DAY_MS } from "../builders/signal-weeks.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const PEOPLE = 12;
const SCORED = { scoredFrom: new Date(0), now: WEEK_ENDED };
const PADDED = { delta_compression: 0.1, delta_repetition: 0.5 };
const PROSE = { delta_compression: 0.4, delta_repetition: 0.05 };

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench();
  bench.options.config = {
    ...bench.options.config,
    method: toMethod({ signals: { referencesMin: PEOPLE } }),
  };
});
afterAll(() => bench.close());

const inWeek = (week: number, runs: readonly SaidRun[]): SaidRun[] =>
  runs.map((run) => ({ ...run, atMs: run.atMs + week * 7 * DAY_MS }));
/** Twenty prompts, some of them padded. */
const padded = (person: string, some: number, week: number): SaidRun[] =>
  inWeek(
    week,
    anyTime(20, (place) => ({ text: `prompt ${week} ${place}`, features: place < some ? PADDED : PROSE })),
  ).map((run) => ({ ...run, person: personOf(person) }));
const replayed = (person: string, week: number, said: Partial<SaidRun> = {}): SaidRun[] =>
  inWeek(
    week,
    anyTime(50, () => ({ text: "again", trigger: "unknown", features: PADDED })),
  ).map((run, place) => ({
    ...run,
    person: personOf(person),
    session: `${person}-${week}-${place}`,
    ...said,
  }));

const readReferences = defineQuery({
  name: "test: references",
  sql: "SELECT week, workload_class, signal, effects, version FROM signal_references FINAL ORDER BY week, workload_class, signal",
  params: z.object({}),
  row: z.object({ week: z.string(), signal: z.string(), effects: z.array(z.number()), version: z.string() }),
});

async function look() {
  const findings = await readFindings(bench.store);
  return {
    findings,
    references: await bench.store.query(readReferences, {}),
    of: (person: string, signal: string, week = WEEK) =>
      findings.find(
        (row) => row.person_id === personOf(person) && row.signal === signal && row.week === week,
      ),
  };
}

/** What a pass leaves after these runs, and outcomes, have come in. */
async function pass(
  runs: readonly SaidRun[],
  outcomes: Parameters<typeof buildOutcome>[0][] = [],
  more = {},
) {
  if (runs.length > 0) await arriveRuns(bench, runs);
  // Stamped by the clock of the pass before, which looks back a little.
  const stamps = { ingested_at: bench.options.clock(), expires_at: new Date("2090-01-01T00:00:00Z") };
  await bench.store.insert(
    "outcomes",
    outcomes.map((said) => ({ ...buildOutcome(said), ...stamps })),
  );
  await bench.analyze({ ...SCORED, ...more });
  return look();
}

describe("four passes, the last of them a rebuild", () => {
  const people = Array.from({ length: PEOPLE }, (_, place) => `person ${place}`);
  const used = {
    outcome_id: "answer 1",
    session_id: "worker-0-7",
    person_id: personOf("worker"),
    trust: "medium",
    occurred_at: "2026-11-17T12:00:00.000Z",
    credited_at: "2026-11-17T12:00:00.000Z",
  } as const;
  let seen: Awaited<ReturnType<typeof look>>[] = [];

  beforeAll(async () => {
    await bench.empty();
    seen = [
      await pass([
        ...people.flatMap((person, place) => padded(person, place, -2)),
        ...replayed("replayer", -2),
        ...replayed("worker", 0),
      ]),
      await pass([...padded("person 0", 20, -1), ...padded("person 11", 11, -1)], [used]),
      await pass(padded("person 1", 20, -2), [
        { ...used, outcome_id: "not so", kind: "rating_not_useful", reverses: used.outcome_id },
      ]),
      await pass([], [], { full: true }),
    ];
  });

  test("the first week of a class has nothing to be held against", () => {
    expect(seen[0]?.of("person 5", "repeated_lines", "2026-11-02")).toMatchObject({
      effect: 0.25,
      is_above_floor: true,
      p_value: null,
      p_value_source: "none",
    });
  });

  test("a week is held against an earlier one of each person, without those in which a null had spoken", () => {
    const reference = seen[1]?.references.find(
      ({ week, signal }) => week === "2026-11-09" && signal === "repeated_lines",
    );
    expect(reference?.effects).toEqual(people.map((_, place) => place / 20));
    expect(seen[1]?.of("person 0", "repeated_lines", "2026-11-09")).toMatchObject({
      // Padding has two signals.
      p_value: 2 * (1 / (PEOPLE + 1)),
      p_value_source: "reference",
    });
    // One, which is the person's own week before, is as high.
    expect(seen[1]?.of("person 11", "repeated_lines", "2026-11-09")?.p_value).toBe(2 * (2 / (PEOPLE + 1)));
  });

  test("what comes late for a week changes that week, and no reference that was made", () => {
    expect(seen[2]?.of("person 1", "repeated_lines", "2026-11-02")).toMatchObject({
      cases: 40,
      effect: 21 / 40,
    });
    expect(seen[2]?.references).toEqual(expect.arrayContaining(seen[1]?.references ?? []));
  });

  test("an outcome that comes late takes its run out of what did nothing, and its reversal puts it back", () => {
    expect(seen[0]?.of("worker", "no_op_runs")).toMatchObject({ effect: 1 });
    expect(seen[1]?.of("worker", "no_op_runs")?.effect).toBeCloseTo(49 / 50, 9);
    expect(seen[2]?.of("worker", "no_op_runs")).toMatchObject({ effect: 1 });
  });

  test("a rebuild says the same", () => {
    expect(seen[3]?.findings).toEqual(seen[2]?.findings);
    expect(seen[3]?.references).toEqual(seen[2]?.references);
  });
});

/** Calls kept until a month after the week, and their features for 16 days less. */
const expiring = (runs: readonly SaidRun[]): SaidRun[] =>
  runs.map((run) => ({
    ...run,
    calls: run.calls.map((call) => ({ ...call, event: { expires_at: new Date("2026-12-17T00:00:00Z") } })),
  }));

test("a week stays as it was found once the first of its features is due to go, whatever comes in later", async () => {
  await bench.empty();
  const found = await pass(expiring(replayed("replayer", 0)));
  expect(found.of("replayer", "no_op_runs")).toMatchObject({ inputs_expire_at: "2026-12-01T00:00:00Z" });
  const later = await pass(expiring(padded("replayer", 0, 0)), [], {
    now: new Date("2026-12-01T00:00:00Z"),
    full: true,
  });
  expect(later.findings).toEqual(found.findings);
  const justBefore = await pass([], [], { now: new Date("2026-11-30T23:59:59Z"), full: true });
  expect(justBefore.of("replayer", "replay_clusters")).toMatchObject({ cases: 70 });
});

test("nobody is looked at before individuals are scored, nor for runs that began before it", async () => {
  await bench.empty();
  const off = await pass(replayed("replayer", 0), [], { scoredFrom: undefined });
  expect(off.findings).toEqual([]);
  const on = await pass([], [], { full: true, scoredFrom: new Date("2026-11-17T00:00:00Z") });
  expect(on.of("replayer", "replay_clusters")).toMatchObject({ cases: 40 });
});

test("a week is looked at once it has ended, also where nothing has come in since, and not while it goes on", async () => {
  await bench.empty();
  const running = await pass(replayed("replayer", 0), [], { now: new Date("2026-11-22T23:59:59Z") });
  expect(running.findings).toEqual([]);
  const ended = await pass([]);
  expect(ended.of("replayer", "replay_clusters")).toMatchObject({ cases: 50 });
});
