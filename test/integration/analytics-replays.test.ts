// Replays: what is sent again and again is not credited beyond the third time, at every edge of the rules; honest repetition is.

import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { openAnalysisBench, PERSON, type AnalysisBench, type Arrival } from "../builders/analysis.ts";
import type { FeaturesArrival } from "../builders/analysis.ts";
import {
  analyzeCalls,
  featuredCall,
  reasonsOf,
  sketchOf,
  type FeaturedCall,
} from "../builders/repeated-calls.ts";

vi.setConfig({ testTimeout: 240_000 });

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench();
});
beforeEach(() => bench.empty());
afterAll(() => bench.close());

const FIRST_MS = Date.parse("2026-11-05T08:00:00Z");
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What is the same each time, of a text of 50 tokens or more. */
const TEXT: FeaturesArrival = {
  delta_hash: "text",
  delta_sketch: sketchOf(1),
  system_hash: "system",
  prefix_hash: "prefix",
  output_chars: 900,
};

/** So many openings of runs, an hour apart. */
function repeat(
  count: number,
  event: Arrival = {},
  features: FeaturesArrival | ((index: number) => FeaturesArrival) = {},
): FeaturedCall[] {
  return Array.from({ length: count }, (_, index) =>
    featuredCall(
      FIRST_MS + index * HOUR_MS,
      { trigger: "unknown", entrypoint: "headless", session_id: `${event.person_id} ${index}`, ...event },
      { ...TEXT, ...(typeof features === "function" ? features(index) : features) },
    ),
  );
}

/** Texts that differ a little from one to the next: no two have the same hash, and all share so many numbers with each other. */
const paraphrases =
  (shared: number) =>
  (index: number): FeaturesArrival => ({
    delta_hash: `text ${index}`,
    delta_sketch: sketchOf(1, shared, index),
  });

const shifted = (calls: readonly FeaturedCall[], byMs: number): FeaturedCall[] =>
  calls.map(({ event, features }) => {
    const started_at = new Date(Date.parse(event.started_at ?? "") + byMs).toISOString();
    return { event: { ...event, started_at }, features: { ...features, started_at } };
  });

const CREDITED = "";

interface Case {
  calls: FeaturedCall[];
  reasons: string[];
}

const honest = (calls: FeaturedCall[]): Case => ({ calls, reasons: calls.map(() => CREDITED) });

const beyondThird = (reason: string, calls: FeaturedCall[]): Case => ({
  calls,
  reasons: calls.map((_, index) => (index < 3 ? CREDITED : reason)),
});

/** Each case is done by a person of its own, so that one pass judges all. */
async function judge(builders: Readonly<Record<string, (person_id: string) => Case>>) {
  const cases = Object.entries(builders).map(([what, build], index) => ({
    what,
    ...build(`01936a0a-0000-7000-8000-0000000000${String(index).padStart(2, "0")}`),
  }));
  await analyzeCalls(
    bench,
    cases.flatMap(({ calls }) => calls),
  );
  const found: Record<string, unknown[]> = {};
  for (const { what, calls } of cases) found[what] = await reasonsOf(bench, calls);
  return { found, expected: Object.fromEntries(cases.map(({ what, reasons }) => [what, reasons])) };
}

test("the same beginning is credited three times in fourteen days", async () => {
  const { found, expected } = await judge({
    "four times": (person_id) => beyondThird("exact_replay", repeat(4, { person_id })),
    "the fourth fourteen days after the first": (person_id) => {
      const calls = repeat(4, { person_id });
      return beyondThird("exact_replay", [
        ...calls.slice(0, 3),
        ...shifted(calls.slice(3), 14 * DAY_MS - 3 * HOUR_MS),
      ]);
    },
    "a millisecond later": (person_id) => {
      const calls = repeat(4, { person_id });
      return honest([...calls.slice(0, 3), ...shifted(calls.slice(3), 14 * DAY_MS - 3 * HOUR_MS + 1)]);
    },
    "in the same conversation at the same place": (person_id) =>
      beyondThird("exact_replay", repeat(5, { person_id }, { parent_prefix_hash: "before" })),
    "continuing the same answer": (person_id) =>
      beyondThird("exact_replay", repeat(5, { person_id, previous_response_id: "r" }, { prefix_hash: null })),
    "before and after a change of keys": (person_id) =>
      beyondThird(
        "exact_replay",
        repeat(5, { person_id }, (index) =>
          index < 2
            ? {}
            : {
                delta_hash: "new",
                system_hash: "new",
                prefix_hash: "new",
                delta_hash_previous: "text",
                system_hash_previous: "system",
              },
        ),
      ),
  });
  expect(found).toEqual(expected);
});

test("what is no replay is credited", async () => {
  const { found, expected } = await judge({
    "three times": (person_id) => honest(repeat(3, { person_id })),
    "a short text, as `continue`": (person_id) => honest(repeat(9, { person_id }, { delta_sketch: [] })),
    "at another place of the conversation each time": (person_id) =>
      honest(repeat(9, { person_id }, (index) => ({ parent_prefix_hash: `before ${index}` }))),
    "under another system prompt each time": (person_id) =>
      honest(repeat(9, { person_id }, (index) => ({ system_hash: `system ${index}` }))),
    "in conversations that the provider keeps": (person_id) =>
      honest(repeat(9, { person_id, gateway_id: "g" }, { prefix_hash: null })),
    "of a service key": (person_id) => honest(repeat(30, { person_id, key_kind: "service" })),
    "of a registered schedule": (person_id) =>
      honest(repeat(30, { person_id, workload_class: "scheduled", class_source: "schedule" })),
    "tried again in an outage": (person_id) => {
      const calls = Array.from({ length: 9 }, (_, index) =>
        featuredCall(
          FIRST_MS + index * 60_000,
          {
            person_id,
            session_id: "outage",
            body_hash: "body",
            trigger: "unknown",
            ...(index < 8 ? { status: 529, error_kind: "overloaded" as const } : {}),
          },
          TEXT,
        ),
      );
      return { calls, reasons: calls.map((_, index) => (index < 8 ? "retry" : CREDITED)) };
    },
  });
  expect(found).toEqual(expected);
});

test("from the twentieth opening that is alike the fourth to the last are near replays", async () => {
  const twenty = repeat(20, {}, paraphrases(58));
  await analyzeCalls(bench, twenty.slice(0, 19));
  expect(new Set(await reasonsOf(bench, twenty.slice(0, 19)))).toEqual(new Set([CREDITED]));
  await analyzeCalls(bench, twenty.slice(19));
  const reasons = await reasonsOf(bench, twenty);
  expect(reasons).toEqual(twenty.map((_, index) => (index < 3 ? CREDITED : "near_replay")));
  await bench.analyze({ full: true });
  expect(await reasonsOf(bench, twenty)).toEqual(reasons);
});

test("openings that are not alike enough, or that a person types, are credited", async () => {
  const { found, expected } = await judge({
    "one number too few": (person_id) => honest(repeat(30, { person_id }, paraphrases(57))),
    "on call or teaching": (person_id) =>
      honest(repeat(30, { person_id, trigger: "human", entrypoint: "interactive" }, paraphrases(60))),
    "of a service key": (person_id) =>
      honest(repeat(30, { person_id, key_kind: "service" }, paraphrases(60))),
    "of a registered schedule": (person_id) =>
      honest(
        repeat(30, { person_id, workload_class: "scheduled", class_source: "schedule" }, paraphrases(60)),
      ),
    "within one run": (person_id) =>
      honest(repeat(30, { person_id, client_run_id: "one", run_id_source: "explicit" }, paraphrases(60))),
    "two families of fifteen": (person_id) =>
      honest(
        repeat(30, { person_id }, (index) => ({
          delta_hash: `text ${index}`,
          delta_sketch: [...sketchOf(1).slice(0, 8), ...sketchOf(index % 2, 60, index).slice(8)],
        })),
      ),
    "in another epoch": (person_id) =>
      honest(
        repeat(30, { person_id }, (index) => ({
          ...paraphrases(60)(index),
          sketch_epoch: 700 + (index % 2),
        })),
      ),
    "the twentieth more than fourteen days after the first": (person_id) => {
      const calls = repeat(20, { person_id }, paraphrases(60));
      return honest([...calls.slice(0, 19), ...shifted(calls.slice(19), 14 * DAY_MS)]);
    },
  });
  expect(found).toEqual(expected);
});

test("an outcome of its run exempts an opening, a rating of one's own or an outcome taken back does not", async () => {
  const calls = repeat(24, {}, paraphrases(60));
  await analyzeCalls(bench, calls);
  const runs = (await bench.rows("calls")).map(({ run_id }) => run_id);
  const link = (index: number, difference: object) => ({
    person_id: PERSON,
    run_id: runs[index],
    outcome_id: `outcome ${index}`,
    kind: "pr_merged",
    source: "github",
    trust: "high",
    linked_by: "run",
    share: 1,
    quantity: 1,
    occurred_at: "2026-11-20T00:00:00.000Z",
    credited_at: "2026-11-20T00:00:00.000Z",
    reversed_at: null,
    version: 1,
    expires_at: new Date("2090-01-01T00:00:00Z"),
    ...difference,
  });
  await bench.store.insert("outcome_links", [
    link(10, {}),
    link(11, { trust: "low" }),
    link(12, { source: "self", kind: "rating_useful" }),
    link(13, { reversed_at: "2026-11-20T00:00:00.000Z" }),
  ]);
  await bench.analyze({ full: true });
  const expected = calls.map((_, index) => (index < 3 || index === 10 ? CREDITED : "near_replay"));
  expect(await reasonsOf(bench, calls)).toEqual(expected);
});

test("a schedule that is registered later gives the credit back; replays stay when their features are gone", async () => {
  const expires_at = new Date(bench.options.clock().getTime() + 30 * DAY_MS);
  const calls = repeat(24, {}, (index) => ({ ...paraphrases(60)(index), expires_at }));
  await analyzeCalls(bench, calls);
  const reasons = await reasonsOf(bench, calls);
  expect(reasons).toContain("near_replay");
  const later = new Date(expires_at.getTime() + 1000);
  await bench.analyze({ full: true, now: later });
  expect(await reasonsOf(bench, calls)).toEqual(reasons);
  await bench.declare({
    source: "schedule",
    declaration_id: "01936a0a-0000-7000-8000-0000000000d1",
    workload_class: "scheduled",
    from_at: new Date(FIRST_MS - DAY_MS).toISOString(),
    to_at: new Date(FIRST_MS + 30 * DAY_MS).toISOString(),
  });
  await bench.analyze({ now: later });
  expect(new Set(await reasonsOf(bench, calls))).toEqual(new Set([CREDITED]));
});
