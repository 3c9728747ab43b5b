// Lets a virtual organisation live through the product, week by week: what happened in a week is imported, analytics runs at its
// end, and what can be seen then is exported. Weeks without calls follow, because outcomes come late and patterns take their time.

import type { Door } from "../simulation/door.ts";
import { keyOf, parseWeeks, toPersonWeeks, type KnownWeek, type PersonWeek } from "./observations.ts";
import { HOUR_MS, WEEKS, WEEKS_AFTER, type Calendar } from "./population/calendar.ts";
import { timeOfOutcome, toEventLines, toOutcomeLine } from "./population/lines.ts";
import type { VirtualPerson } from "./population/population.ts";

const REASON = "evaluation of the method on a virtual organisation";
const TEAM_PEOPLE = 10;
/** After a week has ended its last records are in. */
const PASS_AFTER_MS = 6 * HOUR_MS;

export interface LifeOptions {
  door: Door;
  people: readonly VirtualPerson[];
  calendar: Calendar;
  pValueMax: number;
  /** With calls, and passes after them; without it as many as there are. */
  weeks?: { lived: number; after: number };
  /** Weeks from pass to pass; 1 where what is seen at the time matters. */
  passEveryWeeks?: number;
  tell: (sentence: string) => void;
}

export interface Life {
  /** As the last pass sees them. */
  weeks: PersonWeek[];
  /** Each as the pass at its end saw it. */
  atTheTime: PersonWeek[];
  /** `export patterns`, after the last pass. */
  patterns: string;
  calls: number;
  outcomes: number;
}

interface Pending {
  atMs: number;
  line: string;
}

export async function live({
  door,
  people,
  calendar,
  pValueMax,
  weeks: { lived, after } = { lived: WEEKS, after: WEEKS_AFTER },
  passEveryWeeks = 1,
  tell,
}: LifeOptions): Promise<Life> {
  await register(door, people);
  const known = new Map<string, KnownWeek>();
  const pending: Pending[] = [];
  const counts = { calls: 0, outcomes: 0 };
  const atTheTime: PersonWeek[] = [];
  const facts = { calendar, known, pValueMax };
  for (let week = 0; week < lived + after; week++) {
    const beganMs = performance.now();
    const endMs = calendar.startOf(week + 1);
    if (week < lived) await door.run(["import", "events", "-", "--json"], weekLines(people, week));
    const due = pending.filter(({ atMs }) => atMs < endMs);
    pending.splice(0, pending.length, ...pending.filter(({ atMs }) => atMs >= endMs));
    counts.outcomes += due.length;
    if (due.length > 0)
      await door.run(
        ["import", "outcomes", "-", "--json"],
        due.map(({ line }) => line),
      );
    const importedMs = performance.now();
    const isLast = week === lived + after - 1;
    if (!isLast && (week + 1) % passEveryWeeks !== 0) continue;
    await door.run(["analyze", "--json", "--now", new Date(endMs + PASS_AFTER_MS).toISOString()]);
    if (week < lived) atTheTime.push(...toPersonWeeks(await exportWeeks(calendar.dayOf(week)), facts));
    tell(
      `week ${week + 1} of ${lived + after}: ${counts.calls} calls and ${counts.outcomes} outcomes so far, ` +
        `import ${toSeconds(importedMs - beganMs)}, analysis ${toSeconds(performance.now() - importedMs)}`,
    );
  }
  const weeks = toPersonWeeks(await exportWeeks(calendar.dayOf(0)), facts);
  const patterns = await door.run(["export", "patterns", "--reason", REASON]);
  return { weeks, atTheTime, patterns, ...counts };

  async function exportWeeks(from: string) {
    return parseWeeks(await door.run(["export", "person-weeks", "--reason", REASON, "--from", from]));
  }

  function* weekLines(all: readonly VirtualPerson[], week: number): Generator<string> {
    for (const person of all) {
      const { runs, injectedUsd } = person.weekOf(week);
      known.set(keyOf(person.email, week), { truth: person.truth, injectedUsd });
      for (const run of runs) {
        counts.calls += run.calls.length;
        yield* toEventLines(person, run);
        for (const [at, outcome] of run.outcomes.entries())
          pending.push({ atMs: timeOfOutcome(run, outcome), line: toOutcomeLine(person, run, outcome, at) });
      }
    }
  }
}

function toSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** People with their teams and managers, and the schedules that they have registered. */
async function register(door: Door, people: readonly VirtualPerson[]): Promise<void> {
  const lines = people.map(({ email }, at) => {
    const team = Math.floor(at / TEAM_PEOPLE);
    const manager = people[team * TEAM_PEOPLE]?.email ?? "";
    return `${email},${email.split("@", 1)[0]},team ${team},${manager === email ? "" : manager},self\n`;
  });
  await door.run(["people", "import", "-"], ["email,name,team,manager_email,role\n", ...lines]);
  for (const { email, registers } of people)
    if (registers !== undefined)
      await door.run(["schedules", "add", "--person", email, "--cron", registers, "--timezone", "UTC"]);
}
