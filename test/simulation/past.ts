// The past of the simulated organisation, lived through: what happened is told to the product as it happened, and analytics looks at
// it in between, as it would have. So a pattern of weeks ago was told then, and has opened since.
//
// Always holds: everything goes through the product's own commands, on stores that nothing else works on meanwhile.

import { DAY_MS } from "./calendar.ts";
import type { Door } from "./door.ts";
import { simulateHistory, toLine, type SimulatedCall } from "./history.ts";
import { toPeopleCsv, type Organisation } from "./organisation.ts";
import { createOutcomeMaker } from "./outcomes.ts";
import type { Progress } from "./progress.ts";
import { CALENDAR } from "./rates.ts";

/** Days before now on which analytics looks: often enough that what is told on one has opened, after ten working days, by the next. */
const PASSES_DAYS_AGO = [20, 5, 0];

/** What the organisation announced; nobody in it reaches for it. */
const TARGET = {
  daysAgo: 35,
  argv: ["targets", "add", "--name", "100 calls a week", "--measure", "weekly_calls", "--threshold", "100"],
};

export interface PastOptions {
  now: Date;
  progress: Pick<Progress, "step" | "fraction">;
  signal: AbortSignal;
}

/** @throws AppError when a command fails, and the signal's reason when it is aborted between two steps */
export async function livePast(
  door: Door,
  organisation: Organisation,
  { now, progress, signal }: PastOptions,
): Promise<void> {
  progress.step(`Importing ${organisation.people.length} people`);
  await door.run(["people", "import", "-"], [toPeopleCsv(organisation)]);
  const announced = new Date(now.getTime() - TARGET.daysAgo * DAY_MS).toISOString().slice(0, 10);
  await door.run([...TARGET.argv, "--announced", announced]);
  const outcomes = createOutcomeMaker(organisation.random.fork("outcomes"));
  const calls = simulateHistory(organisation, { now });
  progress.step(`Living through ${CALENDAR.weeks} weeks`);
  for (const daysAgo of PASSES_DAYS_AGO) {
    signal.throwIfAborted();
    const at = new Date(now.getTime() - daysAgo * DAY_MS);
    await door.run(["import", "events", "-"], toLines(until(calls, at)));
    await door.run(["import", "outcomes", "-"], outcomes.lines(at));
    await door.run(["analyze", "--json", "--now", at.toISOString()]);
  }

  function* toLines(some: Iterable<SimulatedCall>): Generator<string> {
    for (const call of some) {
      signal.throwIfAborted();
      progress.fraction(
        1 - (now.getTime() - Date.parse(call.event.started_at)) / (CALENDAR.weeks * 7 * DAY_MS),
      );
      outcomes.observe(call);
      yield toLine(call);
    }
  }
}

/** The calls of whole days until a time; the next time goes on with the day after. */
function* until(calls: Iterator<SimulatedCall>, at: Date): Generator<SimulatedCall> {
  const lastDayEndsMs = (Math.floor(at.getTime() / DAY_MS) + 1) * DAY_MS;
  for (let next = calls.next(); !next.done; next = calls.next()) {
    yield next.value;
    if (Date.parse(next.value.event.started_at) >= lastDayEndsMs) return;
  }
}
