// What a disputed outcome is to the runs that it was linked to.

import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { openAnalysisBench, OTHER_PERSON, PERSON, type AnalysisBench } from "../builders/analysis.ts";
import { merged, readLinks, work } from "../builders/linked-outcomes.ts";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench();
});
afterAll(() => bench.close());
beforeEach(() => bench.empty());

let versions = 0;

/** As the dashboard writes it. */
async function dispute(outcome_id: string, { is_deleted = 0, person_id = PERSON } = {}): Promise<void> {
  versions += 1;
  const time = bench.options.clock().toISOString();
  await bench.store.insert("outcome_disputes", [
    {
      person_id,
      outcome_id,
      run_id: "r",
      reason: "Not mine.",
      kind: "pr_merged",
      source: "github",
      trust: "high",
      linked_by: "session",
      share: 1,
      occurred_at: time,
      credited_at: time,
      repo_hash: "",
      disputed_at: time,
      ingested_at: time,
      version: versions,
      is_deleted,
      expires_at: "2090-01-01T00:00:00Z",
    },
  ]);
}

test("a disputed outcome counts for none of its person's runs from the next pass on, and again once that is taken back", async () => {
  await work(bench, { session_id: "a" });
  await work(bench, { session_id: "b" });
  await bench.arriveOutcomes(merged({ session_id: "a b" }), merged({ outcome_id: "other", session_id: "a" }));
  await bench.analyze();
  const before = await readLinks(bench);
  expect(before).toHaveLength(3);
  await dispute("merged");
  await bench.analyze();
  expect(await readLinks(bench)).toMatchObject([{ outcome: "other", run: "a", share: 1 }]);
  await bench.analyze({ full: true });
  expect(await readLinks(bench), "a rebuild knows of it too").toHaveLength(1);
  await dispute("merged", { is_deleted: 1 });
  await bench.analyze();
  expect(await readLinks(bench)).toEqual(before);
});

test("what one person disputes leaves the share of another one as it was", async () => {
  await work(bench, { session_id: "a" });
  await work(bench, { session_id: "b", person_id: OTHER_PERSON });
  await bench.arriveOutcomes(merged({ session_id: "a b" }));
  await dispute("merged");
  await bench.analyze();
  expect(await readLinks(bench)).toMatchObject([{ person: OTHER_PERSON, run: "b", share: 0.5 }]);
});

test("a thing stays disputed when somebody more trusted tells of it", async () => {
  await work(bench, { session_id: "a" });
  const change = { repo_hash: "r", change_hash: "c", session_id: "a" };
  await bench.arriveOutcomes(merged({ outcome_id: "imported", trust: "medium", ...change }));
  await dispute("imported");
  await bench.analyze();
  expect(await readLinks(bench)).toEqual([]);
  await bench.arriveOutcomes(merged({ outcome_id: "told by the forge", ...change }));
  await bench.analyze();
  expect(await readLinks(bench)).toEqual([]);
});

test("a link says the repository of its outcome, and a run the tags of its calls", async () => {
  await work(bench, { session_id: "a", tags: { ticket: "ENG-7", team: "x" } });
  await work(bench, { session_id: "a", tags: { ticket: "ENG-8", team: "x" } });
  await bench.arriveOutcomes(merged({ session_id: "a", repo_hash: "r" }));
  await bench.analyze();
  expect(await bench.rows("outcome_links")).toMatchObject([{ repo_hash: "r" }]);
  expect(await bench.rows("runs")).toMatchObject([{ tags: ["team=x", "ticket=ENG-7", "ticket=ENG-8"] }]);
});
