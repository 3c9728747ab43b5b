// A new model in the middle: half as many tokens again for the same work, caches written anew, and the same prompts run on both
// models for a week to compare them.

import { atWork } from "../population/calendar.ts";
import { writePrompt } from "../population/sketches.ts";
import type { LookAlike } from "./look-alike.ts";
import { smallRun } from "./runs.ts";

const MIGRATED_AT = 4;
const MORE_TOKENS = 1.5;
const CASES = 12;
const CHARS = [300, 900] as const;
const REWRITTEN = 0.15;
const NEW_MODELS: Readonly<Record<string, string>> = { anthropic: "claude-opus-4-8", openai: "gpt-5.5" };

export const modelMigration: LookAlike = {
  name: "model migration",
  description:
    "From the fifth week on a new model with half as many tokens again, and a week of comparisons between both.",
  ownRate: 0.4,
  live(week) {
    if (week.week < MIGRATED_AT) return [...week.own];
    const migrated = week.own.map((run) => ({
      ...run,
      calls: run.calls.map((call) => ({
        ...call,
        model: newModelOf(call.model),
        tokens: {
          input: Math.round(call.tokens.input * MORE_TOKENS),
          cacheRead: Math.round(call.tokens.cacheRead * (1 - REWRITTEN) * MORE_TOKENS),
          cacheWrite: Math.round((call.tokens.cacheWrite + call.tokens.cacheRead * REWRITTEN) * MORE_TOKENS),
          output: Math.round(call.tokens.output * MORE_TOKENS),
          reasoning: call.tokens.reasoning,
        },
      })),
    }));
    if (week.week > MIGRATED_AT) return migrated;
    const { random, name, weekStartMs, model } = week;
    const cases = Array.from({ length: CASES }, (_, at) =>
      writePrompt(random.fork(`case ${at}`), random.integer(...CHARS)),
    );
    const compared = cases.flatMap((prompt, at) =>
      [model, newModelOf(model)].map((each, side) =>
        smallRun(week, {
          session: `${name}-m${at}-${side}`,
          startsAtMs: atWork(weekStartMs, random.integer(0, 4), random.uniform()),
          prompt,
          model: each,
          entrypoint: "interactive",
          inputTokens: random.integer(1000, 6000),
          cacheReadTokens: 14_000,
          outputTokens: random.integer(300, 1200),
        }),
      ),
    );
    return [...migrated, ...compared];
  },
};

function newModelOf(model: string): string {
  return NEW_MODELS[model.startsWith("gpt-") ? "openai" : "anthropic"] ?? model;
}
