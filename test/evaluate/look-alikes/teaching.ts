// Shows the same few exercises to one group after the other; declared as teaching.

import { atWork } from "../population/calendar.ts";
import { writePrompt } from "../population/sketches.ts";
import type { LookAlike } from "./look-alike.ts";
import { smallRun, tool } from "./runs.ts";

const LESSONS = 6;
const EXERCISES = 6;
const CHARS = [200, 700] as const;
const EXERCISE_EVERY = 0.02;

export const teaching: LookAlike = {
  name: "teaching",
  description:
    "Six lessons a week with the same six exercises, word for word, in an interactive client; declared as teaching.",
  ownRate: 0.25,
  live(week) {
    const { own, random, habit, name, weekStartMs } = week;
    const exercises = Array.from({ length: EXERCISES }, (_, at) =>
      writePrompt(habit.fork(`exercise ${at}`), random.integer(...CHARS)),
    );
    const runs = Array.from({ length: LESSONS }, (_, lesson) => {
      const day = random.integer(0, 4);
      const startsAt = random.between(0, 0.8);
      return exercises.map((prompt, at) =>
        smallRun(week, {
          session: `${name}-t${week.week}-${lesson}-${at}`,
          startsAtMs: atWork(weekStartMs, day, startsAt + at * EXERCISE_EVERY * random.between(0.8, 1.2)),
          prompt,
          entrypoint: "interactive",
          workloadClass: "teaching",
          tools: [tool("Write", "write", `${name}.exercise.${at}`)],
          inputTokens: random.integer(500, 3000),
          cacheReadTokens: 14_000,
          outputTokens: random.integer(300, 1200),
        }),
      );
    });
    return [...own, ...runs.flat()];
  },
};
