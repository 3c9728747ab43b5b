// What the model said is sent back to it, translated to and fro, round after round.

import { rephrase, writePrompt } from "../population/sketches.ts";
import { call, inputFor } from "../population/scripted-call.ts";
import { runScript } from "./script.ts";
import type { Tactic } from "./tactic.ts";

const EVERY_MINUTES = 60;
const RUN_USD_MIN = 0.3;
const PROMPT_CHARS = 800;
const ROUNDS = 16;
const TEXT_CHARS = 3200;
const TEXT_TOKENS = 800;
const ROUND_MS = 14_000;

export const echo: Tactic = {
  name: "echo",
  description: "A script sends each answer back as the next prompt, sixteen rounds a run.",
  isScripted: true,
  hasWords: true,
  inject: (injection) => {
    const { model, prices, stealth } = injection;
    const rates = prices.ratesOf(model);
    return runScript(injection, {
      everyMinutes: EVERY_MINUTES,
      runUsdMin: RUN_USD_MIN,
      promptChars: PROMPT_CHARS,
      callsOf(opening, runUsd, random, name) {
        const input = inputFor(runUsd / ROUNDS - TEXT_TOKENS * rates.output, rates.input);
        let prompt = opening;
        return Array.from({ length: ROUNDS }, (_, round) => {
          const said = writePrompt(random.fork(`${name} ${round}`), TEXT_CHARS);
          const made = call({
            afterMs: round * ROUND_MS,
            model,
            prompt,
            tokens: { input, output: TEXT_TOKENS },
            answer: { chars: TEXT_CHARS, hash: said.hash, sketch: said.sketch, blocks: said.blocks ?? [] },
          });
          prompt = rephrase(said, stealth.similarity, random);
          return made;
        });
      },
    });
  },
};
