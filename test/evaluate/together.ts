// A tenth of an organisation inflates at the same time: the same people live twice, once with it and once without. What they gain in
// earned volume then also shows whether inflating moves the reference against which everybody is measured.

import type { Door } from "../simulation/door.ts";
import type { PersonWeek } from "./observations.ts";
import {
  createHonest,
  createInflator,
  type PopulationOptions,
  type VirtualPerson,
} from "./population/population.ts";
import type { TogetherFigures } from "./judging/gates.ts";
import { live } from "./run.ts";
import { STEALTHS } from "./tactics/stealth.ts";
import { TACTICS } from "./tactics/tactics.ts";

const INFLATING = 0.1;
/** What is earned is asked at the end. */
const PASS_EVERY_WEEKS = 5;

export interface TogetherOptions {
  population: PopulationOptions;
  people: number;
  pValueMax: number;
  openDoor: (name: string) => Promise<Door>;
  tell: (sentence: string) => void;
}

export async function liveTogether(options: TogetherOptions): Promise<TogetherFigures> {
  const { people: size } = options;
  const inflating = Math.max(1, Math.round(size * INFLATING));
  const alone = await liveOnce("nobody inflates", options, (at) => createHonest(options.population, at));
  const together = await liveOnce("a tenth inflates", options, (at) =>
    at < inflating ? createTogether(options.population, at) : createHonest(options.population, at),
  );
  const gainOf = (take: (week: PersonWeek) => number): number | null => {
    const injected = together.filter(({ isInjected }) => isInjected);
    const own = injected.reduce((sum, week) => sum + take(week), 0);
    const before = injected.reduce((sum, { truth, week }) => {
      const twin = truth.kind === "inflator" ? truth.twin : "";
      const theirs = alone.find((each) => each.email === twin && each.week === week);
      return sum + (theirs === undefined ? 0 : take(theirs));
    }, 0);
    return before === 0 ? null : own / before - 1;
  };
  return {
    earnedGain: gainOf(({ earnedUsd }) => earnedUsd),
    creditedGain: gainOf(({ creditedUsd }) => creditedUsd),
    people: size,
    inflating,
  };
}

async function liveOnce(
  name: string,
  { population, people, pValueMax, openDoor, tell }: TogetherOptions,
  create: (at: number) => VirtualPerson,
): Promise<PersonWeek[]> {
  const door = await openDoor(name);
  try {
    const everybody = Array.from({ length: people }, (_, at) => create(at));
    const { weeks } = await live({
      door,
      people: everybody,
      calendar: population.calendar,
      pValueMax,
      passEveryWeeks: PASS_EVERY_WEEKS,
      tell: (said) => tell(`${name}: ${said}`),
    });
    return weeks;
  } finally {
    await door.close();
  }
}

/** One tactic after the other. */
function createTogether(population: PopulationOptions, at: number): VirtualPerson {
  const tactic = TACTICS[at % TACTICS.length];
  const [stealth] = STEALTHS;
  if (tactic === undefined || stealth === undefined) throw new Error("there are tactics");
  return createInflator(population, { name: `t${at}`, at, tactic, intensity: 1, stealth, kind: "inflator" });
}
