// Runs a set of cases through one prompt template and compares the answers; the class is declared by header.

import { HOUR_MS, atWork } from "../population/calendar.ts";
import { rephrase, writePrompt } from "../population/sketches.ts";
import type { LookAlike } from "./look-alike.ts";
import { smallRun } from "./runs.ts";

const BATCHES = 2;
const CASES = 40;
const TEMPLATE_CHARS = 2400;
/** The template is most of each prompt. */
const SIMILARITY = 0.85;
const CASE_EVERY_MS = HOUR_MS / 120;

export const batchEvaluation: LookAlike = {
  name: "batch evaluation",
  description: "Two evaluations a week of forty cases in one template, declared as evaluation.",
  ownRate: 0.3,
  live(week) {
    const { own, random, habit, name, weekStartMs } = week;
    const template = writePrompt(habit.fork("template"), TEMPLATE_CHARS);
    const batches = Array.from({ length: BATCHES }, () =>
      atWork(weekStartMs, random.integer(0, 4), random.uniform()),
    );
    const runs = batches.flatMap((startMs, batch) =>
      Array.from({ length: CASES }, (_, at) =>
        smallRun(week, {
          session: `${name}-e${week.week}-${batch}-${at}`,
          startsAtMs: startMs + Math.round(at * CASE_EVERY_MS * random.between(0.7, 1.3)),
          prompt: rephrase(template, SIMILARITY, random),
          client: "sdk",
          entrypoint: "sdk",
          workloadClass: "evaluation",
          inputTokens: random.integer(2000, 9000),
          outputTokens: random.integer(200, 1500),
        }),
      ),
    );
    return [...own, ...runs];
  },
};
