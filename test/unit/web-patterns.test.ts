// What My patterns says of a pattern in each of its states, before anything is drawn.

import { describe, expect, test } from "vitest";
import { toMeasurements, toSize } from "../../dashboard/web/prepare/pattern-measurements.ts";
import { toPatternLists } from "../../dashboard/web/prepare/pattern-rows.ts";
import { tellAudience, tellState, toClockWords, toSteps } from "../../dashboard/web/prepare/pattern-state.ts";
import { findEnding, nameMechanisms, tellWhatWasSeen } from "../../dashboard/web/prepare/pattern-words.ts";
import { PATTERN_CLOSINGS, PATTERN_STATES, SIGNAL_FAMILIES } from "../../schemas/closed-lists.ts";
import type { OwnPattern } from "../../schemas/pattern-api.ts";
import { buildFinding, buildOwnPattern, WEEKS } from "../builders/pattern-view.ts";

const TODAY = "2026-11-19";
const CLOSED = { closed_at: "2026-11-18T10:00:00.000Z", clock: null, recent: null } as const;
const OPENED = { state: "open", opened_at: "2026-11-17T00:00:00.000Z" } as const;

/** Every state that its person can see, as the page says it: the steps, the one that it is in, and who can see it. */
const STATES: [string, Partial<OwnPattern>, string[], string, string][] = [
  [
    "told",
    {},
    ["Noticed", "Told to you", "Open to your manager", "Closed"],
    "Told to you",
    "alone until 26 Nov",
  ],
  [
    "contested",
    { is_contested: true, can_contest: false },
    ["Noticed", "Told to you, contested", "Open to your manager", "Closed"],
    "Contested, the clock stands still",
    "privacy officer",
  ],
  [
    "open",
    OPENED,
    ["Noticed", "Told to you", "Open to your manager", "Closed"],
    "Open to your manager",
    "to your manager. Each look is recorded",
  ],
  [
    "open and contested",
    { ...OPENED, is_contested: true },
    ["Noticed", "Told to you", "Open to your manager, contested", "Closed"],
    "Contested, the clock stands still",
    "to your manager and to the privacy officer",
  ],
  [
    "explained by a schedule",
    { ...CLOSED, state: "explained", closed_by: "schedule" },
    ["Noticed", "Told to you", "Explained by a schedule"],
    "Explained by a schedule",
    "alone since it is closed",
  ],
  [
    "explained",
    { ...CLOSED, ...OPENED, state: "explained", closed_by: "manager" },
    ["Noticed", "Told to you", "Open to your manager", "Explained"],
    "Explained",
    "alone since it is closed",
  ],
  [
    "resolved by evidence",
    { ...CLOSED, state: "resolved", closed_by: "evidence" },
    ["Noticed", "Told to you", "Over by itself"],
    "Over by itself",
    "alone since it is closed",
  ],
  [
    "resolved by the manager",
    { ...CLOSED, ...OPENED, state: "resolved", closed_by: "manager" },
    ["Noticed", "Told to you", "Open to your manager", "Talked, and settled"],
    "Talked, and settled",
    "alone since it is closed",
  ],
  [
    "dismissed by the officer",
    { ...CLOSED, state: "dismissed", closed_by: "officer" },
    ["Noticed", "Told to you", "Contest upheld"],
    "Contest upheld",
    "alone since it is closed",
  ],
  [
    "expired",
    { ...CLOSED, ...OPENED, state: "expired", closed_by: "time" },
    ["Noticed", "Told to you", "Open to your manager", "Expired"],
    "Expired",
    "alone since it is closed",
  ],
];

describe("the states of a pattern", () => {
  test.each(STATES)("%s", (_name, said, labels, state, audience) => {
    const pattern = buildOwnPattern(said);
    const steps = toSteps(pattern);
    expect(steps.map(({ label }) => label)).toEqual(labels);
    expect(steps.filter((step) => step.state === "current")).toHaveLength(1);
    expect(tellState(pattern)).toBe(state);
    expect(tellAudience(pattern, TODAY)).toContain(audience);
    expect(findEnding(pattern) === null).toBe(pattern.closed_at === null);
  });

  test("one that nobody was told of is in no list", () => {
    const observed = buildOwnPattern({ state: "observed", notified_at: null, clock: null });
    expect(toPatternLists([observed], TODAY, "UTC")).toEqual({ live: [], closed: [] });
  });

  test("every ending that there is has a sentence of its own for its person", () => {
    for (const state of PATTERN_STATES.slice(3))
      for (const closed_by of PATTERN_CLOSINGS)
        expect(findEnding({ state, closed_by })?.sentence).toMatch(/^[A-Z].*\.$/);
  });

  test("what comes first stands first, and what closed last", () => {
    const clock = buildOwnPattern().clock!;
    const rows = [
      buildOwnPattern({ pattern_id: "later", clock: { ...clock, ends_on: "2026-12-01" } }),
      buildOwnPattern({ pattern_id: "sooner" }),
      buildOwnPattern({ ...CLOSED, pattern_id: "old", state: "expired", closed_by: "time" }),
      buildOwnPattern({
        ...CLOSED,
        pattern_id: "new",
        state: "expired",
        closed_by: "time",
        closed_at: "2026-11-19T10:00:00.000Z",
      }),
    ];
    const { live, closed } = toPatternLists(rows, TODAY, "UTC");
    expect([live, closed].map((list) => list.map(({ patternId }) => patternId))).toEqual([
      ["sooner", "later"],
      ["new", "old"],
    ]);
    expect(live[0]?.next).toBe("5 working days left, until 26 Nov");
  });
});

describe("the clock", () => {
  const clock = buildOwnPattern().clock!;

  test("says what has passed, what comes and on which day, and marks today", () => {
    const words = toClockWords(clock, TODAY);
    expect(words.sentence).toBe(
      "5 of 10 working days have passed. If nothing explains it and it still holds, your manager can see it from 26 Nov.",
    );
    expect(words.days.map(({ state }) => state).join(" ")).toBe(
      "passed passed passed passed passed today ahead ahead ahead ahead",
    );
  });

  test("stands still while a contest waits, and names the day on which that ends", () => {
    expect(toClockWords({ ...clock, until: "lapses" }, TODAY).sentence).toMatch(
      /stands still .* dismissed on 26 Nov\.$/,
    );
    expect(toClockWords({ ...clock, until: "expires" }, TODAY, "other").sentence).toMatch(
      /expires on 26 Nov\.$/,
    );
  });
});

describe("what was measured", () => {
  test("each signal has its floor, its chance and its innocent ways, in its own unit", () => {
    const [replay, schedule] = toMeasurements(buildOwnPattern(), TODAY);
    expect(replay).toMatchObject({
      name: "Replay",
      effectText: "80\u202f%",
      floorText: "50\u202f%",
      chance: "p < .001",
      innocents: "a template; an evaluation that was not declared",
    });
    expect(schedule).toMatchObject({ name: "Schedule", effectText: "R 0.80", floorText: "R 0.70" });
  });

  test("a week in which a signal did not speak is a gap, and never zero", () => {
    const weeks = buildFinding().weeks.filter(({ week }) => week !== WEEKS[1]);
    const findings = [buildFinding({ weeks })];
    const [measurement] = toMeasurements(buildOwnPattern({ findings }), TODAY);
    expect(measurement?.weeks.map(({ value }) => value)).toEqual([0.6, null, 0.8]);
    expect(toSize(buildOwnPattern({ findings }), TODAY).weeks.map(({ value }) => value)).toEqual([
      40,
      null,
      40,
    ]);
  });

  test("what was told stays, and what counts now stands apart where it differs", () => {
    expect(toSize(buildOwnPattern(), TODAY).sentences).toEqual([
      "The notice was of $120.00 at list price, in the weeks from 26 Oct to 9 Nov.",
      "3 of the last 4 weeks have the pattern.",
    ]);
    const later = buildOwnPattern({
      recent: { from_week: WEEKS[1], weeks: 4, weeks_with_it: 2, cost_usd: "80.00" },
    });
    expect(toSize(later, "2026-12-02").sentences).toEqual([
      "The notice was of $120.00 at list price, in the weeks from 26 Oct to 9 Nov.",
      "In the 4 weeks from 2 Nov, which are what counts now, it is $80.00.",
      "2 of the last 4 weeks have the pattern.",
    ]);
    expect(toSize(later, TODAY).weeks.map(({ isRecent }) => isRecent)).toEqual([false, true, true]);
  });

  test("what was seen comes with what it often is, for every mechanism", () => {
    expect(tellWhatWasSeen(buildOwnPattern(), "own", "26 Oct")).toBe(
      "Since 26 Oct, 132 of your runs started on a fixed interval and sent much the same content. That is often a job or a monitor that was never registered as a schedule.",
    );
    for (const family of SIGNAL_FAMILIES) {
      const pattern = buildOwnPattern({ families: [family] });
      expect(tellWhatWasSeen(pattern, "other", "26 Oct")).toMatch(/^Since .*\. That is often .*\.$/);
      expect(nameMechanisms([family])).toMatch(/^[A-Z]/);
    }
  });
});
