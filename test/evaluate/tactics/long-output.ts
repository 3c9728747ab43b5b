// "Write ten thousand words": the answer runs into its limit, and nobody reads it.

import { call, OVERHEAD_TOKENS } from "../population/scripted-call.ts";
import { runScript } from "./script.ts";
import type { Tactic } from "./tactic.ts";

const EVERY_MINUTES = 10;
const RUN_USD_MIN = 0.03;
const PROMPT_CHARS = 420;
const TOKENS_MIN = 1000;
const TOKENS_MAX = 32_000;
const CHARS_PER_TOKEN = 4;
const CUT = 0.85;

export const longOutput: Tactic = {
  name: "long output",
  description: "A loop asks for texts that run into the output limit, and throws them away.",
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
        const output = Math.round(
          (runUsd - OVERHEAD_TOKENS * rates.cacheRead) / Math.max(rates.output, 1e-9),
        );
        const tokens = Math.min(TOKENS_MAX, Math.max(TOKENS_MIN, output));
        return [
          call({
            afterMs: 0,
            model,
            prompt: opening,
            tokens: { input: 120, cacheRead: OVERHEAD_TOKENS, output: tokens },
            answer: { chars: tokens * CHARS_PER_TOKEN, hash: `${name}a`, compression: 0.4 },
            stop: random.chance(CUT) ? "length" : "end",
          }),
        ];
      },
    });
  },
};
