// Replay, schedule and no-op: what each fires on, what it leaves alone, and where its floor lies. Each case is a week of a person of its own,
// and all of them are one pass.

import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { SIGNALS } from "../../analytics/signals/signals.ts";
import { openAnalysisBench, type AnalysisBench } from "../builders/analysis.ts";
import { MINUTE_MS, repeatRuns, WEEK, type SaidCall, type SaidRun } from "../builders/signal-calls.ts";
import { anyTime, DAY_MS, HOUR_MS, measureWeeks, speaks, type FindingOf } from "../builders/signal-weeks.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const EDIT = { tool_names: ["Edit"], tool_kinds: ["write" as const] };
const replays = (times: number): SaidRun[] => anyTime(times, () => ({ text: "again", trigger: "unknown" }));
const varied = (times: number, said: Partial<SaidCall> = {}): SaidRun[] =>
  anyTime(times, (place) => ({ text: `question ${place}`, ...said }));
const ofClass = (runs: readonly SaidRun[], workload_class: "evaluation" | "exploration"): SaidRun[] =>
  runs.map((run) => ({
    ...run,
    calls: run.calls.map((call) => ({ ...call, event: { workload_class, class_source: "header" as const } })),
  }));

const WEEKS = {
  timer: repeatRuns(60, 30 * MINUTE_MS, () => ({ text: "report", trigger: "unknown" })),
  "varied work": varied(60),
  paraphrases: anyTime(40, (place) => ({
    text: place === 0 ? "ask" : `ask~${place % 12}`,
    trigger: "unknown",
  })),
  "less alike": anyTime(40, (place) => ({
    text: `ask ${place} ~ 14`.replace(" ~ ", "~"),
    trigger: "unknown",
  })),
  "20 of 40": [...replays(20), ...varied(20)],
  "19 of 38": [...replays(19), ...varied(19)],
  "20 of 41": [...replays(20), ...varied(21)],
  "27 distinct of 45 repeat": [...replays(28), ...varied(17)],
  "26 of 45 repeat": [...replays(27), ...varied(18)],
  "27 of 44 repeat": [...replays(28), ...varied(16)],
  "go on": anyTime(5, (run) => [
    { text: `task ${run}` },
    ...Array.from({ length: 30 }, () => ({ text: "go on", isShort: true })),
    ...Array.from({ length: 30 }, () => ({ text: "a reminder that the client puts in" })),
  ]),
  "short turns": anyTime(50, (run) => [{ text: `task ${run}` }, { text: "continue", isShort: true }]),
  evaluation: ofClass(replays(60), "evaluation"),
  heartbeats: repeatRuns(100, 30 * MINUTE_MS, () => ({
    text: "is there anything to do",
    isShort: true,
    trigger: "schedule",
    event: { client: "openclaw" },
    features: { output_chars: 12 },
  })),
  outage: repeatRuns(60, 5000, (place) => ({
    text: "the same again",
    event: { body_hash: "body", ...(place < 59 ? { status: 500, error_kind: "server_error" as const } : {}) },
  })),
  "registered schedule": repeatRuns(60, 30 * MINUTE_MS, () => ({
    text: "nightly",
    event: { workload_class: "scheduled", class_source: "schedule" },
  })),
  "service key": repeatRuns(60, 30 * MINUTE_MS, () => ({ text: "bot", event: { key_kind: "service" } })),
  "49 starts": repeatRuns(49, HOUR_MS, () => ({ text: "tick" })),
  "50 starts": repeatRuns(50, HOUR_MS, () => ({ text: "tick" })),
  "in 19 periods": repeatRuns(57, 20 * MINUTE_MS, (place) => ({ text: `tick ${place % 3}` })).map(
    atMinute(20),
  ),
  "working hours": [0, 1, 2, 3, 4].flatMap((day) =>
    anyTime(20, () => ({ text: "standup" }), 8 * HOUR_MS).map((run) => ({
      ...run,
      atMs: run.atMs + day * DAY_MS + 9 * HOUR_MS,
    })),
  ),
  "varied on the hour": repeatRuns(60, HOUR_MS, (place) => ({ text: `question ${place}` })),
  bursts: [0, 1, 2, 3].flatMap((burst) =>
    repeatRuns(20, MINUTE_MS / 2, () => ({ text: "retry by hand" })).map((run) => ({
      ...run,
      atMs: run.atMs + burst * 31 * HOUR_MS,
    })),
  ),
  "10 idle runs": [...replays(10), ...varied(10, { features: EDIT })],
  "9 idle runs": [...replays(9), ...varied(9, { features: EDIT })],
  "10 idle runs of 21": [...replays(10), ...varied(11, { features: EDIT })],
  editing: anyTime(20, () => [{ text: "fix the next one" }, { trigger: "tool", features: EDIT }]),
  "read back": anyTime(20, (run) => [{ text: "digest" }, { text: `and what of ${run}?` }]),
  "read back by a replay": anyTime(20, () => [{ text: "digest" }, { text: "digest" }]),
  exploration: ofClass(replays(20), "exploration"),
} satisfies Record<string, SaidRun[]>;

/** Puts starts at one minute of each period of an hour, so that fewer periods have more starts. */
function atMinute(everyMinutes: number): (run: SaidRun, place: number) => SaidRun {
  return (run, place) => ({
    ...run,
    atMs: Math.floor(place / 3) * HOUR_MS + (place % 3) * (everyMinutes / 20),
  });
}

let bench: AnalysisBench;
let findingOf: FindingOf;

beforeAll(async () => {
  bench = await openAnalysisBench();
  findingOf = await measureWeeks(bench, WEEKS);
});
afterAll(() => bench.close());

test("a prompt that a timer sends again and again is replay, schedule and no-op at once, of the runs that it names", () => {
  const named = { week: WEEK, workload_class: "", cases: 60, p_value_source: "absolute", named_cost_usd: 60 };
  expect(findingOf("timer", "replay_clusters")).toMatchObject({ ...named, family: "replay", effect: 1 });
  expect(findingOf("timer", "prompt_variety")).toMatchObject({ ...named, family: "replay", effect: 59 / 60 });
  expect(findingOf("timer", "phase_lock")).toMatchObject({ ...named, family: "schedule" });
  expect(findingOf("timer", "phase_lock")?.effect).toBeCloseTo(1, 6);
  expect(findingOf("timer", "no_op_runs")).toMatchObject({ ...named, family: "no_op", effect: 1 });
  for (const signal of ["replay_clusters", "prompt_variety", "phase_lock", "no_op_runs"]) {
    expect(speaks(findingOf("timer", signal))).toBe(true);
    expect(new Set(findingOf("timer", signal)?.run_ids).size).toBe(60);
  }
});

test("varied work is looked at, and says nothing", () => {
  for (const signal of ["replay_clusters", "prompt_variety", "no_op_runs"])
    expect(findingOf("varied work", signal)).toMatchObject({
      effect: 0,
      p_value: 1,
      run_ids: [],
      named_cost_usd: 0,
    });
  expect(findingOf("varied work", "phase_lock")).toBeUndefined();
});

test.each([
  ["replay_clusters", "paraphrases", true],
  ["replay_clusters", "less alike", false],
  ["replay_clusters", "20 of 40", true],
  ["replay_clusters", "19 of 38", false],
  ["replay_clusters", "20 of 41", false],
  ["replay_clusters", "go on", false],
  ["replay_clusters", "short turns", false],
  ["replay_clusters", "evaluation", false],
  ["prompt_variety", "paraphrases", false],
  ["prompt_variety", "27 distinct of 45 repeat", true],
  ["prompt_variety", "26 of 45 repeat", false],
  ["prompt_variety", "27 of 44 repeat", false],
  ["prompt_variety", "go on", false],
  ["prompt_variety", "short turns", false],
  ["prompt_variety", "evaluation", false],
  ["phase_lock", "50 starts", true],
  ["phase_lock", "49 starts", false],
  ["phase_lock", "in 19 periods", false],
  ["phase_lock", "working hours", false],
  ["phase_lock", "varied on the hour", false],
  ["phase_lock", "bursts", false],
  ["no_op_runs", "editing", false],
  ["no_op_runs", "read back", false],
  ["no_op_runs", "read back by a replay", true],
  ["no_op_runs", "exploration", false],
  ["no_op_runs", "evaluation", false],
] as const)("%s of a week of %s: %s", (signal, week, expected) => {
  expect(speaks(findingOf(week, signal))).toBe(expected);
});

test.each([
  ["10 idle runs", 0.5, true],
  ["9 idle runs", 0, false],
  ["10 idle runs of 21", 10 / 21, false],
] as const)("%s of equal cost have the effect %d, above the floor: %s", (week, effect, is_above_floor) => {
  expect(findingOf(week, "no_op_runs")).toMatchObject({ effect, is_above_floor });
});

test("schedules that are registered, service keys, heartbeats and retries are not looked at", () => {
  for (const week of ["registered schedule", "service key", "heartbeats", "outage"] as const)
    for (const { name } of SIGNALS) expect(findingOf(week, name)).toBeUndefined();
});

test("a class in which repeating is the work has no null, and without a reference no p-value", () => {
  expect(findingOf("evaluation", "replay_clusters")).toMatchObject({
    effect: 1,
    is_above_floor: true,
    p_value: null,
    p_value_source: "none",
    workload_class: "evaluation",
  });
});
