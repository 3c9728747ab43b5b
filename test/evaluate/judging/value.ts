// What inflating pays, whom the filter and the notices reach, and how much is said of ordinary people. None of it depends on the
// detectors that stand beside the product.

import type { Notice, PersonWeek } from "../observations.ts";
import { WEEKS } from "../population/calendar.ts";
import { toPeople, type Person } from "./detection.ts";
import { estimate, type Bootstrap, type Estimate } from "./interval.ts";

export interface Gain {
  /** Of the honest twins' figure in the same weeks: 0.5 is half as much again. */
  tactic: string;
  people: number;
  volume: Estimate | null;
  credited: Estimate | null;
  earned: Estimate | null;
}

export interface ValueFigures {
  /** Scripted tactics, without the value side: all intensities and stealths but laundering. */
  scripted: Gain;
  byTactic: readonly Gain[];
  /** Small reviewed pull requests beside scripted tactics. */
  laundered: Gain;
  adversaries: readonly Gain[];
  /** Of injected cost, the share that is not credited or that its person is told of. */
  filteredOrNotified: Estimate | null;
  filtered: Estimate | null;
  abstention: readonly { population: string; share: number }[];
  /** Of honest people: the first week at whose end something was said, counted from 1; the median, and the share of whom nothing was. */
  weeksUntilJudged: { median: number | null; never: number };
  calibration: { error: number | null; levels: readonly CalibrationLevel[] };
}

export interface CalibrationLevel {
  level: string;
  personWeeks: number;
  /** By the other half of people, and of this half. */
  predicted: number;
  observed: number;
}

const LAUNDERED = "laundered";

export interface ValueOptions {
  people: readonly Person[];
  atTheTime: readonly PersonWeek[];
  notices: readonly Notice[];
  bootstrap: Bootstrap;
}

export function measureValue({ people, atTheTime, notices, bootstrap }: ValueOptions): ValueFigures {
  const byEmail = new Map(people.map((person) => [person.email, person]));
  const inflators = people.filter(({ truth }) => truth.kind === "inflator");
  const adversaries = people.filter(({ truth }) => truth.kind === "adversary");
  const plain = inflators.filter((person) => !isLaundered(person));
  const gain = (tactic: string, some: readonly Person[]): Gain =>
    measureGain(tactic, some, byEmail, bootstrap);
  const byTactic = (some: readonly Person[]): Gain[] =>
    [
      ...Map.groupBy(some, ({ truth }) =>
        truth.kind === "inflator" || truth.kind === "adversary" ? truth.tactic : "",
      ),
    ].map(([tactic, own]) => gain(tactic, own));
  const noticesOf = Map.groupBy(notices, ({ email }) => email);
  return {
    scripted: gain("all scripted", plain),
    byTactic: byTactic(plain),
    laundered: gain("all, laundered", inflators.filter(isLaundered)),
    adversaries: byTactic(adversaries),
    filteredOrNotified: measureReached(
      inflators,
      byEmail,
      (person, week) => isTold(noticesOf.get(person.email), week),
      bootstrap,
    ),
    filtered: measureReached(inflators, byEmail, () => false, bootstrap),
    abstention: measureAbstention(people),
    weeksUntilJudged: measureWait(atTheTime),
    calibration: measureCalibration(people),
  };
}

function isLaundered({ truth }: Person): boolean {
  return truth.kind === "inflator" && truth.stealth === LAUNDERED;
}

/** All of their figures against all of their twins', over the weeks that are injected, so that no small denominator decides. */
export function measureGain(
  tactic: string,
  people: readonly Person[],
  byEmail: ReadonlyMap<string, Person>,
  bootstrap: Bootstrap,
): Gain {
  const gainOf = (take: (week: PersonWeek) => number): Estimate | null =>
    estimate(
      people,
      (weightOf) => {
        let own = 0;
        let twins = 0;
        for (const person of people) {
          const weight = weightOf(person);
          if (weight === 0) continue;
          for (const { mine, theirs } of pairsOf(person, byEmail)) {
            own += weight * take(mine);
            twins += weight * take(theirs);
          }
        }
        return twins === 0 ? null : own / twins - 1;
      },
      bootstrap,
    );
  return {
    tactic,
    people: people.length,
    volume: gainOf(({ costUsd }) => costUsd),
    credited: gainOf(({ creditedUsd }) => creditedUsd),
    earned: gainOf(({ earnedUsd }) => earnedUsd),
  };
}

/** The injected weeks of a person, each beside the same of the twin. */
function pairsOf(
  { truth, weeks }: Person,
  byEmail: ReadonlyMap<string, Person>,
): { mine: PersonWeek; theirs: PersonWeek }[] {
  if (truth.kind !== "inflator" && truth.kind !== "adversary") return [];
  const twin = byEmail.get(truth.twin)?.weeks ?? [];
  return weeks.flatMap((mine) => {
    const theirs = twin.find(({ week }) => week === mine.week);
    return mine.isInjected && theirs !== undefined ? [{ mine, theirs }] : [];
  });
}

/** Injected cost that is filtered, by what is filtered of the twin less; all of it in weeks of which the person is told. */
function measureReached(
  people: readonly Person[],
  byEmail: ReadonlyMap<string, Person>,
  isToldOf: (person: Person, week: number) => boolean,
  bootstrap: Bootstrap,
): Estimate | null {
  const parts = new Map(
    people.map((person) => {
      const part = { reached: 0, injected: 0 };
      for (const { mine, theirs } of pairsOf(person, byEmail)) {
        const filtered = Math.max(0, mine.filteredUsd - theirs.filteredUsd);
        part.injected += mine.injectedUsd;
        part.reached += isToldOf(person, mine.week) ? mine.injectedUsd : Math.min(mine.injectedUsd, filtered);
      }
      return [person, part] as const;
    }),
  );
  return estimate(
    people,
    (weightOf) => {
      let reached = 0;
      let injected = 0;
      for (const [person, part] of parts) {
        reached += weightOf(person) * part.reached;
        injected += weightOf(person) * part.injected;
      }
      return injected === 0 ? null : reached / injected;
    },
    bootstrap,
  );
}

function isTold(notices: readonly Notice[] | undefined, week: number): boolean {
  return notices?.some(({ firstWeek, lastWeek }) => firstWeek <= week && week <= lastWeek) === true;
}

function measureAbstention(people: readonly Person[]): ValueFigures["abstention"] {
  return [...Map.groupBy(people, toPopulation)].map(([population, own]) => {
    const weeks = own.flatMap(({ weeks: all }) => all);
    const silent = weeks.filter(({ verdict }) => verdict === "not_enough_evidence");
    return { population, share: silent.length / Math.max(1, weeks.length) };
  });
}

function toPopulation({ truth }: Person): string {
  if (truth.kind !== "look-alike") return truth.kind;
  return truth.isDeclared ? truth.population : `${truth.population}, undeclared`;
}

function measureWait(atTheTime: readonly PersonWeek[]): ValueFigures["weeksUntilJudged"] {
  const honest = toPeople(atTheTime).filter(({ truth }) => truth.kind === "honest");
  const waits = honest
    .map(
      ({ weeks }) =>
        1 +
        Math.min(...weeks.filter(({ verdict }) => verdict !== "not_enough_evidence").map(({ week }) => week)),
    )
    .toSorted((a, b) => a - b);
  const middle = waits[Math.floor((waits.length - 1) / 2)];
  return {
    median: middle !== undefined && middle <= WEEKS ? middle : null,
    never: waits.filter((wait) => !Number.isFinite(wait)).length / Math.max(1, waits.length),
  };
}

/**
 * Expected calibration error of the evidence levels: how often a person-week of a level is injected among one half of the people,
 * against the other half, weighted by how many there are (M. P. Naeini et al., 2015, with levels for bins).
 */
function measureCalibration(people: readonly Person[]): ValueFigures["calibration"] {
  const halves = people.map(({ weeks }, at) => weeks.map((week) => ({ week, isFirst: at % 2 === 0 }))).flat();
  const levels = [...Map.groupBy(halves, ({ week }) => levelOf(week))].map(
    ([level, cases]): CalibrationLevel => {
      const rateOf = (isFirst: boolean): number => {
        const half = cases.filter((each) => each.isFirst === isFirst);
        return half.filter(({ week }) => week.isInjected).length / Math.max(1, half.length);
      };
      return { level, personWeeks: cases.length, predicted: rateOf(true), observed: rateOf(false) };
    },
  );
  const all = levels.reduce((sum, { personWeeks }) => sum + personWeeks, 0);
  const error = levels.reduce(
    (sum, { personWeeks, predicted, observed }) => sum + personWeeks * Math.abs(predicted - observed),
    0,
  );
  return {
    error: all === 0 ? null : error / all,
    levels: levels.toSorted((a, b) => (a.level < b.level ? -1 : 1)),
  };
}

function levelOf({ families, pLowValue }: PersonWeek): string {
  const value = pLowValue === null ? "value unknown" : pLowValue >= 0.8 ? "low value" : "value not low";
  return `${Math.min(3, families.length)} families, ${value}`;
}
