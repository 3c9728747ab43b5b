// What people can say of a pattern and what a reviewer reads, before anything is drawn.

import { describe, expect, test } from "vitest";
import { toLookRows } from "../../dashboard/web/prepare/pattern-state.ts";
import {
  countAsked,
  tellMilestones,
  toDecisionOptions,
  toReviewRows,
  toWords,
} from "../../dashboard/web/prepare/review-words.ts";
import { nameStatement, toAnswerOptions } from "../../dashboard/web/prepare/statement-words.ts";
import type { OwnPattern, Statement } from "../../schemas/pattern-api.ts";
import { buildOwnPattern } from "../builders/pattern-view.ts";

const TODAY = "2026-11-19";
const OPENED = { state: "open", opened_at: "2026-11-17T00:00:00.000Z" } as const;

const statement = (said: Partial<Statement> = {}): Statement => ({
  kind: "explanation",
  said_at: "2026-11-12T10:00:00.000Z",
  text: "A check of links.",
  cause: "other",
  workload_class: null,
  is_upheld: null,
  ...said,
});

/** Of a scheduled job. */
const consequenceOfSchedule = (said: Partial<OwnPattern>) =>
  toAnswerOptions(buildOwnPattern(said))[0]?.consequence ?? "";

describe("what the person can say", () => {
  test("each answer says what follows; a contest is possible once", () => {
    const before = toAnswerOptions(buildOwnPattern());
    expect(before.map(({ isPossible }) => isPossible)).toEqual([true, true, true, true, true]);
    const after = toAnswerOptions(buildOwnPattern({ can_contest: false, is_contested: true }));
    expect(after.at(-1)).toMatchObject({
      isPossible: false,
      consequence: "You contested it. The privacy officer will answer.",
    });
  });

  test("a schedule is said to close only what it closes", () => {
    expect(consequenceOfSchedule({})).toContain("closes by itself");
    expect(consequenceOfSchedule({ families: ["padding", "replay"] })).toContain("does not close it");
    expect(consequenceOfSchedule(OPENED)).toContain("Your manager reads");
  });

  test("what was said is named for its person", () => {
    const said = [
      statement({ cause: "test", workload_class: "evaluation" }),
      statement({ kind: "contest", cause: null }),
      statement({ kind: "answer", cause: null, is_upheld: false }),
      statement({ kind: "decision", cause: null }),
    ];
    expect(said.map(nameStatement)).toEqual([
      "You: a test or an evaluation, class Evaluation",
      "You: the finding is wrong",
      "The privacy officer: the finding stands",
      "Your manager's decision",
    ]);
  });

  test("who looked is named, latest first, and an operator as such", () => {
    const looks = [
      { at: "2026-11-17T09:00:00.000Z", what: "listed", name: "M. Example" },
      { at: "2026-11-18T09:00:00.000Z", what: "exported", name: null },
    ] as const;
    expect(toLookRows([...looks], new Date("2026-11-19T12:00:00Z"), "UTC")).toMatchObject([
      { who: "An operator, at the command line", when: "18 Nov, 09:00" },
      { who: "M. Example", what: "It stood in their list, without your name" },
    ]);
  });
});

describe("what a reviewer sees", () => {
  test("the list has a mechanism and a day, and nothing else", () => {
    const review = {
      patterns: [
        {
          pattern_id: "a",
          families: ["replay", "schedule"],
          is_contested: false,
          asks: "decision",
          due_on: "2026-12-10",
        },
        {
          pattern_id: "b",
          families: ["fan_out", "replay"],
          is_contested: true,
          asks: "nothing",
          due_on: "2026-12-15",
        },
      ],
    } satisfies Parameters<typeof toReviewRows>[0];
    expect(toReviewRows(review, TODAY)).toEqual([
      {
        patternId: "a",
        name: "Repeated content on a fixed interval",
        mechanisms: "2 mechanisms",
        due: "Decision due 10 Dec",
      },
      {
        patternId: "b",
        name: "Sub-agents with the same task and repeated content",
        mechanisms: "2 mechanisms",
        due: "Waits for the privacy officer",
      },
    ]);
    expect([countAsked(review), countAsked({ patterns: [] })]).toEqual([
      "1 to discuss, 1 waiting",
      "Nothing to discuss",
    ]);
  });

  test("the person's words come unchanged, latest first, with what they chose", () => {
    const said = [
      statement(),
      statement({ said_at: "2026-11-13T10:00:00.000Z", text: " “Odd” <b>", cause: "client_default" }),
      statement({ kind: "answer", text: "It stands.", is_upheld: false }),
    ];
    expect(toWords(said).map(({ text, facts }) => [text, facts[0]?.value])).toEqual([
      [" “Odd” <b>", "A client or tool default"],
      ["A check of links.", "In own words"],
    ]);
    expect(tellMilestones({ ...buildOwnPattern(OPENED), statements: said }, TODAY, "UTC")).toBe(
      "told on 11 Nov, explained on 12 Nov, open since 17 Nov",
    );
  });

  test("to accept an explanation says which class it declares", () => {
    expect(toDecisionOptions([statement({ workload_class: "evaluation" })])[0]?.consequence).toContain(
      "class Evaluation",
    );
    expect(toDecisionOptions([statement()])[0]?.consequence).toContain("none is declared");
  });
});
