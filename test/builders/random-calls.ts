// Calls of two people and of nobody that are as awkward as a seed makes them: retries, sub-agents, explicit and idle runs, failures
// without usage, unknown everything. The same seed makes the same calls.

import { KEY, OTHER_KEY, OTHER_PERSON, PERSON, type Arrival } from "./analysis.ts";

export type Random = (below: number) => number;

/** Steps of five minutes over nine days, so that pauses often are exactly as long as a rule's limit. */
export function randomCall(random: Random, index: number): Arrival {
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

/** mulberry32: small, seeded, and good enough to shuffle. */
export function createRandom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) % below;
  };
}

export function shuffle<Item>(random: Random, items: readonly Item[]): Item[] {
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
