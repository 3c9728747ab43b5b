// Which runs an outcome belongs to, by what, and with what share.
//
// Everything arrives before one pass; each test has sessions, files and outcomes of its own among it.

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  openAnalysisBench,
  OTHER_PERSON,
  PERSON,
  type AnalysisBench,
  type Arrival,
  type OutcomeArrival,
} from "../builders/analysis.ts";
import { merged, readLinks, work as workOf, type Linked } from "../builders/linked-outcomes.ts";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const MERGED_AT = "2026-11-20T10:00:00.000Z";
/** From 21 days before the merge to 2 days after it, and a millisecond more on both sides. */
const STARTS = [
  "2026-10-30T09:59:59.999Z",
  "2026-10-30T10:00:00.000Z",
  "2026-11-22T10:00:00.000Z",
  "2026-11-22T10:00:00.001Z",
];
const REWRITTEN = [0.2, 0.2001, null];
const NIGHTLY = { client_run_id: "nightly", run_id_source: "explicit" } as const;
const SOON = new Date("2026-11-25T00:00:00Z");
const AFTER_FEATURES = new Date("2026-11-26T00:00:00Z");
const FORGETFUL = {
  event_id: "01936a0b-0000-7000-8000-000000000001",
  started_at: "2026-11-19T10:00:00.000Z",
};

let bench: AnalysisBench;
let links: Linked[];
beforeAll(async () => {
  bench = await openAnalysisBench();
  await arriveCalls();
  await arriveOutcomes();
  await bench.analyze();
  links = await readLinks(bench);
});
afterAll(() => bench.close());

async function arriveCalls(): Promise<void> {
  const work = (said: Arrival, files: readonly string[] = []) => workOf(bench, said, files);
  await work({ session_id: "explicit", client_run_id: "r", run_id_source: "explicit" });
  await work({ session_id: "asked", request_id: "q" });
  await work({ session_id: "plain" });
  await work({ session_id: "two files" }, ["f", "g", "x"]);
  await work({ session_id: "one file" }, ["h"]);
  await work({ session_id: "another file" }, ["x"]);
  await work({ session_id: "another's", person_id: OTHER_PERSON }, ["f", "g", "h"]);
  for (const started_at of STARTS) await work({ session_id: started_at, started_at }, [started_at]);
  await work({ session_id: "rewritten" }, ["w"]);
  for (const day of [17, 18, 21])
    await work({ session_id: "resumed", started_at: `2026-11-${day}T10:00:00.000Z` });
  await work({ session_id: "three" }, ["k", "l", "m"]);
  await work({ session_id: "one", person_id: OTHER_PERSON }, ["k"]);
  await work({ ...NIGHTLY, session_id: "hers" });
  await work({ ...NIGHTLY, session_id: "his", person_id: OTHER_PERSON });
  await bench.arrive({ ...FORGETFUL, session_id: "forgetful" });
  const written = { tool_kinds: ["write" as const], written_file_hashes: ["soon gone"] };
  await bench.arriveFeatures({ ...FORGETFUL, ...written, expires_at: SOON });
}

const told = (outcome_id: string, said: OutcomeArrival) =>
  merged({ outcome_id, occurred_at: MERGED_AT, ...said });

const byFiles = (outcome_id: string, files: readonly string[], said: OutcomeArrival = {}) =>
  told(outcome_id, { person_id: PERSON, file_hashes: [...files], ...said });

async function arriveOutcomes(): Promise<void> {
  const others = { session_id: "another's", person_id: PERSON };
  await bench.arriveOutcomes(
    told("named: by run", { run_id: "r", session_id: "plain", request_id: "q" }),
    told("named: by session in a trailer", { run_id: "plain" }),
    told("named: by request", { run_id: "unknown", request_id: "q", session_id: "plain" }),
    told("named: by session", { session_id: "plain" }),
    told("named: nothing known", { session_id: "unknown" }),
    byFiles("files", ["f", "g", "h"]),
    byFiles("files of nobody", ["f"], { person_id: null }),
    byFiles("files of a known run", ["f"], { session_id: "plain" }),
    ...STARTS.map((start) => byFiles(`start: ${start}`, [start])),
    ...REWRITTEN.map((share) => byFiles(`rewritten: ${String(share)}`, ["w"], { rewritten_share: share })),
    told("resumed", { session_id: "resumed" }),
    told("of two", { run_id: "three one", file_hashes: ["k", "l", "m"] }),
    told("of three", { run_id: "three one plain", file_hashes: ["k", "l", "m"] }),
    told("nightly: hers", { run_id: "nightly", person_id: PERSON }),
    told("nightly: of nobody", { run_id: "nightly" }),
    told("others: word", { source: "self", trust: "low", ...others }),
    told("others: client", { source: "otlp", kind: "edit_accepted", ...others }),
    told("others: forge", others),
  );
}

/** `outcome: run by what share`. */
const linksOf = (beginning: string): string[] =>
  links
    .filter(({ outcome }) => String(outcome).startsWith(beginning))
    .map(
      ({ outcome, run, by, share }) =>
        `${String(outcome)} -> ${run} by ${String(by)} ${Number(share).toFixed(2)}`,
    )
    .toSorted((a, b) => a.localeCompare(b));

test("an outcome that names a run, a session or a request has that run, by the surest of them", () => {
  expect(linksOf("named")).toEqual([
    "named: by request -> asked by request 1.00",
    "named: by run -> explicit by run 1.00",
    "named: by session -> plain by session 1.00",
    "named: by session in a trailer -> plain by run 1.00",
  ]);
});

describe("runs that wrote the same files", () => {
  test("of the outcome's person have it, each in proportion to the files that it shares; but not where it is known whose it is", () => {
    expect(linksOf("files")).toEqual([
      "files -> one file by files 0.33",
      "files -> two files by files 0.67",
      "files of a known run -> plain by session 1.00",
    ]);
  });

  test("have it when they began from 21 days before the merge to 2 days after it", () => {
    const within = STARTS.slice(1, 3);
    expect(linksOf("start")).toEqual(within.map((start) => `start: ${start} -> ${start} by files 1.00`));
  });

  test("have it when no more than a fifth of its lines were rewritten, as far as that is known", () => {
    expect(linksOf("rewritten")).toEqual([
      "rewritten: 0.2 -> rewritten by files 1.00",
      "rewritten: null -> rewritten by files 1.00",
    ]);
  });
});

describe("several runs", () => {
  test("of a session that was resumed share the outcome, but for those that began after it", () => {
    const half = "resumed -> resumed by session 0.50";
    expect(linksOf("resumed")).toEqual([half, half]);
  });

  test("that are named share it in proportion to its files, where each of them has some", () => {
    expect(linksOf("of ")).toEqual([
      "of three -> one by run 0.33",
      "of three -> plain by run 0.33",
      "of three -> three by run 0.33",
      "of two -> one by run 0.25",
      "of two -> three by run 0.75",
    ]);
  });

  test("of one name are told apart by the person of the outcome", () => {
    expect(linksOf("nightly")).toEqual([
      "nightly: hers -> hers by run 1.00",
      "nightly: of nobody -> hers by run 0.50",
      "nightly: of nobody -> his by run 0.50",
    ]);
  });

  test("nobody's own word, and nobody's client, reaches another person's run", () => {
    expect(linksOf("others")).toEqual(["others: forge -> another's by session 1.00"]);
  });
});

test("files and links outlive the features by which they were found", async () => {
  const forgetful = async () =>
    (await bench.rows("run_links")).filter(({ session_ids }) => String(session_ids) === "forgetful");
  const later = "2026-11-19T10:30:00.000Z";
  await bench.arrive({ session_id: "forgetful", started_at: later });
  await bench.arriveOutcomes(merged({ outcome_id: "late", person_id: PERSON, file_hashes: ["soon gone"] }));
  for (const full of [false, true]) {
    await bench.analyze({ now: AFTER_FEATURES, full });
    links = await readLinks(bench);
    expect(linksOf("late")).toEqual(["late -> forgetful by files 1.00"]);
    expect(await forgetful()).toMatchObject([{ has_writes: true, file_hashes: ["soon gone"] }]);
  }
});
