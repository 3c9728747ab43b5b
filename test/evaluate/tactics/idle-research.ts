// "Research this thoroughly", each hour again: a long run of searches that nobody comes back to.

import { call, inputFor } from "../population/scripted-call.ts";
import { runScript } from "./script.ts";
import type { Tactic } from "./tactic.ts";

const EVERY_MINUTES = 60;
const RUN_USD_MIN = 0.1;
const PROMPT_CHARS = 1200;
const STEPS = 14;
const STEP_TOKENS = 220;
const STEP_MS = 20_000;

export const idleResearch: Tactic = {
  name: "idle research",
  description: "Each hour an agent is sent to research the same question, and nobody reads what it found.",
  isScripted: true,
  hasWords: true,
  inject: (injection) => {
    const { model, prices } = injection;
    const rates = prices.ratesOf(model);
    return runScript(injection, {
      everyMinutes: EVERY_MINUTES,
      runUsdMin: RUN_USD_MIN,
      promptChars: PROMPT_CHARS,
      callsOf(opening, runUsd, random, name) {
        const input = inputFor(runUsd / STEPS - STEP_TOKENS * rates.output, rates.input);
        return Array.from({ length: STEPS }, (_, step) => {
          const asks = step < STEPS - 1;
          const query = random.word(10);
          return call({
            afterMs: step * STEP_MS,
            model,
            ...(step === 0 ? { prompt: opening } : {}),
            tokens: { input, output: STEP_TOKENS },
            tools: asks ? [{ name: "WebSearch", kind: "read", args: query, target: "" }] : [],
            results: step === 0 ? [] : [{ hash: random.word(12), isError: false }],
            toolChars: step === 0 ? 0 : 6000,
            answer: { chars: STEP_TOKENS * 4, hash: `${name}r${step}` },
          });
        });
      },
    });
  },
};
