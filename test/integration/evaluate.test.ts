// The harness of `npm run evaluate` against the product: a few people live one week through the commands.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openDoor } from "../simulation/door.ts";
import { COMMANDS } from "../services/commands.ts";
import { createCalendar, INJECTED_WEEKS, type Calendar } from "../evaluate/population/calendar.ts";
import { createHonest, createInflator, type PopulationOptions } from "../evaluate/population/population.ts";
import { createPrices } from "../evaluate/population/prices.ts";
import { readSources } from "../evaluate/population/source.ts";
import { sessionsOf } from "../evaluate/population/split.ts";
import { live } from "../evaluate/run.ts";
import { STEALTHS } from "../evaluate/tactics/stealth.ts";
import { replay } from "../evaluate/tactics/replay.ts";

const DATA = join(import.meta.dirname, "../../../shared/data");
const SEED = "harness";
const CENT = 0.01;
/** Openings that repeat are not credited; what follows them in the same run may be. */
const LEAST_FILTERED = 0.25;
const [OPEN] = STEALTHS;
const [FIRST_INJECTED] = INJECTED_WEEKS;

/** The real one, begun where the first week of injection is. */
function createLateCalendar(): Calendar {
  const calendar = createCalendar(new Date());
  return {
    startOf: (week) => calendar.startOf(week + FIRST_INJECTED),
    dayOf: (week) => calendar.dayOf(week + FIRST_INJECTED),
    isInjected: (week) => calendar.isInjected(week + FIRST_INJECTED),
  };
}

it.skipIf(!existsSync(DATA))(
  "what a virtual person spent is what the product counts, and what was added is told apart by the filter alone",
  async () => {
    if (OPEN === undefined) throw new Error("there is a stealth that hides nothing");
    const calendar = createLateCalendar();
    const prices = createPrices();
    const sizes = { honest: 2, lookAlike: 0, undeclared: 0, open: 1, grid: 0, adversaries: 0 };
    const sources = sessionsOf("test", readSources(DATA));
    const population: PopulationOptions = { seed: SEED, sizes, sources, calendar, prices };
    const inflator = {
      name: "i0",
      at: 0,
      tactic: replay,
      intensity: 1,
      stealth: OPEN,
      kind: "inflator",
    } as const;
    const people = [
      createHonest(population, 0),
      createHonest(population, 1),
      createInflator(population, inflator),
    ];
    const dataDir = mkdtempSync(join(tmpdir(), "assay-evaluate-"));
    const door = await openDoor(dataDir, COMMANDS);
    try {
      const life = await live({
        door,
        people,
        calendar,
        pValueMax: 0.01,
        weeks: { lived: 1, after: 0 },
        tell: () => undefined,
      });
      for (const person of people) {
        const { runs, injectedUsd } = person.weekOf(0);
        const seen = life.weeks.find(({ email }) => email === person.email);
        expect(Math.abs((seen?.costUsd ?? 0) - prices.costOfRuns(runs))).toBeLessThan(CENT);
        expect(seen?.injectedUsd).toBe(injectedUsd);
      }
      const [honest, , inflating] = people.map(({ email }) =>
        life.weeks.find((week) => week.email === email),
      );
      expect(inflating?.isInjected).toBe(true);
      expect(inflating?.filteredUsd).toBeGreaterThan(LEAST_FILTERED * (inflating?.injectedUsd ?? 0));
      expect(honest?.filteredUsd).toBe(0);
    } finally {
      await door.close();
      rmSync(dataDir, { recursive: true });
    }
  },
  120_000,
);
