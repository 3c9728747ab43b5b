// Every second week on call: the same runbook prompt many times in an interactive client, polling of what is broken, a ticket at the end.

import { DAY_MS } from "../population/calendar.ts";
import { rephrase, writePrompt } from "../population/sketches.ts";
import type { LookAlike } from "./look-alike.ts";
import { smallRun, tool } from "./runs.ts";

const INCIDENTS = 3;
const ROUNDS = 12;
const SIMILARITY = 0.92;
const RUNBOOK_CHARS = 500;
const ROUND_EVERY_MS = 6 * 60_000;
const CLOSED_AFTER_MS = 7 * DAY_MS;

export const onCall: LookAlike = {
  name: "on-call",
  description:
    "Every second week three incidents, each with a dozen runs of one runbook prompt, polling, and a ticket that is closed.",
  ownRate: 0.3,
  live(week) {
    const { own, random, habit, name, weekStartMs } = week;
    if (week.week % 2 === 0) return [...own];
    const runbook = writePrompt(habit.fork("runbook"), RUNBOOK_CHARS);
    const incidents = Array.from(
      { length: INCIDENTS },
      () => weekStartMs + Math.round(random.between(0, 6 * DAY_MS)),
    );
    const runs = incidents.flatMap((startMs, incident) =>
      Array.from({ length: ROUNDS }, (_, at) => {
        const args = `${name}.${week.week}.${incident}`;
        return smallRun(week, {
          session: `${name}-o${week.week}-${incident}-${at}`,
          startsAtMs: startMs + Math.round(at * ROUND_EVERY_MS * random.between(0.6, 1.4)),
          prompt: rephrase(runbook, SIMILARITY, random),
          entrypoint: "interactive",
          tools: [tool("Bash", "execute", `${args}.logs`), tool("Bash", "execute", `${args}.status`)],
          inputTokens: random.integer(4000, 20_000),
          cacheReadTokens: 15_000,
          outputTokens: random.integer(200, 700),
          outcomes:
            at === ROUNDS - 1 ? [{ afterMs: CLOSED_AFTER_MS, kind: "ticket_closed", isReviewed: true }] : [],
        });
      }),
    );
    return [...own, ...runs];
  },
};
