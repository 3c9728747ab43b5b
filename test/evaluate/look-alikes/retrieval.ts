// Asks questions over documents that a program puts under each question: long prompts that repeat pages, through an SDK.

import { atWork } from "../population/calendar.ts";
import { blocksOf, writePrompt } from "../population/sketches.ts";
import type { LookAlike } from "./look-alike.ts";
import { smallRun } from "./runs.ts";

const QUESTIONS = 45;
const DOCUMENTS = 12;
const DOCUMENTS_EACH = 5;
const DOCUMENT_CHARS = 6000;
const REPETITION = [0.1, 0.45] as const;

export const retrieval: LookAlike = {
  name: "retrieval",
  description:
    "Forty-five questions a week, each with five documents under it, some of them the same; declared as retrieval.",
  ownRate: 0.3,
  live(week) {
    const { own, random, name, weekStartMs } = week;
    const runs = Array.from({ length: QUESTIONS }, (_, at) => {
      const question = writePrompt(random.fork(`q${at}`), DOCUMENT_CHARS * DOCUMENTS_EACH);
      const documents = Array.from({ length: DOCUMENTS_EACH }, () =>
        blocksOf(`${name} document ${random.integer(0, DOCUMENTS - 1)}`, DOCUMENT_CHARS / 3),
      );
      return smallRun(week, {
        session: `${name}-r${week.week}-${at}`,
        startsAtMs: atWork(weekStartMs, random.integer(0, 4), random.uniform()),
        prompt: {
          ...question,
          blocks: documents.flat().slice(0, 32),
          repetition: random.between(...REPETITION),
          compression: 0.3,
        },
        client: "sdk",
        entrypoint: "sdk",
        workloadClass: "retrieval",
        inputTokens: random.integer(7000, 14_000),
        outputTokens: random.integer(150, 600),
      });
    });
    return [...own, ...runs];
  },
};
