// The answer of analytics depends on the records alone: not on the order in which they came, how often each came, how many
// passes there were, or how far each of them looked.

import { randomInt } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { WATERMARK_OVERLAP_MS } from "../../analytics/job.ts";
import {
  beforeStatements,
  openAnalysisBench,
  OTHER_PERSON,
  PERSON,
  type AnalysisBench,
  type Arrival,
  type Declaration,
  type FeaturesArrival,
} from "../builders/analysis.ts";
import {
  createRandom,
  randomCall,
  randomRepeatedCall,
  randomUnnamedCall,
  shuffle,
  type Random,
} from "../builders/random-calls.ts";

/** A call that hands a text to a sub-agent, and the sub-agent's opening: chance might draw none that meet. */
const SPAWNING = [
  { at: "12:00", said: { spawn_hashes: ["planted"] } },
  { at: "12:10", said: { delta_hash: "planted" } },
].map(({ at, said }, index) => {
  const known = {
    event_id: `01936a07-0000-7000-8000-00000000000${index}`,
    started_at: `2026-11-15T${at}:00.000Z`,
  };
  const event: Arrival = { ...known, person_id: PERSON, client: "a" };
  const features: FeaturesArrival = { ...known, ...said };
  return { event, features };
});

const ROUNDS = 2;
const BATCHES = 6;
const EVENTS = 160;
const UNNAMED_EVENTS = 100;
const REPEATED_EVENTS = 300;

// A dozen passes take a second or two alone, and longer beside other work.
vi.setConfig({ testTimeout: 240_000 });

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench("Europe/Berlin");
});
beforeEach(() => bench.empty());
afterAll(() => bench.close());

test.each(Array.from({ length: ROUNDS }, () => randomInt(2 ** 31)))(
  "passes over records in any order give what one pass over all of them gives (seed %i)",
  async (seed) => {
    const random = createRandom(seed);
    const events = Array.from({ length: EVENTS }, (_, index) => randomCall(random, index));
    const deliveries = shuffle(random, [...events, ...events.slice(0, EVENTS / 4)]);
    const batchSize = Math.ceil(deliveries.length / BATCHES);
    for (let start = 0; start < deliveries.length; start += batchSize) {
      await bench.arrive(...deliveries.slice(start, start + batchSize));
      await bench.analyze();
    }
    const stepByStep = await bench.all();
    await bench.analyze({ full: true });
    expect(await bench.all()).toEqual(stepByStep);
    await bench.empty();
    await bench.arrive(...events);
    await bench.analyze();
    expect(await bench.all()).toEqual(stepByStep);
  },
);

test.each([randomInt(2 ** 31)])(
  "calls without ids, features and declared classes in any order give what one pass over all of them gives (seed %i)",
  async (seed) => {
    const random = createRandom(seed);
    const drawn = Array.from({ length: UNNAMED_EVENTS }, (_, index) => randomUnnamedCall(random, index));
    const calls = [...drawn, ...SPAWNING];
    const named = Array.from({ length: UNNAMED_EVENTS / 4 }, (_, index) => randomCall(random, 1000 + index));
    const declarations = randomDeclarations(random, calls);
    const records = shuffle(random, [
      ...calls.map(({ event }) => ({ event })),
      ...calls.map(({ features }) => ({ features })),
      ...named.map((event) => ({ event })),
      ...declarations.map((declaration) => ({ declaration })),
    ]);
    const batchSize = Math.ceil(records.length / BATCHES);
    for (let start = 0; start < records.length; start += batchSize) {
      await deliver(records.slice(start, start + batchSize));
      await bench.analyze();
    }
    const stepByStep = await bench.all();
    const links = stepByStep.calls.map(({ link }) => link);
    expect(links).toEqual(expect.arrayContaining(["", "prefix", "response", "spawn"]));
    await bench.analyze({ full: true });
    expect(await bench.all()).toEqual(stepByStep);
    await bench.empty();
    await deliver(records);
    await bench.analyze();
    expect(await bench.all()).toEqual(stepByStep);
  },
);

test.each([randomInt(2 ** 31)])(
  "heartbeats, replays and loops that come in in any order are what one pass over all of them finds (seed %i)",
  async (seed) => {
    const random = createRandom(seed);
    const calls = Array.from({ length: REPEATED_EVENTS }, (_, index) => randomRepeatedCall(random, index));
    const records = shuffle(random, [
      ...calls.map(({ event }) => ({ event })),
      ...calls.map(({ features }) => ({ features })),
      ...randomDeclarations(random, calls).map((declaration) => ({ declaration })),
    ]);
    const batchSize = Math.ceil(records.length / BATCHES);
    for (let start = 0; start < records.length; start += batchSize) {
      await deliver(records.slice(start, start + batchSize));
      await bench.analyze();
    }
    const stepByStep = await bench.all();
    const reasons = stepByStep.calls.map(({ reason }) => reason);
    expect(reasons).toEqual(expect.arrayContaining(["", "heartbeat", "exact_replay", "near_replay", "loop"]));
    await bench.analyze({ full: true });
    expect(await bench.all()).toEqual(stepByStep);
    await bench.empty();
    await deliver(records);
    await bench.analyze();
    expect(await bench.all()).toEqual(stepByStep);
  },
);

interface AnyRecord {
  event?: Arrival;
  features?: FeaturesArrival;
  declaration?: Declaration;
}

async function deliver(records: readonly AnyRecord[]): Promise<void> {
  await bench.arrive(...records.flatMap(({ event }) => event ?? []));
  await bench.arriveFeatures(...records.flatMap(({ features }) => features ?? []));
  await bench.declare(...records.flatMap(({ declaration }) => declaration ?? []));
}

/** Corrections of some calls' runs, one of them taken back, and a schedule. */
function randomDeclarations(random: Random, calls: readonly { event: Arrival }[]): Declaration[] {
  const corrected = shuffle(random, calls).slice(0, 5);
  const corrections = corrected.map(({ event: { event_id = "", started_at = "" } }, index): Declaration => ({
    source: "run",
    declaration_id: `01936a02-0000-7000-8000-00000000000${index}`,
    workload_class: index % 2 === 0 ? "evaluation" : "teaching",
    declared_at: `2026-11-20T00:0${random(9)}:00.000Z`,
    from_at: started_at,
    event_id,
    is_deleted: index === 0 ? 1 : 0,
  }));
  const schedule: Declaration = {
    source: "schedule",
    declaration_id: "01936a02-0000-7000-8000-000000000009",
    workload_class: "scheduled",
    from_at: "2026-11-15T18:00:00.000Z",
    to_at: "2026-11-16T06:00:00.000Z",
  };
  return [...corrections, schedule];
}

test("a pass computes the windows of those who were touched, and leaves the rest alone", async () => {
  await bench.arrive(
    { started_at: "2026-11-20T08:00:00.000Z", session_id: "s" },
    { started_at: "2026-11-20T08:00:00.000Z", session_id: "s", person_id: OTHER_PERSON },
  );
  expect(await bench.analyze()).toMatchObject({ mode: "full", people: 2, calls: 2 });
  await bench.arrive({ started_at: "2026-11-20T09:00:00.000Z", session_id: "s" });
  expect(await bench.analyze()).toMatchObject({ mode: "incremental", people: 1, calls: 1, runs: 1 });
  expect(await bench.rows("runs")).toMatchObject([
    { person_id: PERSON, calls: "2" },
    { person_id: OTHER_PERSON, calls: "1" },
  ]);
});

test("a record that becomes visible after the pass that should have seen it is found by the next", async () => {
  await bench.arrive({ started_at: "2026-11-20T08:00:00.000Z" });
  await bench.analyze();
  const stamped = new Date(bench.options.clock().getTime() - WATERMARK_OVERLAP_MS);
  await bench.arriveStamped(stamped, { started_at: "2026-11-20T09:00:00.000Z" });
  expect(await bench.analyze()).toMatchObject({ mode: "incremental", calls: 1 });
});

test("two passes at once leave what one alone would leave", async () => {
  const random = createRandom(7);
  const events = Array.from({ length: EVENTS }, (_, index) => randomCall(random, index));
  await bench.arrive(...events.filter((_, index) => index % 2 === 0));
  await bench.analyze();
  await bench.arrive(...events.filter((_, index) => index % 2 === 1));
  await Promise.all([bench.analyze(), bench.analyze({ full: true }), bench.analyze()]);
  const together = await bench.all();
  await bench.analyze({ full: true });
  expect(await bench.all()).toEqual(together);
});

test("a pass that overtook an earlier one, and knew less, finds it and does its work again", async () => {
  await bench.arrive(callAt("08:00"), callAt("12:00"));
  await bench.analyze();
  const earlier = createGate("analytics: windows");
  const later = createGate("analytics: runs");
  const earlierPass = bench.analyze({ store: beforeStatements(bench.store, earlier.look), full: true });
  await earlier.reached;
  const laterPass = bench.analyze({ store: beforeStatements(bench.store, later.look), full: true });
  await later.reached;
  // Only the earlier pass sees this call, and the later one's rows beat its own.
  await bench.arrive(callAt("10:00"));
  earlier.open();
  await earlierPass;
  later.open();
  await laterPass;
  expect(await bench.rows("runs")).toMatchObject([{ calls: "3" }]);
});

function callAt(time: string): Arrival {
  return { session_id: "s", started_at: `2026-11-20T${time}:00.000Z` };
}

/** Holds up the first statement of a name until it is opened. */
function createGate(name: string) {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    open: () => opened.resolve(),
    look: async (statement: string) => {
      if (statement !== name) return;
      reached.resolve();
      await opened.promise;
    },
  };
}
