// One evaluation: makes the virtual organisation, lets it live through the product's commands, judges what the product said, and
// writes the report.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toMethod, type Method } from "../../schemas/method.ts";
import { createRandom } from "../simulation/random.ts";
import { openDoor } from "../simulation/door.ts";
import { COMMANDS } from "../services/commands.ts";
import { toPeople } from "./judging/detection.ts";
import { judge, type Judgement } from "./judging/judge.ts";
import { DRAWS } from "./judging/interval.ts";
import { precisionRecall, rank } from "./judging/ranking.ts";
import { keyOf, parseNotices } from "./observations.ts";
import { createCalendar } from "./population/calendar.ts";
import { createPopulation, type PopulationOptions, type Sizes } from "./population/population.ts";
import { createPrices, toPriced } from "./population/prices.ts";
import { readSources, type SourceSession } from "./population/source.ts";
import { sessionsOf, type Split } from "./population/split.ts";
import { plotBars, plotCurves, plotShares } from "./report/plots.ts";
import { toMarkdown } from "./report/report.ts";
import type { Result } from "./report/result.ts";
import { live, type Life } from "./run.ts";
import { STEALTHS } from "./tactics/stealth.ts";
import { liveTogether } from "./together.ts";

export interface EvaluationOptions {
  dataDir: string;
  seed: string;
  outDir: string;
  /** What the report calls it. */
  scale: string;
  sizes: Sizes;
  /** Of the organisation a tenth of which inflates together. */
  peopleTogether: number;
  /** Weeks from pass to pass. */
  passEveryWeeks: number;
  split: Split;
  now: Date;
  tell: (sentence: string) => void;
}

/** @throws where a command of the product fails; what was measured until then is lost */
export async function evaluate(options: EvaluationOptions): Promise<Result> {
  const { dataDir, seed, scale, sizes, split, now, tell } = options;
  const beganMs = performance.now();
  const prices = createPrices();
  const sources = sessionsOf(split, toPriced(readSources(dataDir), prices));
  const method = toMethod();
  const calendar = createCalendar(now);
  const population: PopulationOptions = {
    seed,
    sizes,
    sources,
    calendar,
    prices,
  };
  const people = createPopulation(population);
  const { pValueMax } = method.signals;
  const workDir = mkdtempSync(join(tmpdir(), "assay-evaluate-"));
  try {
    const open = (name: string) => openDoor(join(workDir, name.replaceAll(" ", "-")), COMMANDS);
    const door = await open("organisation");
    let life: Life;
    try {
      life = await live({ door, people, calendar, pValueMax, passEveryWeeks: options.passEveryWeeks, tell });
    } finally {
      await door.close();
    }
    const together = await liveTogether({
      population,
      people: options.peopleTogether,
      pValueMax,
      openDoor: open,
      tell,
    });
    const notices = parseNotices(life.patterns, calendar);
    const judgement = judge(
      { ...life, notices, together },
      {
        random: createRandom(`${seed}/judge`),
        draws: DRAWS,
      },
    );
    const result: Result = {
      options: { split, seed, scale },
      sources: describeSources(sources),
      counts: { ...countWeeks(life, people.length), seconds: (performance.now() - beganMs) / 1000 },
      ...judgement,
      together,
      defaults: listDefaults(method),
      methodVersion: method.version,
    };
    write(options.outDir, result, judgement, life);
    return result;
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

function describeSources(sources: ReadonlyMap<string, SourceSession[]>): Result["sources"] {
  const sessions = [...sources.values()].flat();
  const calls = sessions.reduce((sum, session) => sum + session.calls.length, 0);
  return { people: sources.size, sessions: sessions.length, calls };
}

function countWeeks({ weeks, calls, outcomes }: Life, people: number): Omit<Result["counts"], "seconds"> {
  const lookAlikes = toPeople(weeks).flatMap((person) =>
    person.truth.kind === "look-alike" && person.truth.isDeclared
      ? [{ population: person.truth.population, weeks: person.weeks.length }]
      : [],
  );
  const sizes = [...Map.groupBy(lookAlikes, ({ population }) => population).values()].map((own) =>
    own.reduce((sum, each) => sum + each.weeks, 0),
  );
  return {
    people,
    personWeeks: weeks.length,
    honestPersonWeeks: weeks.filter(({ truth }) => truth.kind === "honest").length,
    lookAlikePersonWeeks: Math.min(...sizes),
    injectedShare: weeks.filter(({ isInjected }) => isInjected).length / Math.max(1, weeks.length),
    calls,
    outcomes,
  };
}

/** Every number of the method, and what is shipped beside them. */
function listDefaults(method: Method): Result["defaults"] {
  const numbers = Object.entries(method).flatMap(([part, all]) =>
    typeof all === "string"
      ? []
      : Object.entries(all).map(([name, value]) => ({
          name: `${part}.${name}`,
          value: JSON.stringify(value),
        })),
  );
  return [...numbers, SHIPPED_EXPECTATIONS].map((each) => ({
    ...each,
    split: MEASURED_ON.get(each.name) ?? "neither",
  }));
}

const SHIPPED_EXPECTATIONS = { name: "shipped expectations", value: "a table" };
/** What was measured on the sessions that this evaluation is made of; anything else is the specification's. */
const MEASURED_ON: ReadonlyMap<string, string> = new Map([
  ["signals.repeatRateBenign", "neither: twice the .13 of the specification; on dev 0 to .01 were seen"],
  [
    SHIPPED_EXPECTATIONS.name,
    "dev: fitted on its sessions and on runs of two benchmarks; they hold until an organisation has enough runs of its own",
  ],
]);

function write(outDir: string, result: Result, { detectors }: Judgement, { weeks, patterns }: Life): void {
  mkdirSync(outDir, { recursive: true });
  const put = (name: string, content: string): void => writeFileSync(join(outDir, name), content);
  put("report.json", `${JSON.stringify(result, null, 2)}\n`);
  put("report.md", toMarkdown(result));
  put("person-weeks.jsonl", weeks.map((week) => `${JSON.stringify(week)}\n`).join(""));
  put("patterns.jsonl", patterns);
  const curves = detectors.map(({ name, scores }) => ({
    name,
    points: precisionRecall(
      rank(
        weeks.map((week) => ({
          person: week.email,
          score: scores.get(keyOf(week.email, week.week)) ?? 0,
          isPositive: week.isInjected,
        })),
      ),
    ).map(({ recall, precision }) => ({ x: recall, y: precision })),
  }));
  put("precision-recall.svg", plotCurves("Injected person-weeks", { x: "recall", y: "precision" }, curves));
  const recall = result.detections[0]?.recall ?? [];
  put(
    "recall.svg",
    plotShares("People told, by tactic and stealth, all intensities", {
      rows: [...new Set(recall.map(({ tactic }) => tactic))],
      columns: STEALTHS.map(({ name }) => name),
      valueOf(row, column) {
        const cells = recall.filter(({ tactic, stealth }) => tactic === row && stealth === column);
        if (cells.length === 0) return undefined;
        return (
          cells.reduce((sum, { notified }) => sum + notified, 0) /
          cells.reduce((sum, cell) => sum + cell.people, 0)
        );
      },
    }),
  );
  const { scripted, byTactic, laundered, adversaries } = result.value;
  const bars = [scripted, ...byTactic, laundered, ...adversaries].flatMap(({ tactic, credited, earned }) => [
    ...(credited === null ? [] : [{ name: `${tactic}, credited`, ...credited }]),
    ...(earned === null ? [] : [{ name: `${tactic}, earned`, ...earned }]),
  ]);
  put("gain.svg", plotBars("Gain against honest twins", "0 %", bars));
}
