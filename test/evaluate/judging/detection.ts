// What a detector's ordering and notices are worth: the same figures for the product and for what stands beside it.

import { keyOf, type Notice, type PersonWeek } from "../observations.ts";
import { WEEKS } from "../population/calendar.ts";
import type { Truth } from "../population/population.ts";
import type { Detector } from "./detector.ts";
import { estimate, estimateShare, type Bootstrap, type Estimate } from "./interval.ts";
import { averagePrecision, precisionAt, rank, type Scored } from "./ranking.ts";

export interface Person {
  email: string;
  truth: Truth;
  weeks: readonly PersonWeek[];
}

export interface LookAlikeFigures {
  population: string;
  people: number;
  personWeeks: number;
  /** Of person-weeks, the share that a notice is about. */
  notified: Estimate | null;
  peopleNotified: number;
}

export interface Recall {
  tactic: string;
  intensity: number;
  stealth: string;
  people: number;
  notified: number;
}

export interface DetectionFigures {
  detector: string;
  averagePrecision: Estimate | null;
  /** In the first hundredth of person-weeks. */
  precisionAtTop: Estimate | null;
  /** Of people who are told of something, the share that inflates. */
  noticePrecision: Estimate | null;
  peopleNotified: number;
  honest: LookAlikeFigures;
  lookAlikes: readonly LookAlikeFigures[];
  /** Not judged: people who should have declared their class and did not. */
  undeclared: readonly LookAlikeFigures[];
  recall: readonly Recall[];
  /** Scripted tactics at +100 % without stealth: share of people notified. */
  openRecall: Estimate | null;
  /** Of those who are notified, weeks from the first one with two families at floor to being told; the median. */
  weeksToNotice: number | null;
}

const TOP = 0.01;
const OPEN = { intensity: 1, stealth: "none" };

export function toPeople(weeks: readonly PersonWeek[]): Person[] {
  return [...Map.groupBy(weeks, ({ email }) => email)].flatMap(([email, own]) => {
    const [first] = own;
    return first === undefined ? [] : [{ email, truth: first.truth, weeks: own }];
  });
}

export function isInflating({ kind }: Truth): boolean {
  return kind === "inflator" || kind === "adversary";
}

export function measureDetection(
  people: readonly Person[],
  detector: Detector,
  bootstrap: Bootstrap,
): DetectionFigures {
  const { name, scores, notices } = detector;
  const judged = people.filter(({ truth }) => truth.kind !== "look-alike" || truth.isDeclared);
  const noticesOf = Map.groupBy(notices, ({ email }) => email);
  const told = judged.filter(({ email }) => noticesOf.has(email));
  const ranking = rank(judged.flatMap((person) => toCases(person, scores)));
  const ofPopulation = (population: string, isDeclared: boolean): LookAlikeFigures =>
    measurePopulation(
      population,
      people.filter(
        ({ truth }) =>
          truth.kind === "look-alike" && truth.population === population && truth.isDeclared === isDeclared,
      ),
      noticesOf,
      bootstrap,
    );
  const open = people.filter(({ truth }) => isOpenInflator(truth));
  return {
    detector: name,
    averagePrecision: estimate(judged, (weightOf) => averagePrecision(ranking, weightOf), bootstrap),
    precisionAtTop: estimate(judged, (weightOf) => precisionAt(ranking, weightOf, TOP), bootstrap),
    noticePrecision: estimate(
      told,
      (weightOf) => shareOf(told, ({ truth }) => isInflating(truth), weightOf),
      bootstrap,
    ),
    peopleNotified: told.length,
    honest: measurePopulation(
      "honest",
      people.filter(({ truth }) => truth.kind === "honest"),
      noticesOf,
      bootstrap,
    ),
    lookAlikes: populationsOf(people, true).map((population) => ofPopulation(population, true)),
    undeclared: populationsOf(people, false).map((population) => ofPopulation(population, false)),
    recall: measureRecall(people, noticesOf),
    openRecall: estimate(
      open,
      (weightOf) => shareOf(open, ({ email }) => noticesOf.has(email), weightOf),
      bootstrap,
    ),
    weeksToNotice: medianDelay(open, noticesOf),
  };
}

function toCases(person: Person, scores: ReadonlyMap<string, number>): Scored<Person>[] {
  return person.weeks.map(({ email, week, isInjected }) => ({
    person,
    score: scores.get(keyOf(email, week)) ?? 0,
    isPositive: isInjected,
  }));
}

function populationsOf(people: readonly Person[], isDeclared: boolean): string[] {
  const names = people.flatMap(({ truth }) =>
    truth.kind === "look-alike" && truth.isDeclared === isDeclared ? [truth.population] : [],
  );
  return [...new Set(names)].toSorted();
}

function measurePopulation(
  population: string,
  people: readonly Person[],
  noticesOf: ReadonlyMap<string, readonly Notice[]>,
  bootstrap: Bootstrap,
): LookAlikeFigures {
  const weeksTold = new Map(
    people.map((person) => [person, countWeeksTold(person, noticesOf.get(person.email) ?? [])]),
  );
  const sum = (take: (person: Person) => number, weightOf: (person: Person) => number): number =>
    people.reduce((total, person) => total + take(person) * weightOf(person), 0);
  return {
    population,
    people: people.length,
    personWeeks: people.reduce((total, { weeks }) => total + weeks.length, 0),
    notified: estimateShare(
      people,
      (weightOf) => {
        const all = sum(({ weeks }) => weeks.length, weightOf);
        return all === 0 ? null : sum((person) => weeksTold.get(person) ?? 0, weightOf) / all;
      },
      bootstrap,
    ),
    peopleNotified: people.filter(({ email }) => noticesOf.has(email)).length,
  };
}

function countWeeksTold({ weeks }: Person, notices: readonly Notice[]): number {
  return weeks.filter(({ week }) =>
    notices.some(({ firstWeek, lastWeek }) => firstWeek <= week && week <= lastWeek),
  ).length;
}

function measureRecall(
  people: readonly Person[],
  noticesOf: ReadonlyMap<string, readonly Notice[]>,
): Recall[] {
  const cells = new Map<string, Recall>();
  for (const { email, truth } of people) {
    if (truth.kind !== "inflator" && truth.kind !== "adversary") continue;
    const { tactic, intensity, stealth } = truth;
    const key = `${tactic} ${intensity} ${stealth}`;
    const cell = cells.get(key) ?? { tactic, intensity, stealth, people: 0, notified: 0 };
    cell.people += 1;
    if (noticesOf.has(email)) cell.notified += 1;
    cells.set(key, cell);
  }
  return [...cells.values()].toSorted((a, b) => (a.tactic < b.tactic ? -1 : Number(a.tactic > b.tactic)));
}

export function isOpenInflator(truth: Truth): boolean {
  return truth.kind === "inflator" && truth.intensity === OPEN.intensity && truth.stealth === OPEN.stealth;
}

function shareOf(
  people: readonly Person[],
  holds: (person: Person) => boolean,
  weightOf: (person: Person) => number,
): number | null {
  const all = people.reduce((sum, person) => sum + weightOf(person), 0);
  if (all === 0) return null;
  return people.reduce((sum, person) => sum + (holds(person) ? weightOf(person) : 0), 0) / all;
}

/** A detector without families is timed from the first injected week. */
function medianDelay(
  people: readonly Person[],
  noticesOf: ReadonlyMap<string, readonly Notice[]>,
): number | null {
  const delays = people.flatMap(({ email, weeks }) => {
    const told = Math.min(...(noticesOf.get(email) ?? []).map(({ toldInWeek }) => toldInWeek));
    const isSeen = weeks.filter(({ isInjected, families }) => isInjected && families.length >= 2);
    const first = Math.min(
      WEEKS,
      ...(isSeen.length > 0 ? isSeen : weeks.filter(({ isInjected }) => isInjected)).map(({ week }) => week),
    );
    return Number.isFinite(told) ? [Math.max(0, told - first)] : [];
  });
  if (delays.length === 0) return null;
  const ordered = delays.toSorted((a, b) => a - b);
  return (
    ((ordered[Math.floor((ordered.length - 1) / 2)] ?? 0) +
      (ordered[Math.ceil((ordered.length - 1) / 2)] ?? 0)) /
    2
  );
}
