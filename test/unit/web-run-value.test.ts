// What a run's page says of its outcomes, of what was expected and of what was measured.

import { describe, expect, test } from "vitest";
import { explainExpectation, formatOutcomes, toFacts } from "../../dashboard/web/prepare/run-expectation.ts";
import { toRunFigures } from "../../dashboard/web/prepare/run-figures.ts";
import { toOutcomeRows } from "../../dashboard/web/prepare/run-outcomes.ts";
import { describeSignals, toSignalRows } from "../../dashboard/web/prepare/run-signals.ts";
import { nameSignal } from "../../dashboard/web/prepare/signal-words.ts";
import { SIGNALS } from "../../analytics/signals/signals.ts";
import { type RunOutcome, type RunValue, runValueSchema } from "../../schemas/run-value-api.ts";
import { runSchema } from "../../schemas/run-api.ts";
import { TOKEN_FIELDS } from "../../schemas/token-event.ts";

const NOW = new Date("2026-11-21T12:00:00Z");

const OUTCOME: RunOutcome = {
  outcome_id: "o",
  kind: "pr_merged",
  source: "github",
  trust: "high",
  linked_by: "run",
  share: 1,
  occurred_at: "2026-11-18T10:00:00.000Z",
  credited_at: "2026-11-18T10:00:00.000Z",
  reversed_at: null,
  repo_hash: null,
  dispute: null,
};

const VALUE: RunValue = runValueSchema.parse({
  outcomes: [OUTCOME],
  rating: null,
  settles_at: "2026-11-25T10:00:00.000Z",
  is_scoring_on: true,
  signals: [],
  expectation: {
    workload_class: "interactive",
    model_tier: "large",
    is_scheduled: false,
    is_observable: true,
    is_value_scored: true,
    expected_outcomes: 1.14,
    due_outcomes: 1,
    pending_outcomes: 0,
    reversed_outcomes: 0,
    earned_cost_usd: 6,
    reference_cost_usd: 6,
    method_version: "m",
    is_shipped: false,
    baseline_runs: 214,
    coverage: 0.8,
    asked_cost_usd: 8.42,
    bin_above_usd: 4,
    bin_up_to_usd: 16,
  },
});

const rowOf = (said: Partial<RunOutcome>) =>
  toOutcomeRows({ ...VALUE, outcomes: [{ ...OUTCOME, ...said }] }, NOW, "UTC")[0];

describe("an outcome", () => {
  test("says how it was linked, its share, its repository, and since when it counts", () => {
    expect(rowOf({ share: 0.25, repo_hash: "a91c3f77" })).toMatchObject({
      title: "Pull request merged",
      link: "Linked by the run's id. High trust. This run's share is 25\u202f%. Repository #a91c3f.",
      when: "Counted since 18 Nov.",
      state: "due",
      canDispute: true,
    });
  });

  test("that is not due yet, or was taken back, does not count, and says so", () => {
    expect(rowOf({ credited_at: "2026-12-02T10:00:00.000Z" })).toMatchObject({
      when: "It counts from 2 Dec, if it still holds then.",
      state: "waiting",
    });
    expect(rowOf({ reversed_at: "2026-11-20T10:00:00.000Z" })).toMatchObject({
      when: "Taken back on 20 Nov; it no longer counts.",
      state: "void",
    });
    expect(rowOf({ reversed_at: "2026-11-22T10:00:00.000Z" })?.state, "from then on").toBe("due");
  });

  test("by one's own word waits to be linked, and earns nothing afterwards", () => {
    const own = { source: "self", trust: "low" } as const;
    expect(rowOf({ ...own, linked_by: null })).toMatchObject({ state: "waiting", canDispute: false });
    expect(rowOf(own)?.link).toBe("By your own word. Low trust: it earns nothing.");
  });

  test("that is disputed keeps the reason and can't be disputed again", () => {
    const dispute = { reason: "A colleague's.", disputed_at: "2026-11-20T10:00:00.000Z" };
    expect(rowOf({ dispute })).toMatchObject({
      state: "void",
      canDispute: false,
      dispute: {
        reason: "A colleague's.",
        sentence: "You disputed it on 20 Nov. It counts for none of your runs.",
      },
    });
  });
});

describe("what was expected", () => {
  const expectation = VALUE.expectation!;

  test("says of which runs, and of how much", () => {
    expect(explainExpectation(expectation)).toEqual([
      "Interactive runs on a large model that cost $4.00 to $16.00 are expected to bring 1.1 outcomes on average.",
    ]);
    expect(explainExpectation({ ...expectation, bin_above_usd: null, workload_class: null })[0]).toContain(
      "Runs of no declared class on a large model that cost up to $16.00",
    );
    expect(explainExpectation({ ...expectation, bin_up_to_usd: null })[0]).toContain("more than $4.00");
  });

  test("concludes nothing where outcomes can't be seen, and expects nothing where nothing was asked for", () => {
    const unseen = { ...expectation, is_value_scored: false };
    expect(explainExpectation(unseen)[1]).toContain("Unseen is not zero.");
    expect(explainExpectation({ ...unseen, coverage: null })[1]).toContain("Too few runs");
    expect(explainExpectation({ ...expectation, expected_outcomes: 0, asked_cost_usd: 0 })).toHaveLength(1);
  });

  test("says what it was made of, and leaves out what there is nothing of", () => {
    const facts = toFacts(expectation);
    expect(facts[0]?.value).toBe("214 runs like it, in the weeks before");
    expect(facts.map(({ name }) => name)).not.toContain("Taken back");
    expect(toFacts({ ...expectation, is_shipped: true, baseline_runs: 1 })[0]?.value).toContain(
      "1 run like it",
    );
  });

  test("is written with as many digits as it deserves", () => {
    expect([0, 0.064, 1.14].map(formatOutcomes)).toEqual(["0.0", "0.06", "1.1"]);
  });
});

test("the first figures never have a yield, and a value that is on its way is no zero", () => {
  const run = runSchema.parse({
    run_id: "r",
    run_source: "client",
    session_id: null,
    client: "codex",
    models: [],
    tags: [],
    started_at: "2026-11-18T09:00:00Z",
    ended_at: "2026-11-18T10:00:00Z",
    turn_count: 1,
    agent_count: 1,
    calls: 1,
    unknown_usage_calls: 0,
    unpriced_calls: 0,
    tokens: Object.fromEntries(TOKEN_FIELDS.map((field) => [field, 0])),
    cost_usd: "8.42",
    credited_cost_usd: "8.14",
    uncredited_cost_usd: {},
    calls_kept_until: null,
    class: {
      workload_class: null,
      class_source: "none",
      is_pending: false,
      can_correct: false,
      corrections: [],
    },
    turns: [],
    has_more_turns: false,
    tools: { kept_days: 14, known_calls: 0, total_calls: 1, by_kind: [], by_name: [] },
  });
  const values = (value: RunValue | undefined) => toRunFigures(run, value, NOW).map((figure) => figure.value);
  expect(values(VALUE)).toEqual(["$8.14", "0", "1", "Too early"]);
  expect(values(undefined).slice(2)).toEqual(["–", "–"]);
  expect(values({ ...VALUE, is_scoring_on: false, expectation: null }).at(-1)).toBe("Not scored");
});

const SIGNAL = {
  week: "2026-11-16",
  signal: "replay_clusters",
  family: "replay" as const,
  effect: 0.04,
  floor: 0.5,
  cases: 50,
  p_value: null,
  speaks: false,
  names_run: true,
};

function resultOf(said: Partial<typeof SIGNAL>): string | undefined {
  return toSignalRows({ ...VALUE, signals: [{ ...SIGNAL, ...said }] }, NOW, "UTC").rows[0]?.result;
}

describe("what was measured", () => {
  test("is listed where it was measured by this run, and counted where it was not", () => {
    const signals = [SIGNAL, { ...SIGNAL, signal: "phase_lock", names_run: false }];
    const { rows, others } = toSignalRows({ ...VALUE, signals }, NOW, "UTC");
    expect(rows).toMatchObject([{ title: "Replay", week: "Week of 16 Nov", result: "Below the floor" }]);
    expect(others).toBe(1);
    expect(describeSignals(rows, others)).toContain(
      "2 were measured in its weeks, 1 of them by this run too.",
    );
    expect(describeSignals([], 0)).toContain("Nothing had enough");
  });

  test("is above the floor only where chance does not explain it", () => {
    expect(resultOf({ effect: 0.7 })).toBe("Above the floor, and could be chance");
    expect(resultOf({ effect: 0.7, speaks: true })).toBe("Above the floor");
  });

  test("has words for every signal of analytics", () => {
    for (const { name } of SIGNALS) expect(nameSignal(name).measure, name).not.toBe("");
  });
});
