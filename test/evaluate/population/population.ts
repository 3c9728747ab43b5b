// The virtual organisation: honest people, people who look as if they inflated, and people who do, each with a name that says nothing of
// which they are.
//
// Always holds: everybody who inflates has a twin among the honest ones with the same work and the same outcomes, so that what
// inflating gains is a difference and no guess.

import { createRandom } from "../../simulation/random.ts";
import { LOOK_ALIKES } from "../look-alikes/look-alikes.ts";
import type { LookAlike } from "../look-alikes/look-alike.ts";
import { ADVERSARIES, adaptiveRegistered, REGISTERED_CRON } from "../tactics/adaptive.ts";
import { INTENSITIES, isOpen, STEALTHS, type Intensity, type Stealth } from "../tactics/stealth.ts";
import type { Tactic } from "../tactics/tactic.ts";
import { TACTICS } from "../tactics/tactics.ts";
import { INJECTED_WEEKS, type Calendar } from "./calendar.ts";
import { createWork, type Work } from "./person.ts";
import type { Prices } from "./prices.ts";
import type { SourceSession } from "./source.ts";
import type { VirtualRun } from "./virtual.ts";

/** What is true of a person. */
export type Truth =
  | { kind: "honest" }
  | { kind: "look-alike"; population: string; isDeclared: boolean }
  | {
      kind: "inflator" | "adversary";
      tactic: string;
      intensity: Intensity;
      stealth: string;
      /** The honest person with the same work. */
      twin: string;
    };

export interface VirtualWeek {
  runs: VirtualRun[];
  injectedUsd: number;
}

export interface VirtualPerson {
  email: string;
  truth: Truth;
  /** A cron line in UTC that they have registered. */
  registers: string | undefined;
  weekOf(week: number): VirtualWeek;
}

export interface Sizes {
  honest: number;
  /** People of each look-alike population. */
  lookAlike: number;
  /** Of each that needs a declared class, people who have not declared it. */
  undeclared: number;
  /** Of each tactic at +100 % without stealth. */
  open: number;
  /** Of each tactic, intensity and stealth beside that. */
  grid: number;
  adversaries: number;
}

export interface PopulationOptions {
  seed: string;
  sizes: Sizes;
  sources: ReadonlyMap<string, SourceSession[]>;
  calendar: Calendar;
  prices: Prices;
}

const DECLARING = ["batch evaluation", "retrieval", "ci", "teaching"];
const OPEN_INTENSITY: Intensity = 1;

export function createPopulation(options: PopulationOptions): VirtualPerson[] {
  const { sizes } = options;
  const honest = Array.from({ length: sizes.honest }, (_, at) => createHonest(options, at));
  const lookAlikes = LOOK_ALIKES.flatMap((lookAlike, kind) => [
    ...Array.from({ length: sizes.lookAlike }, (_, at) =>
      createLookAlike(options, lookAlike, `${kind}-${at}`, true),
    ),
    ...Array.from({ length: DECLARING.includes(lookAlike.name) ? sizes.undeclared : 0 }, (_, at) =>
      createLookAlike(options, lookAlike, `u${kind}-${at}`, false),
    ),
  ]);
  return [...honest, ...lookAlikes, ...createInflators(options)];
}

export function createHonest(options: PopulationOptions, at: number): VirtualPerson {
  const work = workOf(options, `h${at}`, at);
  return {
    email: emailOf(options.seed, `h${at}`),
    truth: { kind: "honest" },
    registers: undefined,
    weekOf: (week) => ({ runs: work.runsOf(week), injectedUsd: 0 }),
  };
}

/** @param at which honest person has the same work */
export function createInflator(
  options: PopulationOptions,
  said: {
    name: string;
    at: number;
    tactic: Tactic;
    intensity: Intensity;
    stealth: Stealth;
    kind: "inflator" | "adversary";
  },
): VirtualPerson {
  const { calendar, prices, seed } = options;
  const { name, at, tactic, intensity, stealth, kind } = said;
  const work = workOf(options, name, at);
  const usualUsd = createUsualCost(work, options);
  return {
    email: emailOf(seed, name),
    truth: { kind, tactic: tactic.name, intensity, stealth: stealth.name, twin: emailOf(seed, `h${at}`) },
    registers: tactic === adaptiveRegistered ? REGISTERED_CRON : undefined,
    weekOf(week) {
      const own = work.runsOf(week);
      const ownUsd = prices.costOfRuns(own);
      if (!calendar.isInjected(week) || own.length === 0) return { runs: own, injectedUsd: 0 };
      const runs = tactic.inject({
        name: emailOf(seed, name),
        weekStartMs: calendar.startOf(week),
        own,
        budgetUsd: (tactic.isScripted ? usualUsd() : ownUsd) * intensity,
        model: work.model,
        stealth,
        script: work.random.fork("script"),
        random: work.random.fork(`inject ${week}`),
        prices,
      });
      return { runs, injectedUsd: prices.costOfRuns(runs) - ownUsd };
    },
  };
}

/** A script is set up once: it spends in each week what its user spends on average, however much there was to do. */
function createUsualCost(work: Work, { prices }: PopulationOptions): () => number {
  let usd: number | undefined;
  return () => {
    const weeks = INJECTED_WEEKS.map((week) => prices.costOfRuns(work.runsOf(week))).filter((own) => own > 0);
    usd ??= weeks.reduce((sum, own) => sum + own, 0) / Math.max(1, weeks.length);
    return usd;
  };
}

function createInflators(options: PopulationOptions): VirtualPerson[] {
  const { sizes } = options;
  const cells = TACTICS.flatMap((tactic) =>
    STEALTHS.filter((stealth) => canHide(tactic, stealth)).flatMap((stealth) =>
      INTENSITIES.flatMap((intensity) => {
        const isGate = isOpen(stealth) && intensity === OPEN_INTENSITY;
        return Array.from({ length: isGate ? sizes.open : sizes.grid }, () => ({
          tactic,
          stealth,
          intensity,
          kind: "inflator" as const,
        }));
      }),
    ),
  );
  const adversaries = ADVERSARIES.flatMap((tactic) =>
    STEALTHS.filter(isOpen).flatMap((stealth) =>
      Array.from({ length: sizes.adversaries }, () => ({
        tactic,
        stealth,
        intensity: OPEN_INTENSITY,
        kind: "adversary" as const,
      })),
    ),
  );
  return [...cells, ...adversaries].map((cell, at) =>
    createInflator(options, { ...cell, name: `i${at}`, at: at % sizes.honest }),
  );
}

function canHide({ isScripted, hasWords }: Tactic, { hides }: Stealth): boolean {
  return hides === "value" || (hides === "start" ? isScripted : hasWords);
}

function createLookAlike(
  options: PopulationOptions,
  lookAlike: LookAlike,
  name: string,
  isDeclared: boolean,
): VirtualPerson {
  const { calendar, seed } = options;
  const work = createWork({
    ...options,
    base: `${seed}/base l${name}`,
    name: `${seed}/l${name}`,
    rate: lookAlike.ownRate,
  });
  const email = emailOf(seed, `l${name}`);
  return {
    email,
    truth: { kind: "look-alike", population: lookAlike.name, isDeclared },
    registers: lookAlike.registers,
    weekOf(week) {
      const runs = lookAlike.live({
        name: email,
        week,
        weekStartMs: calendar.startOf(week),
        own: work.runsOf(week),
        model: work.model,
        habit: work.random.fork("habit"),
        random: work.random.fork(`look-alike ${week}`),
      });
      return {
        runs: isDeclared ? runs : runs.map(({ workloadClass: _declared, ...run }) => run),
        injectedUsd: 0,
      };
    },
  };
}

function workOf({ seed, ...shared }: PopulationOptions, name: string, at: number): Work {
  return createWork({ ...shared, base: `${seed}/base h${at}`, name: `${seed}/${name}` });
}

/** The same for everybody, so that nothing can go by the name. */
function emailOf(seed: string, name: string): string {
  return `${createRandom(`${seed} ${name}`).uuid(0).slice(-12)}@evaluate.example`;
}
