// Links depend on the calls, features and outcomes alone: not on the order in which they came, how often, or in how many passes.

import { randomInt } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
import {
  openAnalysisBench,
  OTHER_PERSON,
  PERSON,
  type AnalysisBench,
  type Arrival,
  type FeaturesArrival,
  type OutcomeArrival,
  type Row,
} from "../builders/analysis.ts";
import { merged } from "../builders/linked-outcomes.ts";
import { createRandom, randomCall, shuffle, type Random } from "../builders/random-calls.ts";

const CALLS = 80;
const OUTCOMES = 60;
const BATCHES = 3;

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench("Europe/Berlin");
});
beforeEach(() => bench.empty());
afterAll(() => bench.close());

interface AnyRecord {
  event?: Arrival;
  features?: FeaturesArrival;
  outcome?: OutcomeArrival;
}

async function deliver(records: readonly AnyRecord[]): Promise<void> {
  await bench.arrive(...records.flatMap(({ event }) => event ?? []));
  await bench.arriveFeatures(...records.flatMap(({ features }) => features ?? []));
  await bench.arriveOutcomes(...records.flatMap(({ outcome }) => outcome ?? []));
}

const read = async (): Promise<Row[][]> => [await bench.rows("run_links"), await bench.rows("outcome_links")];

test.each([randomInt(2 ** 31)])(
  "calls, features and outcomes in any order give the links that one pass over all of them gives (seed %i)",
  async (seed) => {
    const random = createRandom(seed);
    const records = shuffle(random, randomRecords(random));
    const deliveries = [...records, ...records.slice(0, records.length / 5)];
    const size = Math.ceil(deliveries.length / BATCHES);
    for (let start = 0; start < deliveries.length; start += size) {
      await deliver(deliveries.slice(start, start + size));
      await bench.analyze();
    }
    const stepByStep = await read();
    expect(stepByStep[1]?.length).toBeGreaterThan(OUTCOMES / 6);
    expect(sharesOf(stepByStep[1] ?? [])).toSatisfy((shares: number[]) =>
      shares.every((share) => Math.abs(share - 1) < 1e-9),
    );
    await bench.analyze({ full: true });
    expect(await read()).toEqual(stepByStep);
    await bench.empty();
    await deliver(records);
    await bench.analyze();
    expect(await read()).toEqual(stepByStep);
  },
);

function sharesOf(links: readonly Row[]): number[] {
  const shares = new Map<unknown, number>();
  for (const { outcome_id, share } of links)
    shares.set(outcome_id, (shares.get(outcome_id) ?? 0) + Number(share));
  return [...shares.values()];
}

test("a pass that died after it had linked leaves nothing that the next does not tell of", async () => {
  const started_at = "2026-11-19T10:00:00.000Z";
  await bench.arrive({ session_id: "a", started_at }, { session_id: "b", started_at });
  await bench.analyze();
  await bench.arriveOutcomes(merged({ session_id: "a" }));
  const dying = { ...bench.store, insert: () => Promise.reject(new Error("killed")) };
  await expect(bench.analyze({ store: dying })).rejects.toThrow("killed");
  await bench.arriveOutcomes(merged({ session_id: "b" }));
  await bench.analyze();
  expect(await bench.rows("outcome_links")).toHaveLength(1);
  expect(await bench.store.query(newestLinks, {})).toEqual([{ links: 2, taken_back: 1 }]);
});

/** What the steps of the last pass that link had written would look at. */
const newestLinks = defineQuery({
  name: "newest links",
  sql: `SELECT count() AS links, countIf(is_deleted = 1) AS taken_back FROM outcome_links
    WHERE version = (SELECT max(version) FROM analysis_state)`,
  params: z.object({}),
  row: z.object({ links: z.coerce.number(), taken_back: z.coerce.number() }),
});

/** Calls of sessions, some of which write files, and outcomes of every sort that name them, each other, or nothing that there is. */
function randomRecords(random: Random): AnyRecord[] {
  const events = Array.from({ length: CALLS }, (_, index) => ({
    ...randomCall(random, index),
    request_id: `q${index}`,
  }));
  const features = events.flatMap(
    ({ event_id = "", started_at = "", person_id = null }): FeaturesArrival[] => {
      if (random(3) > 0) return [];
      const written_file_hashes = FILES.filter(() => random(3) === 0);
      return [{ event_id, started_at, person_id, tool_kinds: ["read", "write"], written_file_hashes }];
    },
  );
  const outcomes = Array.from({ length: OUTCOMES }, (_, index) => randomOutcome(random, index));
  return [
    ...events.map((event) => ({ event })),
    ...features.map((each) => ({ features: each })),
    ...outcomes.map((outcome) => ({ outcome })),
  ];
}

const FILES = ["f", "g", "h", "i"];

function randomOutcome(random: Random, index: number): OutcomeArrival {
  const one = <Item>(...items: readonly Item[]): Item | null => items[random(items.length * 2)] ?? null;
  const at = new Date(Date.parse("2026-11-12T00:00:00Z") + random(9 * 24) * 3_600_000).toISOString();
  return merged({
    outcome_id: `github:r:pr:${index}:merged`,
    kind: one("lines_survived" as const, "pr_reverted" as const) ?? "pr_merged",
    source: one("self" as const, "otlp" as const) ?? "github",
    trust: one("low" as const, "medium" as const) ?? "high",
    occurred_at: at,
    person_id: one(PERSON, OTHER_PERSON),
    run_id: one("nightly", "s nightly"),
    session_id: one("s", "t", "unknown"),
    request_id: one("q1", "q2"),
    repo_hash: one("r", "z"),
    change_hash: one("c", "d", "e"),
    file_hashes: FILES.filter(() => random(2) === 0),
    reverses: one(null, null, null, `github:r:pr:${random(OUTCOMES)}:merged`),
  });
}
