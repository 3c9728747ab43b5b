// An assistant that is woken for nothing: each beat resends a long context and is answered with a word, or with a status that nobody asked for.

import { call, inputFor } from "../population/scripted-call.ts";
import { runScript } from "./script.ts";
import type { Tactic } from "./tactic.ts";

const EVERY_MINUTES = 5;
const RUN_USD_MIN = 0.01;
const PROMPT_CHARS = 320;
/** That all is well; or, of every second script, a paragraph of status. */
const ANSWER_TOKENS = { word: 12, status: 160 } as const;
const SAYS_A_WORD = 0.5;

export const heartbeat: Tactic = {
  name: "heartbeat",
  description:
    "An assistant is woken every five minutes, reads its whole context and answers that all is well, or with its status.",
  isScripted: true,
  hasWords: true,
  inject: (injection) => {
    const { model, prices, script } = injection;
    const answerTokens = script.fork("answer").chance(SAYS_A_WORD)
      ? ANSWER_TOKENS.word
      : ANSWER_TOKENS.status;
    return runScript(injection, {
      everyMinutes: EVERY_MINUTES,
      runUsdMin: RUN_USD_MIN,
      promptChars: PROMPT_CHARS,
      client: "openclaw",
      callsOf: (opening, runUsd, _random, name) => [
        call({
          afterMs: 0,
          model,
          prompt: opening,
          trigger: "schedule",
          tokens: { input: inputFor(runUsd, prices.ratesOf(model).input), output: answerTokens },
          answer: { chars: answerTokens * 4, hash: `${name}a` },
        }),
      ],
    });
  },
};
