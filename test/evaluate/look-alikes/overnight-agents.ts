// Work that is left to agents at night, and a report that a registered schedule writes each morning with the same prompt.

import { DAY_MS, HOUR_MS } from "../population/calendar.ts";
import { writePrompt } from "../population/sketches.ts";
import type { LookAlike } from "./look-alike.ts";
import { smallRun, tool } from "./runs.ts";

const REPORT_CHARS = 700;
const REPORT_AT_MS = 5 * HOUR_MS;
const DAYS = 7;
const NIGHT_MS = 8 * HOUR_MS;
const STARTS_WITHIN_MS = 4000;

export const overnightAgents: LookAlike = {
  name: "overnight agents",
  description: "Own sessions run at night, and a registered schedule writes a report every morning.",
  ownRate: 0.4,
  registers: "0 5 * * *",
  live(week) {
    const { own, random, habit, name, weekStartMs } = week;
    const prompt = writePrompt(habit.fork("report"), REPORT_CHARS);
    const nightly = own.map((run) => ({
      ...run,
      startsAtMs: run.startsAtMs - (run.startsAtMs % DAY_MS) + Math.round(random.between(0, NIGHT_MS)),
    }));
    const reports = Array.from({ length: DAYS }, (_, day) =>
      smallRun(week, {
        session: `${name}-n${week.week}-${day}`,
        startsAtMs: weekStartMs + day * DAY_MS + REPORT_AT_MS + random.integer(0, STARTS_WITHIN_MS),
        prompt,
        entrypoint: "headless",
        tools: [
          tool("Bash", "execute", `${name}.${week.week}.${day}`),
          tool("Bash", "communicate", `${name}.${week.week}.${day}m`),
        ],
        inputTokens: 20_000,
        outputTokens: 900,
      }),
    );
    return [...nightly, ...reports];
  },
};
