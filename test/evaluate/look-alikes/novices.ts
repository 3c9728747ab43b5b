// Somebody who learns: many short questions, asked again in other words, at a dear model, and little that is merged.

import { atWork } from "../population/calendar.ts";
import { rephrase, writePrompt } from "../population/sketches.ts";
import type { LookAlike } from "./look-alike.ts";
import { smallRun } from "./runs.ts";

const QUESTIONS = 24;
const TOPICS = 8;
const SIMILARITY = 0.6;
const CHARS = [120, 500] as const;
const MERGED = 0.4;

export const novices: LookAlike = {
  name: "novice",
  description:
    "Two dozen questions a week, a third of them new, the others asked again in other words; half of the usual pull requests.",
  ownRate: 0.25,
  live(week) {
    const { own, random, name, weekStartMs } = week;
    const topics = Array.from({ length: TOPICS }, (_, at) =>
      writePrompt(random.fork(`topic ${at}`), random.integer(...CHARS)),
    );
    const runs = Array.from({ length: QUESTIONS }, (_, at) =>
      smallRun(week, {
        session: `${name}-q${week.week}-${at}`,
        startsAtMs: atWork(weekStartMs, random.integer(0, 4), random.uniform()),
        prompt: rephrase(random.pick(topics), SIMILARITY, random),
        entrypoint: "interactive",
        inputTokens: random.integer(500, 4000),
        cacheReadTokens: 14_000,
        outputTokens: random.integer(200, 1200),
      }),
    );
    const merged = own.map((run) => ({ ...run, outcomes: run.outcomes.filter(() => random.chance(MERGED)) }));
    return [...merged, ...runs];
  },
};
