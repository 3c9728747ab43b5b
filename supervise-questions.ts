// Questions to a child process, and its answers, told apart by a number. Each is waited for a limited time, because a child may
// hang, or be stopped by a debugger.

import type { Report } from "./schemas/vitals.ts";

/** More than a check of a part may take (schemas/vitals.ts). */
const ANSWER_MS_MAX = 3000;

export interface Questions {
  /** The answer to what `send` asks; undefined when none comes in time. */
  ask(send: (question: number) => void): Promise<Report | undefined>;
  answer(question: number, report: Report): void;
  /** Who was asked is gone: nobody waits any longer. */
  giveUp(): void;
}

export function createQuestions(): Questions {
  const open = new Map<number, (report: Report | undefined) => void>();
  let asked = 0;

  function settle(question: number, report: Report | undefined): void {
    open.get(question)?.(report);
    open.delete(question);
  }

  return {
    async ask(send) {
      const question = ++asked;
      const answer = new Promise<Report | undefined>((resolve) => open.set(question, resolve));
      const timer = setTimeout(() => settle(question, undefined), ANSWER_MS_MAX);
      send(question);
      const report = await answer;
      clearTimeout(timer);
      return report;
    },
    answer: settle,
    giveUp() {
      for (const question of open.keys()) settle(question, undefined);
    },
  };
}
