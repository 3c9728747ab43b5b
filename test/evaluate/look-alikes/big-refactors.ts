// Four weeks of one refactor: three times the work, prompts that go on in nearly the same words, sub-agents with one task on many
// files, and its pull requests only at the end.

import { WEEK_MS } from "../population/calendar.ts";
import { call, readTool } from "../population/scripted-call.ts";
import { rephrase, writePrompt } from "../population/sketches.ts";
import type { VirtualRun } from "../population/virtual.ts";
import type { LookAlike, LookAlikeWeek } from "./look-alike.ts";

const WEEKS_OF_REFACTOR = [3, 4, 5, 6];
const RUNS = 10;
const SIBLINGS = 6;
const SIMILARITY = 0.7;
const TASK_SIMILARITY = 0.9;
const PROMPT_CHARS = 600;

export const bigRefactors: LookAlike = {
  name: "big refactor",
  description: "For four weeks three times the usual work with much the same prompts, merged at the end.",
  ownRate: 0.3,
  live(week) {
    if (!WEEKS_OF_REFACTOR.includes(week.week)) return [...week.own];
    const lastMs = (7 - week.week) * WEEK_MS;
    const late = week.own.map((run) => ({
      ...run,
      outcomes: run.outcomes.map((outcome) => ({
        ...outcome,
        afterMs: Math.min(outcome.afterMs + WEEK_MS, Math.max(lastMs, outcome.afterMs)),
      })),
    }));
    return [...late, ...Array.from({ length: RUNS }, (_, at) => refactor(week, at))];
  },
};

function refactor(week: LookAlikeWeek, at: number): VirtualRun {
  const { habit, random, name, weekStartMs, model } = week;
  const prompt = rephrase(writePrompt(habit.fork("prompt"), PROMPT_CHARS), SIMILARITY, random);
  const task = writePrompt(habit.fork("task"), PROMPT_CHARS);
  const session = `${name}-b${week.week}-${at}`;
  const tokens = { input: 4000, cacheRead: 60_000, output: 900 };
  const spawned = Array.from({ length: SIBLINGS }, (_, sibling) => {
    const file = `${session}.${sibling}`;
    const edit = { name: "Edit", kind: "write" as const, args: file, target: file };
    const agent = `sub${sibling}`;
    const opening = { prompt: rephrase(task, TASK_SIMILARITY, random), trigger: "agent" as const };
    const answer = { chars: 800, hash: file };
    return [
      call({ afterMs: 8000, model, agent, tokens, ...opening, tools: [readTool(file, file), edit], answer }),
      call({ afterMs: 40_000, model, agent, tokens, results: [{ hash: file, isError: false }], answer }),
    ];
  });
  const tools = spawned.map((_agent, sibling) => ({
    name: "Task",
    kind: "other" as const,
    args: `${session}${sibling}`,
    target: "",
  }));
  return {
    session,
    startsAtMs:
      weekStartMs + random.integer(0, 4) * 86_400_000 + random.integer(8 * 3_600_000, 18 * 3_600_000),
    client: model.startsWith("gpt-") ? "codex" : "claude-code",
    entrypoint: "interactive",
    calls: [
      call({
        afterMs: 0,
        model,
        prompt,
        trigger: "human",
        tokens,
        tools,
        answer: { chars: 300, hash: session },
      }),
      ...spawned.flat(),
      call({
        afterMs: 60_000,
        model,
        tokens,
        results: tools.map(({ args }) => ({ hash: args, isError: false })),
        tools: [{ name: "Bash", kind: "execute", args: session, target: "" }],
        answer: { chars: 900, hash: `${session}z` },
      }),
    ],
    outcomes: [],
    isInjected: false,
  };
}
