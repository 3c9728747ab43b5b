// What several outcomes are together: those that tell of one thing count once, and what is taken back does not.
//
// Everything but the last test's records arrives before one pass.

import { afterAll, beforeAll, expect, test, vi } from "vitest";
import {
  openAnalysisBench,
  OTHER_PERSON,
  PERSON,
  type AnalysisBench,
  type Row,
} from "../builders/analysis.ts";
import { merged, readLinks, work } from "../builders/linked-outcomes.ts";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const at = (day: number) => ({ occurred_at: `2026-11-${day}T10:00:00.000Z` });

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench();
  await work(bench, { session_id: "a" });
  await work(bench, { session_id: "b" });
  const change = { repo_hash: "r", change_hash: "one change" };
  const self = { source: "self", trust: "low", person_id: PERSON } as const;
  await bench.arriveOutcomes(
    merged({ outcome_id: "one: word", ...self, session_id: "b", change_hash: "one change" }),
    merged({ outcome_id: "one: github:r:pr:7:merged", session_id: "a", ...change }),
    merged({ outcome_id: "one: import:r:pr:7:merged", trust: "medium", repo_hash: "r" }),
    merged({ outcome_id: "one: survived", kind: "lines_survived", session_id: "a", ...change }),
    merged({ outcome_id: "one: elsewhere", session_id: "a", repo_hash: "z", change_hash: "one change" }),
    ...[true, false, null].map((reviewed_by_other) =>
      merged({ outcome_id: `approved: ${String(reviewed_by_other)}`, session_id: "a", reviewed_by_other }),
    ),
    merged({ outcome_id: "kept", session_id: "a", person_id: OTHER_PERSON, ...at(10) }),
    merged({ outcome_id: "word", kind: "pr_reverted", ...self, reverses: "kept", ...at(11) }),
    merged({ outcome_id: "revert", kind: "pr_reverted", reverses: "kept", ...at(12) }),
    merged({ outcome_id: "revert of the revert", kind: "pr_reverted", reverses: "revert", ...at(13) }),
  );
  await bench.analyze();
});
afterAll(() => bench.close());

const told = async (beginning: string): Promise<Row[]> =>
  (await bench.rows("outcome_links")).filter(({ outcome_id }) => String(outcome_id).startsWith(beginning));

test("outcomes that tell of one merge count once, as the most trusted tells it; what survived of it counts beside it", async () => {
  expect(await told("one")).toMatchObject([
    { outcome_id: "one: elsewhere", told_by: 1 },
    { outcome_id: "one: github:r:pr:7:merged", trust: "high", share: 1, told_by: 3 },
    { outcome_id: "one: survived", told_by: 1 },
  ]);
  const links = await readLinks(bench);
  expect(links.find(({ outcome }) => outcome === "one: github:r:pr:7:merged")).toMatchObject({ run: "a" });
});

test("a merge that nobody else has approved is of low trust", async () => {
  expect(await told("approved")).toMatchObject([
    { outcome_id: "approved: false", trust: "low" },
    { outcome_id: "approved: null", trust: "high" },
    { outcome_id: "approved: true", trust: "high" },
  ]);
});

test("a reversal that is reversed takes nothing back, and nobody's word takes back another's outcome", async () => {
  expect(await told("kept")).toMatchObject([{ reversed_at: null }]);
});

test("a reversal takes back what it names, or the change that it shares with it, until that is applied again", async () => {
  const change = { repo_hash: "r", change_hash: "taken back" };
  const ofA = { session_id: "a", ...change };
  await bench.arriveOutcomes(
    merged({ outcome_id: "back: merged", ...ofA, ...at(10) }),
    merged({ outcome_id: "back: lines", kind: "lines_survived", ...ofA, ...at(10) }),
  );
  await bench.analyze();
  await bench.arriveOutcomes(merged({ outcome_id: "reverted", kind: "pr_reverted", ...change, ...at(18) }));
  await bench.analyze();
  const reversed_at = "2026-11-18T10:00:00.000Z";
  expect(await told("back")).toMatchObject([{ reversed_at }, { reversed_at }]);
  await bench.arriveOutcomes(merged({ outcome_id: "back: merged again", ...ofA, ...at(19) }));
  await bench.analyze();
  expect(await told("back")).toMatchObject([
    { outcome_id: "back: lines", reversed_at },
    { outcome_id: "back: merged", reversed_at: null, told_by: 2 },
  ]);
});
