// What several outcomes are together: those that tell of one thing count once, and what is taken back does not.

import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { openAnalysisBench, OTHER_PERSON, PERSON, type AnalysisBench } from "../builders/analysis.ts";
import { merged, readLinks, work } from "../builders/linked-outcomes.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench();
});
beforeEach(() => bench.empty());
afterAll(() => bench.close());

const told = async () =>
  (await bench.rows("outcome_links")).map(({ outcome_id, trust, told_by, reversed_at }) => ({
    outcome_id,
    trust,
    told_by,
    reversed_at,
  }));

test("that tell of one merge count once, as the most trusted tells it; what survived of it counts beside it", async () => {
  await work(bench, { session_id: "a" });
  await work(bench, { session_id: "b" });
  await bench.arriveOutcomes(
    merged({
      outcome_id: "1",
      source: "self",
      trust: "low",
      person_id: PERSON,
      session_id: "b",
      change_hash: "c",
    }),
    merged({ outcome_id: "github:r:pr:7:merged", session_id: "a", repo_hash: "r", change_hash: "c" }),
    merged({ outcome_id: "import:r:pr:7:merged", trust: "medium", repo_hash: "r" }),
    merged({
      outcome_id: "survived",
      kind: "lines_survived",
      session_id: "a",
      repo_hash: "r",
      change_hash: "c",
    }),
    merged({ outcome_id: "elsewhere", session_id: "a", repo_hash: "z", change_hash: "c" }),
  );
  await bench.analyze();
  expect(await readLinks(bench)).toMatchObject([
    { outcome: "elsewhere" },
    { outcome: "github:r:pr:7:merged", run: "a", share: 1 },
    { outcome: "survived" },
  ]);
  expect(await told()).toMatchObject([{ told_by: 1 }, { trust: "high", told_by: 3 }, { told_by: 1 }]);
});

test("a merge that nobody else has approved is of low trust", async () => {
  await work(bench, { session_id: "a" });
  const approvals = [true, false, null];
  await bench.arriveOutcomes(
    ...approvals.map((reviewed_by_other) =>
      merged({ outcome_id: String(reviewed_by_other), session_id: "a", reviewed_by_other }),
    ),
  );
  await bench.analyze();
  expect((await told()).map(({ outcome_id, trust }) => `${String(outcome_id)} ${String(trust)}`)).toEqual([
    "false low",
    "null high",
    "true high",
  ]);
});

const at = (day: number) => ({ occurred_at: `2026-11-${day}T10:00:00.000Z` });

test("a reversal takes back what it names, or the change that it shares with it, until that is applied again", async () => {
  await work(bench, { session_id: "a" });
  const change = { session_id: "a", repo_hash: "r", change_hash: "c" };
  await bench.arriveOutcomes(
    merged({ ...change, ...at(10) }),
    merged({ outcome_id: "lines", kind: "lines_survived", ...change, ...at(17) }),
  );
  await bench.analyze();
  await bench.arriveOutcomes(
    merged({ outcome_id: "reverted", kind: "pr_reverted", repo_hash: "r", change_hash: "c", ...at(18) }),
  );
  await bench.analyze();
  const reversed_at = "2026-11-18T10:00:00.000Z";
  expect(await told()).toMatchObject([
    { outcome_id: "lines", reversed_at },
    { outcome_id: "merged", reversed_at },
  ]);
  await bench.arriveOutcomes(merged({ ...change, outcome_id: "again", ...at(19) }));
  await bench.analyze();
  expect(await told()).toMatchObject([
    { outcome_id: "lines", reversed_at },
    { outcome_id: "merged", reversed_at: null, told_by: 2 },
  ]);
});

test("a reversal that is reversed takes nothing back, and nobody's word takes back another's outcome", async () => {
  await work(bench, { session_id: "a" });
  await bench.arriveOutcomes(
    merged({ session_id: "a", person_id: OTHER_PERSON, ...at(10) }),
    merged({
      outcome_id: "word",
      kind: "pr_reverted",
      source: "self",
      person_id: PERSON,
      reverses: "merged",
      ...at(11),
    }),
    merged({ outcome_id: "revert", kind: "pr_reverted", reverses: "merged", ...at(12) }),
    merged({ outcome_id: "revert of the revert", kind: "pr_reverted", reverses: "revert", ...at(13) }),
  );
  await bench.analyze();
  expect(await told()).toMatchObject([{ outcome_id: "merged", reversed_at: null }]);
});
