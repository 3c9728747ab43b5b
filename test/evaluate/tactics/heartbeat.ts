// An assistant that is woken for nothing: each beat resends a long context and is answered with a word.

import { call, inputFor } from "../population/scripted-call.ts";
import { runScript } from "./script.ts";
import type { Tactic } from "./tactic.ts";

const EVERY_MINUTES = 5;
const RUNS_MIN = 100;
const RUNS_MAX = 400;
const RUN_USD = 0.2;
const PROMPT_CHARS = 320;
const ANSWER_TOKENS = 12;

export const heartbeat: Tactic = {
  name: "heartbeat",
  description:
    "An assistant is woken every five minutes, reads its whole context and answers that all is well.",
  isScripted: true,
  hasWords: true,
  inject: (injection) => {
    const { model, prices } = injection;
    return runScript(injection, {
      everyMinutes: EVERY_MINUTES,
      runs: [RUNS_MIN, RUNS_MAX],
      runUsd: RUN_USD,
      promptChars: PROMPT_CHARS,
      client: "openclaw",
      callsOf: (opening, runUsd, _random, name) => [
        call({
          afterMs: 0,
          model,
          prompt: opening,
          trigger: "schedule",
          tokens: { input: inputFor(runUsd, prices.ratesOf(model).input), output: ANSWER_TOKENS },
          answer: { chars: ANSWER_TOKENS * 4, hash: `${name}a` },
        }),
      ],
    });
  },
};
