// Padding, cut-off answers, fan-out, echoes and broken caches: what each measures, and what it leaves alone. Each case is a week of a person
// of its own, and all of them are one pass.

import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openAnalysisBench, type AnalysisBench } from "../builders/analysis.ts";
import { hashOf, sketchOf, type SaidCall, type SaidRun } from "../builders/signal-calls.ts";
import { anyTime, measureWeeks, type FindingOf } from "../builders/signal-weeks.ts";
import type { CallFeatures } from "../../schemas/call-features.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const EDIT = { tool_names: ["Edit"], tool_kinds: ["write" as const] };
const PADDED = { delta_compression: 0.1, delta_repetition: 0.5 };
const PROSE = { delta_compression: 0.4, delta_repetition: 0.05 };
const CUT_OFF = { stop_kind: "length" as const };

/** Of `times` prompts the first `some` have these features, the others those. */
const prompts = (
  some: number,
  times: number,
  these: Partial<CallFeatures>,
  those: Partial<CallFeatures>,
  event: SaidCall["event"] = {},
): SaidRun[] =>
  anyTime(times, (place) => ({ text: `prompt ${place}`, features: place < some ? these : those, event }));

const block = (number: number): string => String(1_000_000 + number);
/** Sub-agents of one parent, each with a first prompt and the files that it looked at; then what the parent does. */
const fanOut = (
  runs: number,
  agents: readonly { prompt: string; targets: readonly string[] }[],
  after: Partial<CallFeatures> = {},
): SaidRun[] =>
  anyTime(runs, (run) => [
    { text: `task ${run}` },
    ...agents.map(({ prompt, targets }, place) => ({
      text: prompt,
      trigger: "agent" as const,
      event: { request_kind: "subagent" as const, agent_id: `agent ${run} ${place}` },
      features: {
        tool_names: targets.map(() => "Read"),
        tool_kinds: targets.map(() => "read" as const),
        tool_target_hashes: targets.map(hashOf),
      },
    })),
    { trigger: "tool", features: after },
  ]);
const siblings = (times: number, targetsOf: (place: number) => string[]) =>
  Array.from({ length: times }, (_, place) => ({ prompt: "look", targets: targetsOf(place) }));

/** A run whose every prompt is what was answered before, in one of three ways. */
const rounds = (times: number, echo: (answer: string) => SaidCall): SaidCall[] =>
  Array.from({ length: times + 1 }, (_, place) => {
    const said = place === 0 ? { text: "begin" } : echo(`answer ${place - 1}`);
    const answer = `answer ${place}`;
    const features = {
      output_hash: hashOf(answer),
      output_sketch: sketchOf(answer),
      output_blocks: [block(2 * place), block(2 * place + 1)],
      ...said.features,
    };
    return { ...said, features };
  });

/** A conversation with a cache; `changed`: from which call on its beginning is another at each call. */
const cached = (times: number, changed: number, reads: boolean): SaidCall[] =>
  Array.from({ length: times }, (_, place) => ({
    trigger: place === 0 ? "human" : "tool",
    text: `prompt ${place}`,
    event: { cache_read_tokens: reads ? 900 : 10, cache_write_5m_tokens: 100 },
    features: {
      system_hash: hashOf(place >= changed ? `system ${place}` : "system"),
      prefix_hash: hashOf(`prefix ${place}`),
      parent_prefix_hash: place === 0 ? null : hashOf(`prefix ${place - 1}`),
    },
  }));

const WEEKS: Record<string, SaidRun[]> = {
  padded: prompts(5, 20, PADDED, PROSE),
  "filler on one line": prompts(20, 20, { delta_compression: 0.04, delta_repetition: 0 }, PROSE),
  "four of twenty": prompts(4, 20, PADDED, PROSE),
  "nineteen prompts": prompts(19, 19, PADDED, PROSE),
  code: prompts(20, 20, { delta_compression: 0.22, delta_repetition: 0.35 }, PROSE),
  logs: prompts(20, 20, { delta_compression: 0.1, delta_repetition: 0.02 }, PROSE),
  "padded by a program": prompts(20, 20, PADDED, PROSE, { entrypoint: "sdk", trigger: "unknown" }),
  "padded tool results": anyTime(20, (run) => [
    { text: `task ${run}` },
    { trigger: "tool", features: PADDED },
  ]),
  "shared paragraphs": prompts(
    10,
    20,
    { delta_blocks: [block(1), block(2)] },
    { delta_blocks: [block(3)] },
  ).map((run, place) =>
    place < 10 ? run : { ...run, calls: run.calls.map((call) => ownBlocks(call, place)) },
  ),
  "paragraphs in nine": prompts(9, 20, { delta_blocks: [block(1)] }, {}).map((run, place) =>
    place < 9 ? run : { ...run, calls: run.calls.map((call) => ownBlocks(call, place)) },
  ),
  "one prompt again": anyTime(20, () => ({ text: "again", features: { delta_blocks: [block(1)] } })),
  "left lying": anyTime(30, (run) => ({ text: `write ${run}`, event: run < 15 ? CUT_OFF : {} })),
  "29 answers": anyTime(29, (run) => ({ text: `write ${run}`, event: CUT_OFF })),
  "gone on with": anyTime(30, (run) => [
    { text: `write ${run}`, event: CUT_OFF },
    { text: "go on", isShort: true },
  ]),
  kept: anyTime(30, (run) => [
    { text: `write ${run}`, features: EDIT },
    { trigger: "tool", event: CUT_OFF },
  ]),
  "used elsewhere": anyTime(30, (run) => ({
    text: `write ${run}`,
    event: CUT_OFF,
    features: { output_blocks: [block(run)], delta_blocks: [block(run - 1)] },
  })),
  "fan-out": fanOut(
    3,
    siblings(4, () => ["a", "b"]),
  ),
  "two siblings": fanOut(
    6,
    siblings(2, () => ["a", "b"]),
  ),
  "nine agents": fanOut(
    3,
    siblings(3, () => ["a", "b"]),
  ),
  "map over files": fanOut(
    3,
    siblings(4, (place) => [`file ${place}`]),
  ),
  "other prompts": fanOut(
    3,
    [1, 2, 3, 4].map((place) => ({ prompt: `look ${place}`, targets: ["a"] })),
  ),
  "results read": fanOut(
    3,
    siblings(4, () => ["a", "b"]),
    EDIT,
  ),
  echo: [{ atMs: 0, calls: rounds(10, (text) => ({ text })) }],
  "echo with an instruction": [{ atMs: 0, calls: rounds(10, (answer) => ({ text: `${answer}~9` })) }],
  "echo of paragraphs": [
    {
      atMs: 0,
      calls: rounds(10, (answer) => ({
        text: `of ${answer}`,
        features: { delta_blocks: [blockOf(answer)] },
      })),
    },
  ],
  "nine rounds": [{ atMs: 0, calls: rounds(9, (text) => ({ text })) }],
  "echo beside tools": [
    {
      atMs: 0,
      calls: rounds(10, (text) => ({ text, features: { tool_result_hashes: [hashOf("result")] } })),
    },
  ],
  dialogue: [{ atMs: 0, calls: rounds(20, (answer) => ({ text: `reply to ${answer}` })) }],
  busted: [{ atMs: 0, calls: cached(31, 0, false) }],
  "busted in the second half": [{ atMs: 0, calls: cached(41, 21, false) }],
  "thirty calls": [{ atMs: 0, calls: cached(30, 0, false) }],
  expired: [{ atMs: 0, calls: cached(31, 31, false) }],
  "changed but read": [{ atMs: 0, calls: cached(31, 0, true) }],
};

function ownBlocks(call: SaidCall, place: number): SaidCall {
  return { ...call, features: { delta_blocks: [block(100 + place)] } };
}

function blockOf(answer: string): string {
  return block(2 * Number(answer.split(" ")[1]));
}

let bench: AnalysisBench;
let findingOf: FindingOf;
beforeAll(async () => {
  bench = await openAnalysisBench();
  findingOf = await measureWeeks(bench, WEEKS);
});
afterAll(() => bench.close());

test.each([
  ["repeated_lines", "padded", 0.25, true],
  ["repeated_lines", "filler on one line", 1, true],
  ["repeated_lines", "four of twenty", 0.2, false],
  ["repeated_lines", "nineteen prompts", undefined, false],
  ["repeated_lines", "code", 0, false],
  ["repeated_lines", "logs", 0, false],
  ["repeated_lines", "padded by a program", undefined, false],
  ["repeated_lines", "padded tool results", undefined, false],
  ["shared_blocks", "shared paragraphs", 0.5, true],
  ["shared_blocks", "paragraphs in nine", 0, false],
  ["shared_blocks", "one prompt again", 0, false],
  ["cut_off_answers", "left lying", 0.5, true],
  ["cut_off_answers", "29 answers", undefined, false],
  ["cut_off_answers", "gone on with", 0, false],
  ["cut_off_answers", "kept", 0, false],
  ["cut_off_answers", "used elsewhere", 1 / 30, false],
  ["alike_agents", "fan-out", 0.75, true],
  ["alike_agents", "two siblings", 0, false],
  ["alike_agents", "nine agents", undefined, false],
  ["alike_agents", "map over files", 0, false],
  ["alike_agents", "other prompts", 0, false],
  ["alike_agents", "results read", 0, false],
  ["echoed_answers", "echo", 10 / 11, true],
  ["echoed_answers", "echo with an instruction", 10 / 11, true],
  ["echoed_answers", "echo of paragraphs", 10 / 11, true],
  ["echoed_answers", "nine rounds", 0, false],
  ["echoed_answers", "echo beside tools", undefined, false],
  ["echoed_answers", "dialogue", 0, false],
  ["changing_prefixes", "busted", 1, true],
  ["changing_prefixes", "busted in the second half", 0.5, true],
  ["changing_prefixes", "thirty calls", undefined, false],
  ["changing_prefixes", "expired", 0, false],
  ["changing_prefixes", "changed but read", 0, false],
] as const)("%s of a week of %s is %d, above the floor: %s", (signal, week, effect, isAboveFloor) => {
  const finding = findingOf(week, signal);
  expect(finding?.effect ?? -1).toBeCloseTo(effect ?? -1, 9);
  expect(finding?.is_above_floor ?? false).toBe(isAboveFloor);
  expect(finding?.p_value ?? null).toBeNull();
  expect((finding?.named_cost_usd ?? 0) > 0).toBe((effect ?? 0) > 0);
});
