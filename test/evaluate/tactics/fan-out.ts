// One prompt starts eight sub-agents with the same task, on the same files; what they found is not read.

import { rephrase, writePrompt } from "../population/sketches.ts";
import { call, inputFor, OVERHEAD_TOKENS, readTool } from "../population/scripted-call.ts";
import { runScript } from "./script.ts";
import type { Tactic } from "./tactic.ts";

const EVERY_MINUTES = 30;
const RUN_USD_MIN = 0.2;
const PROMPT_CHARS = 700;
const TASK_CHARS = 600;
const SIBLINGS = 8;
const ANSWER_TOKENS = 300;
const SIBLINGS_AFTER_MS = 6000;
const FILES = ["main", "config", "README"] as const;

export const fanOut: Tactic = {
  name: "fan-out",
  description:
    "Each run starts eight sub-agents with the same task on the same files and reads none of their answers.",
  isScripted: true,
  hasWords: true,
  inject: (injection) => {
    const { model, prices, script, stealth } = injection;
    const rates = prices.ratesOf(model);
    const task = writePrompt(script.fork("task"), TASK_CHARS);
    return runScript(injection, {
      everyMinutes: EVERY_MINUTES,
      runUsdMin: RUN_USD_MIN,
      promptChars: PROMPT_CHARS,
      callsOf(opening, runUsd, random, name) {
        const parentUsd = OVERHEAD_TOKENS * rates.cacheRead + ANSWER_TOKENS * rates.output;
        const input = inputFor(
          (runUsd - parentUsd) / (2 * SIBLINGS) - ANSWER_TOKENS * rates.output,
          rates.input,
        );
        const tools = Array.from({ length: SIBLINGS }, (_, at) => ({
          name: "Task",
          kind: "other" as const,
          args: `${name}.${at}`,
          target: "",
        }));
        const parent = call({
          afterMs: 0,
          model,
          prompt: opening,
          tokens: { input: 200, cacheRead: OVERHEAD_TOKENS, output: ANSWER_TOKENS },
          tools,
          answer: { chars: ANSWER_TOKENS, hash: `${name}a` },
        });
        const siblings = tools.flatMap((_tool, at) => {
          const reads = FILES.map((file) => readTool("fan-out", file));
          const shared = { model, agent: `sub${at}`, tokens: { input, output: ANSWER_TOKENS } };
          return [
            call({
              ...shared,
              afterMs: SIBLINGS_AFTER_MS + at * 150,
              prompt: rephrase(task, stealth.similarity, random),
              trigger: "agent",
              tools: reads,
              answer: { chars: ANSWER_TOKENS * 4, hash: `${name}s${at}` },
            }),
            call({
              ...shared,
              afterMs: SIBLINGS_AFTER_MS + 9000 + at * 150,
              results: reads.map(({ args }) => ({ hash: args, isError: false })),
              toolChars: 9000,
              answer: { chars: ANSWER_TOKENS * 4, hash: `${name}t${at}` },
            }),
          ];
        });
        return [parent, ...siblings];
      },
    });
  },
};
