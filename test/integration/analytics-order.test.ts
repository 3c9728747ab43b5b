// The answer of analytics depends on the records alone: not on the order in which they came, how often each came, how many
// passes there were, or how far each of them looked.

import { randomInt } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { WATERMARK_OVERLAP_MS } from "../../analytics/job.ts";
import {
  beforeStatements,
  KEY,
  openAnalysisBench,
  OTHER_KEY,
  OTHER_PERSON,
  PERSON,
  type AnalysisBench,
  type Arrival,
} from "../builders/analysis.ts";

const ROUNDS = 2;
const BATCHES = 6;
const EVENTS = 160;

// A dozen passes take a second or two alone, and longer beside other work.
vi.setConfig({ testTimeout: 60_000 });

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

type Random = (below: number) => number;

/** mulberry32: small, seeded, and good enough to shuffle. */
function createRandom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) % below;
  };
}

function shuffle<Item>(random: Random, items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, place: random(2 ** 31) }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

function pick<Item>(random: Random, ...items: Item[]): Item {
  const item = items[random(items.length)];
  if (item === undefined) throw new RangeError("Nothing to pick from.");
  return item;
}

/** Steps of five minutes over nine days, so that pauses often are exactly as long as a rule's limit. */
function randomCall(random: Random, index: number): Arrival {
  const startMs = Date.parse("2026-11-12T00:00:00Z") + random(9 * 24 * 12) * 300_000;
  const failed = random(3) === 0;
  return {
    event_id: `01936a01-0000-7000-8000-${String(index).padStart(12, "0")}`,
    started_at: new Date(startMs).toISOString(),
    duration_ms: pick<number | null>(random, null, 0, 300_000, 3_600_000),
    person_id: pick<string | null>(random, PERSON, OTHER_PERSON, null),
    key_id: pick<string | null>(random, KEY, OTHER_KEY, null),
    client: pick(random, "a", "b"),
    session_id: pick<string | null>(random, "s", "t", null),
    parent_session_id: pick<string | null>(random, null, null, "s"),
    client_run_id: pick<string | null>(random, null, null, null, "nightly"),
    body_hash: pick<string | null>(random, null, "x", "y"),
    client_retry_count: pick<number | null>(random, null, 0, 1),
    model_served: pick(random, "m", "n"),
    workload_class: pick<"batch" | null>(random, null, "batch"),
    request_kind: pick(random, "main", "main", "auxiliary"),
    status: failed ? 529 : 200,
    error_kind: failed ? "overloaded" : null,
    input_tokens: failed ? pick<number | null>(random, null, 3) : random(1000),
    cost_usd: pick<string | null>(random, null, "0.25", "0.000000000001"),
  };
}
