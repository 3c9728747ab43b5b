// GitHub's webhooks, from the signed request to the row in ClickHouse.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  buildCheckRun,
  buildCheckSuite,
  buildClosedIssue,
  buildDeployment,
  buildMerge,
  buildPush,
  buildReopenedIssue,
  buildReview,
  buildWorkflowRun,
  REPOSITORY,
  sha,
} from "../builders/github-payloads.ts";
import type { Person } from "../services/dashboard.ts";
import { openIntakeBench, type IntakeBench } from "../services/intake.ts";

const HOUR_MS = 3_600_000;

let intake: IntakeBench;
let anna: Person;
let ben: Person;
beforeAll(async () => {
  intake = await openIntakeBench();
  [anna, ben] = [await intake.bench.addPerson(), await intake.bench.addPerson()];
});
beforeEach(() => intake.empty());
afterAll(() => intake.close());

/** A time of the test's day, so many hours before it ends. */
const before = (hours: number): Date => new Date(intake.now().getTime() - hours * HOUR_MS);

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
  expect(outcome?.["occurred_at"]).toBe(before(2).toISOString());
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

test("a merge without a review is known to have none where reviews of the repository are told of", async () => {
  await send("pull_request_review", buildReview({ number: 61, at: before(5), state: "approved" }));
  await send("pull_request", buildMerge({ number: 62, at: before(3) }));
  expect(await intake.outcomes()).toMatchObject([{ reviewed_by_other: false }]);
});

test.each([
  { how: "Revert's own line", body: "Reverts #31", id: 31 },
  { how: "with the repository's name", body: `Reverts ${REPOSITORY.toLowerCase()}#32`, id: 32 },
])(
  "a pull request that reverts another one takes its outcome back, and is none: $how",
  async ({ body, id }) => {
    await send("pull_request", buildMerge({ number: id, at: before(4) }));
    const title = 'Revert "Update the README with new information."';
    await send("pull_request", buildMerge({ number: id + 100, at: before(3), title, body }));
    const merged = `github:${intake.hashes.repository(REPOSITORY)}:pr:${id}:merged`;
    expect(await intake.outcomes()).toMatchObject([
      { outcome_id: merged, kind: "pr_merged" },
      { outcome_id: `${merged}:reverted`, kind: "pr_reverted", reverses: merged },
    ]);
  },
);

test("a change that is brought back is an outcome, and a mention of another repository's takes nothing back", async () => {
  const title = 'Reapply "Update the README with new information."';
  await send("pull_request", buildMerge({ number: 51, at: before(3), title, body: "Reverts #50" }));
  await send("pull_request", buildMerge({ number: 52, at: before(3), body: "Reverts other/one#51" }));
  expect((await intake.outcomes()).map(({ kind }) => kind)).toEqual(["pr_merged", "pr_merged"]);
});

test("a commit that reverts a merge takes its outcome back, once, together with the pull request that brought it", async () => {
  const mergeCommit = sha("to be reverted");
  await send("pull_request", buildMerge({ number: 41, at: before(5), mergeCommit }));
  const message = `Revert "Work"\n\nThis reverts commit ${mergeCommit}.`;
  const commits = [{ id: sha("revert"), message }];
  await send("push", buildPush({ branch: "elsewhere", at: before(4), commits }));
  expect(await intake.outcomes()).toHaveLength(1);
  await send("push", buildPush({ branch: "master", at: before(4), commits }));
  await send("pull_request", buildMerge({ number: 42, at: before(4), body: "Reverts #41" }));
  const merged = `github:${intake.hashes.repository(REPOSITORY)}:pr:41:merged`;
  expect(await intake.outcomes()).toMatchObject([
    { outcome_id: merged },
    { kind: "pr_reverted", reverses: merged },
  ]);
});

describe("a check", () => {
  const levels = [
    { event: "check_run", build: buildCheckRun },
    { event: "check_suite", build: buildCheckSuite },
    { event: "workflow_run", build: buildWorkflowRun },
  ] as const;

  test("that failed and passes with other code is one outcome, on however many levels it is told of", async () => {
    const [failing, mended] = [sha("failing"), sha("mended")];
    const repair = {
      id: mended,
      authorEmail: anna.email,
      message: "Repair\n\nAssay-Run: run-of-check",
      files: ["y.ts"],
    };
    for (const { event, build } of levels)
      await send(event, build({ branch: "fix", commit: failing, at: before(6), conclusion: "failure" }));
    await send("push", buildPush({ branch: "fix", at: before(5), commits: [repair] }));
    expect(await intake.outcomes()).toEqual([]);
    for (const { event, build } of levels)
      await send(event, build({ branch: "fix", commit: mended, at: before(4), conclusion: "success" }));
    expect(await intake.outcomes()).toMatchObject([
      {
        kind: "check_fixed",
        trust: "medium",
        person_id: anna.personId,
        run_id: "run-of-check",
        branch_hash: intake.hashes.branch(REPOSITORY, "fix"),
        file_hashes: [intake.hashes.file("y.ts")],
      },
    ]);
  });

  test.each(levels)(
    "that passes on the commit it failed on, or was cancelled, was not mended: $event",
    async ({ event, build }) => {
      const commit = sha(event);
      const branch = `flaky-${event}`;
      await send(event, build({ branch, commit, at: before(6), conclusion: "failure" }));
      await send(event, build({ branch, commit, at: before(5), conclusion: "success" }));
      await send(event, build({ branch, commit: sha(`${event} 2`), at: before(4), conclusion: "cancelled" }));
      await send(event, build({ branch, commit: sha(`${event} 3`), at: before(3), conclusion: "success" }));
      expect(await intake.outcomes()).toEqual([]);
    },
  );

  test("of a fork's branch says nothing of ours with its name", async () => {
    const check = { branch: "master", at: before(6), conclusion: "failure", fromFork: true } as const;
    await send("workflow_run", buildWorkflowRun({ ...check, commit: sha("of a fork") }));
    const passed = { commit: sha("ours"), at: before(5), conclusion: "success", fromFork: false } as const;
    await send("workflow_run", buildWorkflowRun({ ...check, ...passed }));
    expect(await intake.outcomes()).toEqual([]);
  });
});

test("a closed issue is an outcome that counts seven days later, and a reopened one takes it back", async () => {
  await send("issues", buildClosedIssue({ number: 5, at: before(30) }));
  await send("issues", buildClosedIssue({ number: 6, at: before(30), reason: "not_planned" }));
  await send("issues", buildReopenedIssue({ number: 5, at: before(2) }));
  const closed = `github:${intake.hashes.repository(REPOSITORY)}:issue:5:closed`;
  const [first, second, ...others] = await intake.outcomes();
  expect(first).toMatchObject({
    outcome_id: closed,
    kind: "ticket_closed",
    ticket_hash: intake.hashes.ticket(`${REPOSITORY}#5`),
  });
  expect(first?.["credited_at"]).toBe(before(30 - 7 * 24).toISOString());
  expect(second).toMatchObject({ kind: "ticket_reopened", reverses: closed });
  expect(others).toEqual([]);
});

describe("a deployment", () => {
  test("to production is one outcome a commit; one to anywhere else is none", async () => {
    const commit = sha("deployed once");
    await send("deployment_status", buildDeployment({ id: 1, commit, at: before(9), state: "in_progress" }));
    await send("deployment_status", buildDeployment({ id: 1, commit, at: before(8) }));
    await send("deployment_status", buildDeployment({ id: 2, commit, at: before(7) }));
    await send(
      "deployment_status",
      buildDeployment({ id: 3, commit, at: before(6), environment: "preview-1" }),
    );
    expect(await intake.outcomes()).toMatchObject([{ kind: "deploy_succeeded", trust: "high" }]);
  });

  test("of an older commit rolls back what came after it", async () => {
    const ids = ["first", "second", "third"].map(sha);
    for (const [index, commit] of ids.entries())
      await send("deployment_status", buildDeployment({ id: 20 + index, commit, at: before(9 - index) }));
    await send("deployment_status", buildDeployment({ id: 30, commit: ids[0] ?? "", at: before(2) }));
    const stored = await intake.outcomes();
    const deployed = stored.filter(({ kind }) => kind === "deploy_succeeded").map(({ outcome_id: id }) => id);
    const reversed = stored
      .filter(({ kind }) => kind === "deploy_rolled_back")
      .map(({ reverses }) => reverses);
    expect(deployed).toHaveLength(3);
    expect(new Set(reversed).size).toBe(2);
    expect(deployed).toEqual(expect.arrayContaining(reversed));
  });

  test("that fails after it had succeeded is taken back; a failure of another one is not", async () => {
    const commit = sha("fails later");
    await send("deployment_status", buildDeployment({ id: 40, commit, at: before(5) }));
    await send("deployment_status", buildDeployment({ id: 41, commit, at: before(4), state: "failure" }));
    expect(await intake.outcomes()).toHaveLength(1);
    await send("deployment_status", buildDeployment({ id: 40, commit, at: before(3), state: "failure" }));
    const kinds = (await intake.outcomes()).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(["deploy_rolled_back", "deploy_succeeded"]));
  });
});

test("what was told before a restart is known after it", async () => {
  const number = nextNumber();
  const commits = [
    { id: sha("before"), authorEmail: ben.email, message: "x\n\nAssay-Run: run-r", files: ["r.ts"] },
  ];
  await send("push", buildPush({ branch: "lasting", at: before(6), commits }));
  await send("pull_request_review", buildReview({ number, at: before(5), state: "approved" }));
  await intake.restart();
  await send("pull_request", buildMerge({ number, at: before(4), branch: "lasting" }));
  expect(await intake.outcomes()).toMatchObject([
    { person_id: ben.personId, run_id: "run-r", reviewed_by_other: true },
  ]);
});
