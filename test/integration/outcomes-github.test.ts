// GitHub's webhooks, from the signed request to the row in ClickHouse.

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { defineStatement } from "../../schemas/clickhouse/store.ts";
import {
  buildCheckRun,
  buildCheckSuite,
  buildDeployment,
  buildIssue,
  buildMerge,
  buildPush,
  buildReview,
  buildWorkflowRun,
  REPOSITORY,
  sha,
} from "../builders/github-payloads.ts";
import type { Person } from "../services/dashboard.ts";
import { openIntakeBench, type IntakeBench } from "../services/intake.ts";

const HOUR_MS = 3_600_000;
const empty = defineStatement({ name: "empty", sql: "TRUNCATE TABLE outcomes", params: z.object({}) });

let intake: IntakeBench;
let anna: Person;
let ben: Person;
beforeAll(async () => {
  intake = await openIntakeBench();
  [anna, ben] = [await intake.bench.addPerson(), await intake.bench.addPerson()];
});
beforeEach(() => intake.bench.dashboard.stores.clickhouse.execute(empty, {}));
afterAll(() => intake.close());

/** A time of the test's day, so many hours before it ends. */
const before = (hours: number): Date => new Date(intake.now().getTime() - hours * HOUR_MS);
const seconds = (at: Date): string => at.toISOString().slice(0, 19).replace("T", " ");

let numbers = 100;
/** Of a pull request that no other test speaks of. */
const nextNumber = (): number => (numbers += 1);

async function send(event: string, payload: object): Promise<unknown> {
  const response = await intake.github(event, payload);
  expect(response.status).toBe(200);
  return response.json();
}

test("a merged pull request is an outcome of who made its commits, in their run and files", async () => {
  const commits = [
    {
      id: sha("a1"),
      authorEmail: anna.email.toUpperCase(),
      message: "Work\n\nAssay-Run: run-a",
      files: ["src/a.ts"],
    },
    { id: sha("a2"), authorEmail: anna.email, message: "More", files: ["src/a.ts", "docs/b.md"] },
    { id: sha("b1"), authorEmail: ben.email, message: "Help\n\nAssay-Run: run-b", files: ["src/c.ts"] },
  ];
  await send("push", buildPush({ branch: "feature", at: before(3), commits, created: true }));
  await send("pull_request", buildMerge({ number: 7, at: before(2), branch: "feature" }));
  const repo = intake.hashes.repository(REPOSITORY);
  const [outcome, ...others] = await intake.outcomes();
  expect(others).toEqual([]);
  expect(outcome).toMatchObject({
    outcome_id: `github:${repo}:pr:7:merged`,
    kind: "pr_merged",
    source: "github",
    trust: "high",
    person_id: anna.personId,
    run_id: "run-a run-b",
    repo_hash: repo,
    branch_hash: intake.hashes.branch(REPOSITORY, "feature"),
    quantity: 1,
    reviewed_by_other: null,
    reverses: null,
  });
  expect(String(outcome?.["occurred_at"])).toContain(seconds(before(2)));
  expect(outcome?.["credited_at"]).toEqual(outcome?.["occurred_at"]);
  expect(outcome?.["file_hashes"]).toHaveLength(3);
  expect(outcome?.["file_hashes"]).toEqual(
    expect.arrayContaining(["src/a.ts", "docs/b.md", "src/c.ts"].map((file) => intake.hashes.file(file))),
  );
});

test("a push that comes after its merge completes the outcome, and is the same one", async () => {
  const commit = {
    id: sha("squashed"),
    authorEmail: ben.email,
    message: "One\n\nAssay-Run: r",
    files: ["x.ts"],
  };
  await send(
    "pull_request",
    buildMerge({ number: 8, at: before(2), branch: "of-a-fork", mergeCommit: commit.id }),
  );
  expect(await intake.outcomes()).toMatchObject([{ person_id: null, run_id: null, file_hashes: [] }]);
  await send("push", buildPush({ branch: "master", at: before(2), commits: [commit] }));
  expect(await intake.outcomes()).toMatchObject([
    { person_id: ben.personId, run_id: "r", file_hashes: [intake.hashes.file("x.ts")] },
  ]);
});

test.each([
  { reviews: [["approved", false]], isReviewed: true },
  { reviews: [["approved", true]], isReviewed: false },
  { reviews: [["changes_requested", false]], isReviewed: false },
  {
    reviews: [
      ["approved", false],
      ["commented", false],
    ],
    isReviewed: true,
  },
  {
    reviews: [
      ["approved", false],
      ["dismissed", false],
    ],
    isReviewed: false,
  },
] as const)("whether somebody else approved is known at the merge: %j", async ({ reviews, isReviewed }) => {
  const number = nextNumber();
  for (const [index, [state, byAuthor]] of reviews.entries())
    await send("pull_request_review", buildReview({ number, at: before(9 - index), state, byAuthor }));
  await send("pull_request", buildMerge({ number, at: before(3) }));
  expect(await intake.outcomes()).toMatchObject([{ kind: "pr_merged", reviewed_by_other: isReviewed }]);
});
