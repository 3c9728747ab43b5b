// Numbers of the signals: when a mechanism is seen, and how surely. Each has the name of its signal in front.

import { z } from "zod";

const count = z.int().min(1);
const share = z.number().min(0).max(1);

export const signalMethod = {
  pValueMax: share
    .default(0.01)
    .describe("A family speaks at this p-value or a smaller one, and above its floor."),
  referenceWeeks: count
    .default(12)
    .describe("Weeks before a week from which its reference is taken: one week of each person, by lot."),
  referencesMin: count
    .default(99)
    .describe(
      "People of a class below which there is no reference: the smallest p-value would be above 0.01.",
    ),
  falseDiscoveryRate: share
    .default(0.1)
    .describe(
      "Of the person-weeks in which two families are believed, at most this share is false on average: Benjamini-Hochberg, where the organisation is large enough for it.",
    ),
  assumedFindingsShare: share
    .default(0.01)
    .describe(
      "Share of person-weeks in which two families are assumed to speak truly. An organisation is large enough when its largest reference would let so many be believed, which with eight families takes 6999 people of a class; a share assumed too large would call smaller ones large, and believe nothing that is held against a reference in them.",
    ),
  repeatRateBenign: share
    .default(0.25)
    .describe(
      "Chance, at each prompt of an honest person, that it repeats an earlier one of another run, at most: twice the .13 that the evidence behind the method has. In seven weeks of two developers it was 0 to .01.",
    ),
  replaySimilarity: share
    .default(0.8)
    .describe("Jaccard similarity at which two openings are near-duplicates."),
  replayClusterMin: count.default(20).describe("Openings and human turns alike, before they are a cluster."),
  replayShareFloor: share
    .default(0.5)
    .describe("Share of a person-week's openings and human turns in clusters."),
  promptVarietyFloor: share
    .default(0.4)
    .describe("Distinct prompts / prompts at which variety is low; honest people have 0.87 to 1."),
  promptVarietyPromptsMin: count.default(45).describe("With fewer prompts, variety says nothing."),
  phaseLockFloor: share
    .default(0.7)
    .describe("Resultant length R; an honest hour of traffic has 0.27 by chance."),
  phaseLockStartsMin: count.default(50).describe("Starts of runs, before their phase is looked at."),
  phaseLockPeriodsMin: count.default(20).describe("Periods over which they are spread."),
  noOpShareFloor: share
    .default(0.5)
    .describe("Share of cost in runs that did nothing, of an opening that repeats."),
  noOpRepeatsMin: count.default(10).describe("Times that such an opening occurs."),
  paddingRepetitionMin: share
    .default(0.3)
    .describe(
      "Share of a prompt's lines that repeat, from which it may be padded: the limit of the Gopher filters.",
    ),
  paddingCompressionMax: share
    .default(0.15)
    .describe("And it compresses to this. Code repeats its brackets, and compresses to 0.25."),
  fillerCompressionMax: share
    .default(0.05)
    .describe("What compresses to this is filler also on one line. Prose compresses to 0.35, a log to 0.1."),
  paddingPromptsMin: count
    .default(20)
    .describe("Prompts of 256 bytes or more, before padding is looked for."),
  paddingShareFloor: share.default(0.25).describe("Share of those prompts that are padded."),
  sharedBlockRunsMin: count
    .default(10)
    .describe("Runs with different prompts in which a paragraph occurs, before it is a padding block."),
  sharedBlocksShareFloor: share
    .default(0.5)
    .describe("Share of prompts with paragraphs of which half are such blocks."),
  cutOffAnswersMin: count.default(30).describe("Last answers of runs, before their ends are looked at."),
  cutOffShareFloor: share
    .default(0.5)
    .describe("Share of them that the length limit cut off and nothing came of."),
  fanOutSiblingsMin: count
    .default(3)
    .describe(
      "Sub-agents of one parent that were told the same and looked at the same: two may be a second opinion.",
    ),
  fanOutAgentsMin: count.default(10).describe("Sub-agents of a week, before they are compared."),
  fanOutShareFloor: share.default(0.5).describe("Share of the sub-agents that repeat a sibling."),
  echoRoundsMin: count
    .default(10)
    .describe("Times that a run's own answer comes back as its next prompt, before it is an echo."),
  echoShareFloor: share.default(0.25).describe("Share of cost in such rounds."),
  cacheBustCallsMin: count
    .default(30)
    .describe("Calls that continue another with a cache, before it is looked at."),
  cacheBustShareFloor: share
    .default(0.5)
    .describe("Share of them that wrote more than they read because what stands before had changed."),
};
