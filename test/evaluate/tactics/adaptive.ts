// Somebody who knows every rule of the method and stays under each: other words each time, no rhythm, a scratch file written in each
// run, in a client that a person uses. What is left to find is that nothing comes of it. The second one registers the schedule of a
// plain replay; the third makes three pull requests of each of their own as well.

import type { Random } from "../../simulation/random.ts";
import { atWork } from "../population/calendar.ts";
import { call, inputFor, readTool } from "../population/scripted-call.ts";
import { writePrompt } from "../population/sketches.ts";
import type { VirtualRun } from "../population/virtual.ts";
import { replay } from "./replay.ts";
import { clientOf } from "./script.ts";
import type { Injection, Tactic } from "./tactic.ts";

const RUN_USD = 1.5;
const RUNS_MIN = 3;
const RUNS_MAX = 60;
const STEPS = 6;
const STEP_MS = 25_000;
const STEP_TOKENS = 250;
const PROMPT_CHARS = [250, 900] as const;
const WORKING_DAYS = 5;
const PIECES = 3;

export const adaptive: Tactic = {
  name: "adaptive",
  description: "Varied prompts at odd times, each run with a scratch file written, under every floor.",
  isScripted: true,
  hasWords: true,
  inject: (injection) => [...injection.own, ...blendIn(injection)],
};

export const adaptiveRegistered: Tactic = {
  name: "adaptive, registered",
  description: "The replay by cron, whose schedule is registered as the person's own.",
  isScripted: true,
  hasWords: true,
  inject: (injection) => replay.inject(injection),
};

export const adaptiveSplitting: Tactic = {
  name: "adaptive, splitting",
  description: "As the first, and each own pull request is split into three that a colleague approves.",
  isScripted: true,
  hasWords: true,
  inject: (injection) => [...injection.own.map(split), ...blendIn(injection)],
};

export const ADVERSARIES: readonly Tactic[] = [adaptive, adaptiveRegistered, adaptiveSplitting];

/** When the schedule is due that the second adversary registers: that of the replay. */
export const REGISTERED_CRON = "*/15 8-17 * * *";

function blendIn(injection: Injection): VirtualRun[] {
  const { budgetUsd, random, name, weekStartMs, model } = injection;
  const count = Math.min(RUNS_MAX, Math.max(RUNS_MIN, Math.round(budgetUsd / RUN_USD)));
  return Array.from({ length: count }, (_, at): VirtualRun => {
    const startsAtMs = atWork(weekStartMs, random.integer(0, WORKING_DAYS - 1), random.uniform());
    const session = `${name}-v${at}-${Math.round(weekStartMs / 1e6)}`;
    return {
      session,
      startsAtMs,
      client: clientOf(model),
      entrypoint: "interactive",
      calls: callsOf(injection, budgetUsd / count, session, random),
      outcomes: [],
      isInjected: true,
    };
  });
}

function callsOf({ model, prices }: Injection, runUsd: number, session: string, random: Random) {
  const rates = prices.ratesOf(model);
  const input = inputFor(runUsd / STEPS - STEP_TOKENS * rates.output, rates.input);
  return Array.from({ length: STEPS }, (_, step) => {
    const target = random.word(8);
    const isLast = step === STEPS - 1;
    const write = {
      name: "Write",
      kind: "write" as const,
      args: `${session}.${step}`,
      target: `scratch.${target}`,
    };
    const tools = step === STEPS - 2 ? [write] : [readTool(session, target)];
    return call({
      afterMs: step * STEP_MS,
      model,
      ...(step === 0
        ? { prompt: writePrompt(random, random.integer(...PROMPT_CHARS)), trigger: "human" as const }
        : { results: [{ hash: random.word(12), isError: false }], toolChars: 5000 }),
      tokens: { input, output: STEP_TOKENS },
      tools: isLast ? [] : tools,
      answer: { chars: STEP_TOKENS * 4, hash: `${session}a${step}` },
    });
  });
}

function split(run: VirtualRun): VirtualRun {
  return {
    ...run,
    outcomes: run.outcomes.flatMap((outcome) =>
      outcome.kind === "pr_merged" ? Array.from({ length: PIECES }, () => outcome) : [outcome],
    ),
  };
}
