// Which runs an outcome belongs to, by what, and with what share.

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  openAnalysisBench,
  OTHER_PERSON,
  PERSON,
  type AnalysisBench,
  type Arrival,
  type OutcomeArrival,
} from "../builders/analysis.ts";
import { merged, readLinks, work as workOf } from "../builders/linked-outcomes.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench();
});
beforeEach(() => bench.empty());
afterAll(() => bench.close());

const work = (said: Arrival, files: readonly string[] = []) => workOf(bench, said, files);
const links = () => readLinks(bench);

test("an outcome that names a run, a session or a request has that run, the surest first", async () => {
  await work({ session_id: "a", client_run_id: "r", run_id_source: "explicit" });
  await work({ session_id: "b", request_id: "q" });
  await work({ session_id: "c" });
  await bench.arriveOutcomes(
    merged({ outcome_id: "by run", run_id: "r", session_id: "c", request_id: "q" }),
    merged({ outcome_id: "by session in a trailer", run_id: "c" }),
    merged({ outcome_id: "by request", run_id: "unknown", request_id: "q", session_id: "c" }),
    merged({ outcome_id: "by session", session_id: "c" }),
    merged({ outcome_id: "of nothing known", session_id: "d" }),
  );
  await bench.analyze();
  expect(await links()).toEqual([
    { outcome: "by request", person: PERSON, run: "b", by: "request", share: 1 },
    { outcome: "by run", person: PERSON, run: "a", by: "run", share: 1 },
    { outcome: "by session", person: PERSON, run: "c", by: "session", share: 1 },
    { outcome: "by session in a trailer", person: PERSON, run: "c", by: "run", share: 1 },
  ]);
});

const byFiles = (said: OutcomeArrival = {}) =>
  merged({ person_id: PERSON, file_hashes: ["f", "g", "h"], ...said });

describe("runs that wrote the same files", () => {
  test("of the outcome's person have it, each in proportion to the files that it shares", async () => {
    await work({ session_id: "two of them" }, ["f", "g", "x"]);
    await work({ session_id: "one of them" }, ["h"]);
    await work({ session_id: "none of them" }, ["x"]);
    await work({ session_id: "another's", person_id: OTHER_PERSON }, ["f", "g", "h"]);
    await bench.arriveOutcomes(byFiles());
    await bench.analyze();
    const [one, two, ...more] = (await links()).toSorted((a, b) => Number(a.share) - Number(b.share));
    expect(one).toMatchObject({ run: "one of them", by: "files", share: 1 / 3 });
    expect(two).toMatchObject({ run: "two of them", by: "files", share: 2 / 3 });
    expect(more).toEqual([]);
  });

  test("have it when they began from 21 days before the merge to 2 days after it", async () => {
    const starts = [
      "2026-10-30T09:59:59.999Z",
      "2026-10-30T10:00:00.000Z",
      "2026-11-22T10:00:00.000Z",
      "2026-11-22T10:00:00.001Z",
    ];
    for (const started_at of starts) {
      await work({ session_id: started_at, started_at }, [started_at]);
      await bench.arriveOutcomes(byFiles({ outcome_id: started_at, file_hashes: [started_at] }));
    }
    await bench.analyze();
    expect((await links()).map(({ run }) => run)).toEqual(starts.slice(1, 3));
  });

  test("have it when no more than a fifth of its lines were rewritten, as far as that is known", async () => {
    await work({ session_id: "a" }, ["f"]);
    const shares = [0.2, 0.2001, null];
    await bench.arriveOutcomes(
      ...shares.map((rewritten_share) => byFiles({ outcome_id: String(rewritten_share), rewritten_share })),
    );
    await bench.analyze();
    expect((await links()).map(({ outcome }) => outcome)).toEqual(["0.2", "null"]);
  });

  test("do not have it where nobody is named, or where it is known whose it is", async () => {
    await work({ session_id: "a" }, ["f"]);
    await work({ session_id: "b" });
    await bench.arriveOutcomes(
      byFiles({ person_id: null }),
      byFiles({ outcome_id: "named", session_id: "b" }),
    );
    await bench.analyze();
    expect(await links()).toMatchObject([{ outcome: "named", run: "b", by: "session" }]);
  });
});

describe("several runs", () => {
  test("of a session that was resumed share the outcome, but for those that began after it", async () => {
    for (const day of [17, 18, 21])
      await work({ session_id: "s", started_at: `2026-11-${day}T10:00:00.000Z` });
    await bench.arriveOutcomes(merged({ session_id: "s" }));
    await bench.analyze();
    expect((await links()).map(({ share }) => share)).toEqual([1 / 2, 1 / 2]);
  });

  test("that are named share it in proportion to its files, where each of them has some", async () => {
    await work({ session_id: "a" }, ["f", "g", "h"]);
    await work({ session_id: "b", person_id: OTHER_PERSON }, ["f"]);
    await work({ session_id: "c" });
    await bench.arriveOutcomes(
      merged({ outcome_id: "of two", run_id: "a b", file_hashes: ["f", "g", "h"] }),
      merged({ outcome_id: "of three", run_id: "a b c", file_hashes: ["f", "g", "h"] }),
    );
    await bench.analyze();
    const shares = (await links()).map(
      ({ outcome, run, share }) => `${String(outcome)}: ${run} ${Number(share).toFixed(2)}`,
    );
    expect(shares.toSorted()).toEqual([
      "of three: a 0.33",
      "of three: b 0.33",
      "of three: c 0.33",
      "of two: a 0.75",
      "of two: b 0.25",
    ]);
  });

  test("of one name are told apart by the person of the outcome", async () => {
    const nightly = { client_run_id: "nightly", run_id_source: "explicit" } as const;
    await work({ ...nightly, session_id: "a" });
    await work({ ...nightly, session_id: "b", person_id: OTHER_PERSON });
    await bench.arriveOutcomes(
      merged({ run_id: "nightly", person_id: PERSON }),
      merged({ outcome_id: "of nobody", run_id: "nightly" }),
    );
    await bench.analyze();
    expect(await links()).toMatchObject([
      { outcome: "merged", run: "a", share: 1 },
      { outcome: "of nobody", share: 0.5 },
      { outcome: "of nobody", share: 0.5 },
    ]);
  });

  test("nobody's own word, and nobody's client, reaches another person's run", async () => {
    await work({ session_id: "a", person_id: OTHER_PERSON });
    const said = { session_id: "a", person_id: PERSON };
    await bench.arriveOutcomes(
      merged({ outcome_id: "word", source: "self", trust: "low", ...said }),
      merged({ outcome_id: "client", source: "otlp", kind: "edit_accepted", ...said }),
      merged({ outcome_id: "forge", ...said }),
    );
    await bench.analyze();
    expect((await links()).map(({ outcome }) => outcome)).toEqual(["forge"]);
  });
});

test("files and links outlive the features by which they were found", async () => {
  const soon = new Date("2026-11-25T00:00:00Z");
  const call = { event_id: "01936a0b-0000-7000-8000-000000000001", started_at: "2026-11-19T10:00:00.000Z" };
  await bench.arrive({ ...call, session_id: "a" });
  await bench.arriveFeatures({
    ...call,
    tool_kinds: ["write"],
    written_file_hashes: ["f"],
    expires_at: soon,
  });
  await bench.analyze();
  const now = new Date("2026-11-26T00:00:00Z");
  await bench.arrive({ session_id: "a", started_at: "2026-11-19T10:30:00.000Z" });
  await bench.arriveOutcomes(merged({ person_id: PERSON, file_hashes: ["f"] }));
  await bench.analyze({ now });
  expect(await links()).toMatchObject([{ run: "a", by: "files" }]);
  await bench.analyze({ now, full: true });
  expect(await links()).toMatchObject([{ run: "a", by: "files" }]);
  expect(await bench.rows("run_links")).toMatchObject([{ has_writes: true, file_hashes: ["f"] }]);
});
