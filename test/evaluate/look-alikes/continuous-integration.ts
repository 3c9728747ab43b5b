// A review and a repair by an agent at each push, with the person's own key; declared as ci.

import { atWork } from "../population/calendar.ts";
import { rephrase, writePrompt } from "../population/sketches.ts";
import type { LookAlike } from "./look-alike.ts";
import { smallRun, tool } from "./runs.ts";

const PUSHES = 24;
const TEMPLATE_CHARS = 1500;
/** Half of each prompt is the change. */
const SIMILARITY = 0.6;
const FIXES = 0.25;
const FIXED_AFTER_MS = 900_000;

export const continuousIntegration: LookAlike = {
  name: "ci",
  description:
    "An agent reviews and tests each push, two dozen a week; a quarter of them turn a failing check green.",
  ownRate: 0.2,
  live(week) {
    const { own, random, habit, name, weekStartMs } = week;
    const template = writePrompt(habit.fork("template"), TEMPLATE_CHARS);
    const runs = Array.from({ length: PUSHES }, (_, at) => {
      const args = `${name}.${week.week}.${at}`;
      const fixes = random.chance(FIXES);
      return smallRun(week, {
        session: `${name}-c${week.week}-${at}`,
        startsAtMs: atWork(weekStartMs, random.integer(0, 4), random.uniform()),
        prompt: rephrase(template, SIMILARITY, random),
        entrypoint: "headless",
        workloadClass: "ci",
        tools: [
          tool("Read", "read", args),
          tool("Bash", "execute", args),
          ...(fixes ? [tool("Edit", "write", args)] : []),
          tool("Bash", "communicate", args),
        ],
        inputTokens: random.integer(3000, 9000),
        cacheReadTokens: 15_000,
        outputTokens: random.integer(200, 900),
        outcomes: fixes ? [{ afterMs: FIXED_AFTER_MS, kind: "check_fixed", isReviewed: false }] : [],
      });
    });
    return [...own, ...runs];
  },
};
