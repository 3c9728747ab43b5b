// Calls of two people and of nobody that are as awkward as a seed makes them: retries, sub-agents, explicit and idle runs, failures
// without usage, unknown everything. The same seed makes the same calls.

import { sketchOf } from "./repeated-calls.ts";
import { KEY, OTHER_KEY, OTHER_PERSON, PERSON, type Arrival, type FeaturesArrival } from "./analysis.ts";

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

/**
 * A call of one person within a day and a half that no client named, and its features, of so few different hashes that it
 * could continue many others.
 */
export function randomUnnamedCall(
  random: Random,
  index: number,
): { event: Arrival; features: FeaturesArrival } {
  const startMs = Date.parse("2026-11-15T12:00:00Z") + random(18 * 12) * 600_000;
  const event: Arrival = {
    ...randomCall(random, index),
    started_at: new Date(startMs).toISOString(),
    person_id: PERSON,
    key_id: pick<string | null>(random, KEY, KEY, null),
    session_id: null,
    parent_session_id: null,
    client_run_id: null,
    response_id: pick<string | null>(random, null, "r", "s"),
    previous_response_id: pick<string | null>(random, null, null, "r", "s"),
    gateway_id: pick(random, "g", "g", ""),
    trigger: pick(random, "human", "tool", "unknown"),
    turn_id: pick<string | null>(random, null, null, null, "t", "7"),
  };
  const isOpening = random(3) === 0;
  const hash = () => pick<string | null>(random, "1", "2", "3", "4", null);
  const features: FeaturesArrival = {
    event_id: event.event_id ?? "",
    started_at: event.started_at ?? "",
    prefix_hash: hash(),
    answer_hash: hash(),
    delta_hash: hash(),
    spawn_hashes: random(4) === 0 ? ["2"] : [],
    ...(isOpening ? {} : { parent_prefix_hash: hash(), parent_answer_hash: hash() }),
    ...(random(5) === 0 ? { parent_prefix_hash_previous: hash(), delta_hash_previous: hash() } : {}),
  };
  return { event, features };
}

/**
 * A call of one person who says and does the same again and again: prompts over two weeks, most of them of one client and text, and
 * an agent that takes much the same step each minute of an afternoon.
 */
export function randomRepeatedCall(
  random: Random,
  index: number,
): { event: Arrival; features: FeaturesArrival } {
  if (index % 10 === 0) return randomBeat(random, index);
  if (index % 10 === 2) return randomOpening(random, index);
  return index % 2 === 0 ? randomPrompt(random, index) : randomStep(random, index);
}

/** Of 30 in two weeks there are always ten in one of them. */
function randomBeat(random: Random, index: number): { event: Arrival; features: FeaturesArrival } {
  return about(index, Date.parse("2026-11-06T00:00:00Z") + random(14 * 24) * 3_600_000, {
    event: { session_id: `beat ${index}`, client: "a", trigger: "schedule" },
    features: { delta_hash: "beat", output_chars: 12 },
  });
}

/** Of any two of them at least 60 of 64 numbers are equal. */
function randomOpening(random: Random, index: number): { event: Arrival; features: FeaturesArrival } {
  return about(index, Date.parse("2026-11-06T00:00:00Z") + random(14 * 24) * 3_600_000, {
    event: { session_id: `opening ${index}`, client: "a", trigger: "unknown", entrypoint: "headless" },
    features: { delta_hash: `opening ${index}`, delta_sketch: sketchOf(2, 62, index), prefix_hash: "x" },
  });
}

function randomPrompt(random: Random, index: number): { event: Arrival; features: FeaturesArrival } {
  const isParaphrase = random(2) === 0;
  const failed = random(8) === 0;
  return about(index, Date.parse("2026-11-06T00:00:00Z") + random(14 * 24) * 3_600_000, {
    event: {
      session_id: pick(random, `own ${index}`, `own ${index}`, `own ${index}`, "standing"),
      client: pick(random, "a", "a", "a", "b"),
      trigger: pick(random, "unknown", "schedule", "human"),
      entrypoint: pick(random, "headless", "interactive"),
      key_kind: pick(random, "person", "person", "person", "service"),
      body_hash: pick(random, "x", null),
      ...(failed ? { status: 529, error_kind: "overloaded" as const } : {}),
    },
    features: {
      prefix_hash: "x",
      parent_prefix_hash: pick<string | null>(random, null, null, null, "p"),
      delta_hash: isParaphrase ? `text ${index}` : pick(random, "text", "text", "other text"),
      delta_sketch: random(5) === 0 ? [] : sketchOf(1, isParaphrase ? 57 + random(8) : 64, index),
      output_chars: pick<number | null>(random, 12, 12, 12, 900, null),
    },
  });
}

function randomStep(random: Random, index: number): { event: Arrival; features: FeaturesArrival } {
  return about(index, Date.parse("2026-11-12T12:00:00Z") + random(90) * 60_000, {
    event: { session_id: "steps", trigger: pick(random, "tool", "tool", "tool", "human"), duration_ms: 1000 },
    features: {
      output_chars: 900,
      ...(random(12) === 0
        ? {}
        : { tool_names: ["t"], tool_kinds: ["execute"], tool_args_hashes: [random(12) === 0 ? "b" : "a"] }),
      tool_result_hashes: [random(12) === 0 ? "s" : "r"],
    },
  });
}

function about(
  index: number,
  startMs: number,
  { event, features }: { event: Arrival; features: FeaturesArrival },
): { event: Arrival; features: FeaturesArrival } {
  const known = {
    event_id: `01936a0b-0000-7000-8000-${String(index).padStart(12, "0")}`,
    started_at: new Date(startMs).toISOString(),
  };
  return {
    event: { ...known, person_id: PERSON, key_id: KEY, input_tokens: 1, cost_usd: "1", ...event },
    features: { ...known, ...features },
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
