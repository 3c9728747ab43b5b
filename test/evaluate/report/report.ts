// The report of an evaluation in Markdown. What it says of a figure's limits stands beside the figure.

import { INTENSITIES, STEALTHS } from "../tactics/stealth.ts";
import type { DetectionFigures, LookAlikeFigures, Recall } from "../judging/detection.ts";
import type { Gate } from "../judging/gates.ts";
import type { Gain, ValueFigures } from "../judging/value.ts";
import type { Result } from "./result.ts";
import { toPercent, toPercentRange, toRange, toTable } from "./words.ts";

export function toMarkdown(result: Result): string {
  return `${[
    "# Evaluation",
    about(result),
    "## Gates",
    "A gate is measured on the judged split alone.",
    gateTable("Gate", result.gates),
    "Goals, reported and not enforced:",
    gateTable("Goal", result.goals),
    "The same detection gates for what stands beside Assay. A harness that passed them would prove nothing:",
    ...result.baselineGates.map(({ detector, gates }) => {
      const failed = gates.filter(({ isPassed }) => !isPassed);
      const names = failed.map(
        ({ name, value, limit }) =>
          `${name} (${value === null ? "not measured" : value.toFixed(3)}, ${limit})`,
      );
      return `* **${detector}** fails ${failed.length} of ${gates.length}${names.length > 0 ? `: ${names.join("; ")}` : ""}.`;
    }),
    "## Detectors side by side",
    detectorTable(result.detections),
    `![Precision and recall](precision-recall.svg)`,
    "## Innocent look-alikes",
    "Share of person-weeks that a notice is about.",
    lookAlikeTable(result.detections),
    "## Recall",
    ...recallTables(result.detections[0]),
    `![Recall](recall.svg)`,
    ...valueSections(result.value, result),
    "## Defaults, and on which split they were chosen",
    defaultsTable(result),
  ].join("\n\n")}\n`;
}

function about({ options, counts, sources }: Result): string {
  return [
    `Split **${options.split}**, seed ${options.seed}, scale ${options.scale}: ${counts.people} virtual people, ${counts.personWeeks} person-weeks ` +
      `(${counts.honestPersonWeeks} honest, ${counts.lookAlikePersonWeeks} of the smallest look-alike population), ${counts.calls} calls, ` +
      `${counts.outcomes} outcomes, ${Math.round(counts.seconds)} s. Injected person-weeks: ${toPercent(counts.injectedShare)}.`,
    `**Simulated tactics prove the machinery, not the world.** The honest base is ${sources.sessions} real sessions of ${sources.people} people ` +
      `(${sources.calls} calls), resampled; the tactics and most of the look-alikes are written by the same hands as the method. ` +
      "Intervals are 95 %, by a bootstrap of virtual people: they do not speak of other source people, of whom there are few.",
    "What was assumed:",
    "* Sessions are drawn in their own order, in laps through one real person's sessions; hashes are salted by virtual person and lap, " +
      "because the same real session drawn twice is no replay. What the real person repeated within a lap is repeated.",
    "* Somebody spends 40 dollars a week at the median, as Claude Code's documentation and the dev split have it; a script keeps its pace " +
      "through the office hours of a week and spends, in each, a share of what its user spends on average.",
    "* A model without a known price stands as one that has one.",
    "* Output tokens of Claude Code are a quarter of the characters, because its transcripts carry the count of the stream's start.",
    "* A session's landed commits are its outcomes: four in five as pull requests that somebody else approved, the others as lines that survived a week.",
    "* Repetition within human prompts is not in the data and is drawn: little in most of them, and a pasted log in 3 %.",
    "* Only sessions that reached a commit exist in the data, so honest yield is high, and the longest sessions are missing.",
    "* People of look-alike populations that need a declared class have declared it; those who have not are shown apart.",
  ].join("\n");
}

function gateTable(what: string, gates: readonly Gate[]): string {
  return toTable(
    [what, "Limit", "Measured", ""],
    gates.map(({ name, limit, value, isPassed }) => [
      name,
      limit,
      value === null ? "not measured" : value.toFixed(3),
      isPassed ? "passed" : "**failed**",
    ]),
  );
}

function detectorTable(detections: readonly DetectionFigures[]): string {
  return toTable(
    [
      "Detector",
      "Average precision",
      "Precision in the first 1 %",
      "Precision of notices",
      "People told",
      "Scripted, +100 %, open: told",
    ],
    detections.map((figures) => [
      figures.detector,
      toRange(figures.averagePrecision),
      toRange(figures.precisionAtTop),
      toRange(figures.noticePrecision),
      String(figures.peopleNotified),
      toPercentRange(figures.openRecall),
    ]),
  );
}

function lookAlikeTable(detections: readonly DetectionFigures[]): string {
  const [first] = detections;
  if (first === undefined) return "";
  return toTable(
    ["Population", "Person-weeks", ...detections.map(({ detector }) => detector)],
    populationsOf(first).map(({ population, personWeeks }, at) => [
      population,
      String(personWeeks),
      ...detections.map((figures) => toPercentRange(populationsOf(figures)[at]?.notified ?? null)),
    ]),
  );
}

function populationsOf(figures: DetectionFigures): readonly LookAlikeFigures[] {
  return [
    figures.honest,
    ...figures.lookAlikes,
    ...figures.undeclared.map((each) => ({
      ...each,
      population: `${each.population}, undeclared (no gate)`,
    })),
  ];
}

function toldOf(cells: readonly Recall[]): string {
  const people = cells.reduce((sum, cell) => sum + cell.people, 0);
  const notified = cells.reduce((sum, cell) => sum + cell.notified, 0);
  return people === 0 ? "·" : `${notified} of ${people}`;
}

function recallTables(figures: DetectionFigures | undefined): string[] {
  if (figures === undefined) return [];
  const tactics = [...new Set(figures.recall.map(({ tactic }) => tactic))];
  const byStealth = toTable(
    ["People told, by tactic and stealth", ...STEALTHS.map(({ name }) => name)],
    tactics.map((tactic) => [
      tactic,
      ...STEALTHS.map(({ name }) =>
        toldOf(figures.recall.filter((cell) => cell.tactic === tactic && cell.stealth === name)),
      ),
    ]),
  );
  const byIntensity = toTable(
    ["People told, by tactic and intensity", ...INTENSITIES.map((each) => `+${each * 100} %`)],
    tactics.map((tactic) => [
      tactic,
      ...INTENSITIES.map((each) =>
        toldOf(figures.recall.filter((cell) => cell.tactic === tactic && cell.intensity === each)),
      ),
    ]),
  );
  return [byStealth, byIntensity];
}

function valueSections(value: ValueFigures, { together }: Result): string[] {
  const gains: readonly Gain[] = [value.scripted, ...value.byTactic, value.laundered, ...value.adversaries];
  const { median, never } = value.weeksUntilJudged;
  return [
    "## What inflating pays",
    "Against honest twins with the same work and the same outcomes, over the weeks in which something was added.",
    toTable(
      ["Tactic", "People", "Raw volume", "Credited volume", "Earned volume"],
      gains.map(({ tactic, people, volume, credited, earned }) => [
        tactic,
        String(people),
        toPercentRange(volume),
        toPercentRange(credited),
        toPercentRange(earned),
      ]),
    ),
    "![Gain](gain.svg)",
    `Where ${together.inflating} of ${together.people} people inflate together, against the same people where nobody does: credited ` +
      `${together.creditedGain === null ? "not measured" : toPercent(together.creditedGain)}, earned ` +
      `${together.earnedGain === null ? "not measured" : toPercent(together.earnedGain)}.`,
    `Of injected cost ${toPercentRange(value.filtered)} is filtered, and ${toPercentRange(value.filteredOrNotified)} filtered or notified.`,
    "## What is said of people",
    `Half of the ordinary people can be judged on value after ${median ?? "more than 8"} weeks; of ${toPercent(never)} nothing is said in 8 weeks.`,
    toTable(
      ["Population", "Not enough evidence"],
      value.abstention
        .toSorted((a, b) => (a.population < b.population ? -1 : 1))
        .map(({ population, share }) => [population, toPercent(share)]),
    ),
    `Calibration of the evidence levels, one half of the people against the other: expected error ${value.calibration.error?.toFixed(4) ?? "not measured"}.`,
    toTable(
      ["Evidence", "Person-weeks", "Injected, first half", "Injected, second half"],
      value.calibration.levels.map(({ level, personWeeks, predicted, observed }) => [
        level,
        String(personWeeks),
        toPercent(predicted),
        toPercent(observed),
      ]),
    ),
  ];
}

function defaultsTable({ defaults }: Result): string {
  const sentence =
    "No default was chosen by what this evaluation says of either split. Those of the method come from its specification and the published evidence " +
    "behind it. What was measured on the real sessions themselves, without simulated tactics, is named with the split that they are of.";
  return `${sentence}\n\n${toTable(
    ["Default", "Value", "Chosen on"],
    defaults.map(({ name, value, split }) => [name, value, split]),
  )}`;
}
