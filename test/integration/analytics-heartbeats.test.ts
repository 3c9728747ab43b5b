// Heartbeats: what a client does by itself over and over is not credited, and nothing else is taken with it.

import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import {
  KEY,
  openAnalysisBench,
  type AnalysisBench,
  type Arrival,
  type FeaturesArrival,
} from "../builders/analysis.ts";
import { analyzeCalls, featuredCall, reasonsOf, type FeaturedCall } from "../builders/repeated-calls.ts";

vi.setConfig({ testTimeout: 240_000 });

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench();
});
beforeEach(() => bench.empty());
afterAll(() => bench.close());

const FIRST_MS = Date.parse("2026-11-10T00:00:00Z");
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const BEAT = { client: "openclaw", trigger: "schedule", key_id: KEY } as const;
const BEAT_FEATURES: FeaturesArrival = { delta_hash: "read HEARTBEAT.md", output_chars: 300 };

/** One turn, of a run of its own. */
function beat(startMs: number, event: Arrival = {}, features: FeaturesArrival = {}): FeaturedCall {
  return featuredCall(
    startMs,
    { ...BEAT, session_id: `beat ${startMs}`, ...event },
    { ...BEAT_FEATURES, ...features },
  );
}

/** So many over so many days, the first and the last moment included. */
function beats(
  count: number,
  days: number,
  event: Arrival = {},
  features: FeaturesArrival = {},
): FeaturedCall[] {
  const step = (days * DAY_MS) / (count - 1);
  return Array.from({ length: count }, (_, index) =>
    beat(FIRST_MS + Math.round(index * step), event, features),
  );
}

const all = (calls: readonly FeaturedCall[], reason: string) => calls.map(() => reason);

test("the tenth turn within seven days takes the credit of the nine before", async () => {
  const ten = beats(10, 7);
  await analyzeCalls(bench, ten.slice(0, 9));
  expect(await reasonsOf(bench, ten.slice(0, 9))).toEqual(all(ten.slice(1), ""));
  await analyzeCalls(bench, ten.slice(9));
  expect(await reasonsOf(bench, ten)).toEqual(all(ten, "heartbeat"));
  expect(await bench.rows("person_weeks")).toMatchObject([
    { credited_cost_usd: "0", uncredited_cost_usd: { heartbeat: "8" } },
    { credited_cost_usd: "0", uncredited_cost_usd: { heartbeat: "2" } },
  ]);
  await bench.analyze({ full: true });
  expect(await reasonsOf(bench, ten)).toEqual(all(ten, "heartbeat"));
});

const acting = (kind: "write" | "execute" | "communicate"): FeaturesArrival => ({
  tool_names: ["tool"],
  tool_kinds: [kind],
  tool_args_hashes: ["x"],
});

/** What keeps turns from being heartbeats. Each is done by a person of its own, so that one pass judges all. */
const INNOCENT: Readonly<Record<string, (person_id: string) => FeaturedCall[]>> = {
  "ten turns in a millisecond more than seven days": (person_id) => [
    ...beats(9, 6, { person_id }),
    beat(FIRST_MS + 7 * DAY_MS + 1, { person_id }),
  ],
  "nine turns": (person_id) => beats(9, 1, { person_id }),
  "an answer of a character more": (person_id) => beats(12, 1, { person_id }, { output_chars: 301 }),
  "answers of unknown length": (person_id) => beats(12, 1, { person_id }, { output_chars: null }),
  "turns that write": (person_id) => beats(12, 1, { person_id }, acting("write")),
  "turns that execute": (person_id) => beats(12, 1, { person_id }, acting("execute")),
  "turns that say something": (person_id) => beats(12, 1, { person_id }, acting("communicate")),
  "turns of a service key": (person_id) => beats(12, 1, { person_id, key_kind: "service" }),
  "turns of which others are of another client or text": (person_id) => [
    ...beats(9, 1, { person_id }),
    beat(FIRST_MS, { person_id, client: "hermes" }),
    beat(FIRST_MS + 1, { person_id }, { delta_hash: "something else" }),
  ],
};

test("turns that are too few, too far apart, too long or of some use are credited, and those of services", async () => {
  const cases = Object.entries(INNOCENT).map(([what, build], index) => ({
    what,
    calls: build(`01936a09-0000-7000-8000-00000000000${index}`),
  }));
  const nobodys = beats(12, 1, { person_id: null }, { person_id: null });
  await analyzeCalls(bench, [...cases.flatMap(({ calls }) => calls), ...nobodys]);
  for (const { what, calls } of cases) expect(await reasonsOf(bench, calls), what).toEqual(all(calls, ""));
  expect(await reasonsOf(bench, nobodys)).toEqual(all(nobodys, ""));
});

test("an installed OpenClaw loses the credit of its heartbeats, with the reads in them, and of nothing else", async () => {
  const days = 3;
  const beating = Array.from({ length: days * 48 }, (_, index) => {
    const startMs = FIRST_MS + index * 0.5 * HOUR_MS;
    const run = { client_run_id: `beat ${index}`, run_id_source: "client" } as const;
    const asked = beat(startMs, run, { tool_names: ["read"], tool_kinds: ["read"], tool_args_hashes: ["h"] });
    const answered = beat(
      startMs + 2000,
      { ...run, trigger: "tool" },
      { delta_hash: null, tool_result_hashes: ["r"] },
    );
    return index % 2 === 0 ? [asked, answered] : [beat(startMs, run)];
  }).flat();
  const work = Array.from({ length: 12 }, (_, index) =>
    featuredCall(
      FIRST_MS + index * 5 * HOUR_MS + 1000,
      { client: "openclaw", trigger: "human", client_run_id: `work ${index}`, run_id_source: "client" },
      { delta_hash: `prompt ${index}`, output_chars: 40 },
    ),
  );
  await analyzeCalls(bench, [...beating, ...work]);
  expect(new Set(await reasonsOf(bench, beating))).toEqual(new Set(["heartbeat"]));
  expect(new Set(await reasonsOf(bench, work))).toEqual(new Set([""]));
});

test("in a standing session a person's prompt, its features lost, is no part of the heartbeat before it", async () => {
  const session = { session_id: "standing" };
  const beating = beats(12, 1, session);
  const prompt = featuredCall(FIRST_MS + 1000, { client: "openclaw", ...session, trigger: "human" });
  await analyzeCalls(bench, [...beating, { ...prompt, features: undefined }]);
  expect(await reasonsOf(bench, beating)).toEqual(all(beating, "heartbeat"));
  expect(await reasonsOf(bench, [prompt])).toEqual([""]);
});

test("turns before and after a change of keys are the same turns", async () => {
  const before = beats(6, 3);
  const after = Array.from({ length: 4 }, (_, index) =>
    beat(
      FIRST_MS + (4 + index * 0.5) * DAY_MS,
      {},
      { delta_hash: "new", delta_hash_previous: "read HEARTBEAT.md" },
    ),
  );
  await analyzeCalls(bench, [...before, ...after]);
  expect(await reasonsOf(bench, [...before, ...after])).toEqual(all([...before, ...after], "heartbeat"));
});

test("a prompt that comes in late ends the turn before it, which is the tenth heartbeat then", async () => {
  const ten = beats(10, 7);
  const tenthMs = FIRST_MS + 7 * DAY_MS;
  const session = { session_id: `beat ${tenthMs}` };
  const write = { delta_hash: null, ...acting("write") };
  const acted = beat(tenthMs + 0.3 * HOUR_MS, { ...session, trigger: "tool" }, write);
  await analyzeCalls(bench, [...ten, acted]);
  expect(await reasonsOf(bench, ten)).toEqual(all(ten, ""));
  const prompt = beat(
    tenthMs + 0.25 * HOUR_MS,
    { ...session, trigger: "human" },
    { delta_hash: "write it down" },
  );
  await analyzeCalls(bench, [prompt]);
  expect(await reasonsOf(bench, ten)).toEqual(all(ten, "heartbeat"));
  expect(await reasonsOf(bench, [prompt, acted])).toEqual(["", ""]);
});

test("a heartbeat stays one when the features behind it are gone, also in a rebuild", async () => {
  const expires_at = new Date(bench.options.clock().getTime() + DAY_MS);
  const ten = beats(10, 7, {}, { expires_at });
  await analyzeCalls(bench, ten);
  expect(await reasonsOf(bench, ten)).toEqual(all(ten, "heartbeat"));
  for (const full of [false, true]) {
    await bench.arrive({ session_id: "late", started_at: new Date(FIRST_MS - HOUR_MS).toISOString() });
    await bench.analyze({ full, now: new Date(expires_at.getTime() + 1000) });
    expect(await reasonsOf(bench, ten)).toEqual(all(ten, "heartbeat"));
  }
});
