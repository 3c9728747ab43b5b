// A fixed prompt by cron: each run reads two files, answers, and is never looked at.

import { call, inputFor, readTool } from "../population/scripted-call.ts";
import { runScript } from "./script.ts";
import type { Tactic } from "./tactic.ts";

const EVERY_MINUTES = 15;
const RUN_USD_MIN = 0.03;
const PROMPT_CHARS = 900;
const ANSWER_TOKENS = 350;

export const replay: Tactic = {
  name: "replay",
  description: "Cron sends the same prompt every quarter of an hour; each run reads two files and answers.",
  isScripted: true,
  hasWords: true,
  inject: (injection) => {
    const { model, prices } = injection;
    const rates = prices.ratesOf(model);
    return runScript(injection, {
      everyMinutes: EVERY_MINUTES,
      runUsdMin: RUN_USD_MIN,
      promptChars: PROMPT_CHARS,
      callsOf(opening, runUsd, _random, name) {
        const answersUsd = 2 * ANSWER_TOKENS * rates.output;
        const input = inputFor((runUsd - answersUsd) / 2, rates.input);
        const tools = [readTool("replay", "README"), readTool("replay", "CHANGES")];
        const answer = { chars: ANSWER_TOKENS * 4, hash: `${name}a` };
        return [
          call({
            afterMs: 0,
            model,
            prompt: opening,
            tokens: { input, output: ANSWER_TOKENS },
            tools,
            answer,
          }),
          call({
            afterMs: 9000,
            model,
            tokens: { input, output: ANSWER_TOKENS },
            results: tools.map(({ args }) => ({ hash: args, isError: false })),
            toolChars: 8000,
            answer: { ...answer, hash: `${name}b` },
          }),
        ];
      },
    });
  },
};
