// Loops: an agent that goes round in a circle is not credited from the fifth time on; one that waits, or tries something else, is.

import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { openAnalysisBench, type AnalysisBench } from "../builders/analysis.ts";
import { analyzeCalls, featuredCall, reasonsOf, type FeaturedCall } from "../builders/repeated-calls.ts";

vi.setConfig({ testTimeout: 240_000 });

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench();
});
beforeEach(() => bench.empty());
afterAll(() => bench.close());

const FIRST_MS = Date.parse("2026-11-15T08:00:00Z");

/** What an answer asked of a tool, what the tool said to it, and the tool. None asked: a text. */
type Step = [asked: string, result: string, tool?: string];

/** One run of these steps, and a last answer in words. */
function runOf(name: string, steps: readonly Step[], agent_id?: string): FeaturedCall[] {
  const asked: Step[] = [...steps, ["", ""]];
  return asked.map(([asks, , tool = "Bash"], index) => {
    const [, results = ""] = steps[index - 1] ?? [];
    return featuredCall(
      FIRST_MS + index * 10_000,
      {
        session_id: name,
        trigger: index === 0 ? "human" : "tool",
        ...(agent_id === undefined ? {} : { agent_id }),
      },
      {
        delta_hash: index === 0 ? name : null,
        output_chars: 400,
        ...(asks === "" ? {} : { tool_names: [tool], tool_kinds: ["execute"], tool_args_hashes: [asks] }),
        ...(results === "" ? {} : { tool_result_hashes: [results] }),
      },
    );
  });
}

const times = (count: number, ...steps: Step[]): Step[] => Array.from({ length: count }, () => steps).flat();

/** @returns the numbers of the steps that are loops */
async function loopsOf(cases: Readonly<Record<string, readonly Step[]>>): Promise<Record<string, number[]>> {
  const runs = Object.entries(cases).map(([what, steps]) => [what, runOf(what, steps)] as const);
  await analyzeCalls(
    bench,
    runs.flatMap(([, calls]) => calls),
  );
  const found: Record<string, number[]> = {};
  for (const [what, calls] of runs) {
    const reasons = await reasonsOf(bench, calls);
    found[what] = reasons.flatMap((reason, index) => (reason === "loop" ? [index + 1] : []));
  }
  return found;
}

test("a cycle of one to five steps is a loop from its fifth time on", async () => {
  const cycle = (length: number): Step[] =>
    Array.from({ length }, (_, index): Step => [`step ${index}`, `result ${index}`]);
  expect(
    await loopsOf({
      "four times": times(4, ["a", "r"]),
      "five times": times(5, ["a", "r"]),
      "seven times after some work": [["x", "1"], ["y", "2"], ...times(7, ["a", "r"] as Step), ["z", "3"]],
      "two steps, five times": times(5, ...cycle(2)),
      "two steps, four times and a half": [...times(4, ...cycle(2)), ...cycle(1)],
      "five steps, five times": times(5, ...cycle(5)),
      "six steps, five times": times(5, ...cycle(6)),
    }),
  ).toEqual({
    "four times": [],
    "five times": [5],
    "seven times after some work": [7, 8, 9],
    "two steps, five times": [9, 10],
    "two steps, four times and a half": [],
    "five steps, five times": [21, 22, 23, 24, 25],
    "six steps, five times": [],
  });
});

test("waiting for an answer, trying something else and working on are no loops", async () => {
  const found = await loopsOf({
    "asking until the answer changes": [...times(12, ["status", "running"]), ["status", "done"]],
    "a tool that is made for asking again": times(12, ["shell 1", "no output", "BashOutput"]),
    "trying again with variation": Array.from({ length: 12 }, (_, index): Step => [`try ${index}`, "error"]),
    "tests after each edit": Array.from({ length: 12 }, (_, index): Step[] => [
      [`edit ${index}`, "ok"],
      ["test", "1 failed"],
    ]).flat(),
    "the same step with another result each time": Array.from({ length: 12 }, (_, index): Step => [
      "date",
      `${index}`,
    ]),
    "one file after the other": Array.from({ length: 12 }, (_, index): Step => [`file ${index}`, "ok"]),
    "a step whose results are unknown": times(12, ["a", ""]),
  });
  expect(Object.values(found).flat()).toEqual([]);
});

test("a wait is known as one only when it ends, and then its calls are credited again; so is a rebuild's answer", async () => {
  const waiting = runOf("waiting", [...times(8, ["status", "running"] as Step), ["status", "done"]]);
  await analyzeCalls(bench, waiting.slice(0, 9));
  expect(await reasonsOf(bench, waiting.slice(0, 9))).toEqual(
    waiting.slice(0, 9).map((_, index) => (index >= 4 && index < 8 ? "loop" : "")),
  );
  await analyzeCalls(bench, waiting.slice(9));
  const ended = await reasonsOf(bench, waiting);
  expect(new Set(ended)).toEqual(new Set([""]));
  await bench.analyze({ full: true });
  expect(await reasonsOf(bench, waiting)).toEqual(ended);
});

test("what agents of one run do at once is no cycle, and each agent's own is", async () => {
  const one = runOf("run", times(6, ["a", "r"]), "one");
  const other = runOf("run", times(4, ["a", "r"]), "other");
  await analyzeCalls(bench, [...one, ...other]);
  expect(await reasonsOf(bench, one)).toEqual(
    one.map((_, index) => (index === 4 || index === 5 ? "loop" : "")),
  );
  expect(new Set(await reasonsOf(bench, other))).toEqual(new Set([""]));
});
