// How many of the links between merged changes and runs are right, and how many of those that there are are found, on histories in
// which it is known.

import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createLinkHashes } from "../../ingest/outcomes/link-hashes.ts";
import { toOutcome } from "../../ingest/outcomes/told-outcomes.ts";
import { openRepository } from "../../ingest/repository/git.ts";
import { readSurvival } from "../../ingest/repository/survival.ts";
import { openAnalysisBench, type AnalysisBench } from "../builders/analysis.ts";
import { buildLinkedHistory, LINK_SECRET, PEOPLE, toPair } from "../builders/linked-history.ts";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

const TIMES = 1;
/** One link in 16 is wrong and one is not found, for want of any trace (linked-history.ts). */
const PRECISION_MIN = 0.9;
const RECALL_MIN = 0.9;
const SURVIVAL_DAYS = 7;

let folder: string;
let bench: AnalysisBench;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "assay-histories-"));
  bench = await openAnalysisBench();
});
afterAll(async () => {
  await bench.close();
  rmSync(folder, { recursive: true });
});

test.each([randomInt(2 ** 31)])(
  "merged changes are linked to the runs that they come from (seed %i)",
  async (seed) => {
    const { repository, events, features, truth, endsAt } = buildLinkedHistory(folder, {
      seed,
      times: TIMES,
    });
    const now = new Date(endsAt.getTime() + (SURVIVAL_DAYS + 1) * 86_400_000);
    const changes = await readSurvival(openRepository(repository.folder), {
      repository: "acme/app",
      branch: "main",
      since: new Date("2026-09-01T00:00:00Z"),
      now,
      survivalDays: SURVIVAL_DAYS,
      effectiveLinesMax: 500,
    });
    const hashes = createLinkHashes(LINK_SECRET);
    const teller = { hashes, survivalDays: SURVIVAL_DAYS, now, prefix: "api" };
    const told = changes.map((change) => ({
      change,
      outcome: toOutcome(
        { files: [], quantity: 1, source: "api", ...change },
        { ...teller, personOf: ({ person_email = "" }) => PEOPLE[person_email] ?? null },
      ),
    }));
    await bench.arrive(...events);
    await bench.arriveFeatures(...features);
    await bench.arriveOutcomes(...told.map(({ outcome }) => outcome));
    await bench.analyze({ now });

    const filesOf = new Map(told.map(({ change, outcome }) => [outcome.outcome_id, change.files ?? []]));
    const runs = new Map((await bench.rows("run_links")).map((row) => [row["run_id"], row]));
    const found = (await bench.rows("outcome_links")).map(({ outcome_id, run_id }) => {
      const run = runs.get(run_id);
      return toPair(filesOf.get(String(outcome_id)) ?? [], run?.["session_ids"], run?.["started_at"]);
    });
    const right = found.filter((pair) => truth.has(pair)).length;
    const figures = {
      seed,
      changes: changes.length,
      links: found.length,
      precision: right / found.length,
      recall: right / truth.size,
    };
    console.log("linking histories", figures);
    const missing = [...truth].filter((pair) => !found.includes(pair));
    const wrong = found.filter((pair) => !truth.has(pair));
    expect({ ...figures, missing, wrong }).toSatisfy(
      ({ precision, recall }: typeof figures) => precision >= PRECISION_MIN && recall >= RECALL_MIN,
    );
  },
);
