// A virtual person's own work: sessions of one real person, in the order in which they were, from a place in them that chance
// decides, and from the beginning again at the end (circular block bootstrap: Politis & Romano 1992).
//
// Always holds: the same seed and name give the same work, whatever else the person does; somebody who inflates and somebody who
// does not, of one `base`, differ by what was added alone.

import { createRandom, type Random } from "../../simulation/random.ts";
import { atWork, WEEKS, type Calendar } from "./calendar.ts";
import type { Prices } from "./prices.ts";
import { toRun } from "./sessions.ts";
import type { SourceSession } from "./source.ts";
import type { VirtualRun } from "./virtual.ts";

/**
 * What people spend in a week, in US dollars: the median, and how people and weeks of one person differ (standard deviations of
 * logarithms). Claude Code's documentation on costs names 150 to 250 dollars a month for a developer, and less than 30 a day for nine
 * in ten; the source people of the dev split have 15 to 19 dollars on a day with work.
 */
const WEEK_USD_MEDIAN = 40;
const SPREAD_OF_PEOPLE = 0.45;
const SPREAD_OF_WEEKS = 0.4;
const SESSIONS_MAX = 40;
const CENT = 0.01;
const ABSENT = 0.06;
const WORKING_DAYS = 5;
/** So that the last session of a week ends in it. */
const LAST_START = 0.8;

export interface Work {
  /** The person's own runs of a week; other things that they do are added to these. */
  runsOf(week: number): VirtualRun[];
  /** What they use most. */
  model: string;
  random: Random;
}

export interface WorkOptions {
  /** Decides the work. */
  base: string;
  /** Decides the hashes: what two people of one base do must not look like one person's repetition. */
  name: string;
  sources: ReadonlyMap<string, SourceSession[]>;
  calendar: Calendar;
  prices: Prices;
  /** Of what people usually spend. */
  rate?: number;
}

export function createWork({ base, name, sources, calendar, prices, rate = 1 }: WorkOptions): Work {
  const random = createRandom(base);
  const person = random.pickWeighted([...sources].map(([who, sessions]) => [who, sessions.length] as const));
  const own = sources.get(person) ?? [];
  const first = random.integer(0, own.length - 1);
  const median = random.logNormal((WEEK_USD_MEDIAN * rate) / sessionUsdOf(own, prices), SPREAD_OF_PEOPLE);
  const counts = Array.from({ length: WEEKS }, () =>
    random.chance(ABSENT)
      ? 0
      : Math.min(SESSIONS_MAX, Math.max(1, Math.round(random.logNormal(median, SPREAD_OF_WEEKS)))),
  );
  const salts = createRandom(`${name}/salts`);
  const saltOf = (lap: number): number => salts.fork(`${lap}`).integer(0, 2 ** 32 - 1);
  return {
    model: mainModelOf(own),
    random: createRandom(name),
    runsOf(week) {
      const before = counts.slice(0, week).reduce((sum, count) => sum + count, 0);
      const draws = random.fork(`week ${week}`);
      const starts = Array.from({ length: counts[week] ?? 0 }, () =>
        atWork(calendar.startOf(week), draws.integer(0, WORKING_DAYS - 1), draws.between(0, LAST_START)),
      ).toSorted((a, b) => a - b);
      return starts.flatMap((startsAtMs, at) => {
        const place = first + before + at;
        const source = own[place % own.length];
        if (source === undefined) return [];
        const salt = saltOf(Math.floor(place / own.length));
        const placed = { session: `${name}-${week}-${at}`, startsAtMs, salt, random: draws.fork(`${at}`) };
        return [toRun(source, placed)];
      });
    },
  };
}

/** On average: what a week's sessions cost together is what is held to what people spend. */
function sessionUsdOf(sessions: readonly SourceSession[], prices: Prices): number {
  const usd = sessions.reduce((sum, { calls }) => sum + prices.costOfTokens(calls), 0);
  return Math.max(CENT, usd / sessions.length);
}

function mainModelOf(sessions: readonly SourceSession[]): string {
  const models = sessions.flatMap(({ calls }) => calls.map(({ model }) => model));
  const counted = [...Map.groupBy(models, (model) => model)].toSorted((a, b) => b[1].length - a[1].length);
  const [most] = counted;
  if (most === undefined) throw new Error("a person has sessions, and a session has a call");
  return most[0];
}
