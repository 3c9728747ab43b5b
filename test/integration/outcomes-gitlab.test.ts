// GitLab's webhooks, from the request to the row in ClickHouse.

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Webhook } from "standardwebhooks";
import { sha } from "../builders/github-payloads.ts";
import {
  buildDeployment,
  buildIssue,
  buildMergeRequest,
  buildPipeline,
  buildPush,
} from "../builders/gitlab-payloads.ts";
import { PROJECT } from "../builders/gitlab-project.ts";
import type { Person } from "../services/dashboard.ts";
import { openIntakeBench, readAnswer, type IntakeBench } from "../services/intake.ts";

const HOUR_MS = 3_600_000;
const SIGNING_TOKEN = `whsec_${Buffer.from("a-signing-token-of-32-characters").toString("base64")}`;

let intake: IntakeBench;
let anna: Person;
beforeAll(async () => {
  intake = await openIntakeBench();
  anna = await intake.bench.addPerson();
});
beforeEach(() => intake.empty());
afterAll(() => intake.close());

const before = (hours: number): Date => new Date(intake.now().getTime() - hours * HOUR_MS);

async function send(payload: object): Promise<void> {
  await readAnswer(await intake.gitlab(payload));
}

test("a merged merge request is an outcome of who made its commits, reviewed where another one approved", async () => {
  const first = {
    id: sha("1"),
    authorEmail: anna.email,
    message: "a\n\nAssay-Run: run-1",
    files: ["app/a.rb"],
  };
  const last = { id: sha("2"), authorEmail: anna.email, message: "b", files: ["app/b.rb"] };
  await send(buildPush({ branch: "feature", commits: [first, last], isNew: true }));
  await send(buildMergeRequest({ iid: 1, action: "approved", at: before(4) }));
  await send(
    buildMergeRequest({ iid: 1, action: "merge", at: before(3), branch: "feature", lastCommit: last }),
  );
  const repo = intake.hashes.repository(PROJECT);
  expect(await intake.outcomes()).toMatchObject([
    {
      outcome_id: `gitlab:${repo}:pr:1:merged`,
      kind: "pr_merged",
      source: "gitlab",
      trust: "high",
      occurred_at: before(3).toISOString(),
      person_id: anna.personId,
      run_id: "run-1",
      repo_hash: repo,
      file_hashes: ["app/a.rb", "app/b.rb"].map((file) => intake.hashes.file(file)),
      reviewed_by_other: true,
    },
  ]);
});

test.each([
  { actions: [], isReviewed: false },
  { actions: [{ action: "approved", byAuthor: true }], isReviewed: false },
  { actions: [{ action: "approval" }, { action: "unapproval" }], isReviewed: false },
] as const)(
  "a merge without another one's approval is known to have none: $actions",
  async ({ actions, isReviewed }) => {
    for (const [index, said] of actions.entries())
      await send(buildMergeRequest({ iid: 2, at: before(9 - index), ...said }));
    await send(buildMergeRequest({ iid: 2, action: "merge", at: before(3) }));
    expect(await intake.outcomes()).toMatchObject([{ reviewed_by_other: isReviewed }]);
  },
);

test("the next merge request of a branch that lives on has its own commits alone", async () => {
  for (const [index, { email }] of [anna, await intake.bench.addPerson()].entries()) {
    const commit = { id: sha(`long ${index}`), authorEmail: email, files: [`${index}.rb`] };
    const said = { at: before(5 - index), branch: "dev", lastCommit: commit } as const;
    await send(buildPush({ branch: "dev", commits: [commit] }));
    await send(buildMergeRequest({ iid: 11 + index, action: "merge", ...said }));
  }
  expect(await intake.outcomes()).toMatchObject([
    { person_id: anna.personId, file_hashes: [intake.hashes.file("0.rb")] },
    { file_hashes: [intake.hashes.file("1.rb")] },
  ]);
});

test("a merge request that reverts another one takes its outcome back, and is none", async () => {
  await send(buildMergeRequest({ iid: 3, action: "merge", at: before(4) }));
  const description = "This reverts merge request !3";
  await send(buildMergeRequest({ iid: 4, action: "merge", at: before(3), description }));
  const merged = `gitlab:${intake.hashes.repository(PROJECT)}:pr:3:merged`;
  expect(await intake.outcomes()).toMatchObject([
    { outcome_id: merged },
    { kind: "pr_reverted", reverses: merged },
  ]);
});

test("a pipeline that failed and passes with other code is an outcome of who mended it", async () => {
  const commit = { id: sha("mended"), authorEmail: anna.email, message: "Mend\n\nAssay-Run: run-2" };
  await send(
    buildPipeline({ branch: "fix", commit: { id: sha("broken") }, status: "failed", at: before(5) }),
  );
  await send(buildPipeline({ branch: "fix", commit, status: "running", at: before(4) }));
  await send(buildPipeline({ branch: "fix", commit, status: "success", at: before(3) }));
  await send(buildPipeline({ branch: "fix", commit, status: "success", at: before(2) }));
  expect(await intake.outcomes()).toMatchObject([
    { kind: "check_fixed", person_id: anna.personId, run_id: "run-2", occurred_at: before(3).toISOString() },
  ]);
});

test("an issue that is closed, and opened again, is an outcome and its reversal", async () => {
  await send(buildIssue({ iid: 23, action: "close", at: before(5) }));
  await send(buildIssue({ iid: 23, action: "reopen", at: before(3) }));
  const closed = `gitlab:${intake.hashes.repository(PROJECT)}:issue:23:closed`;
  expect(await intake.outcomes()).toMatchObject([
    { outcome_id: closed, kind: "ticket_closed", credited_at: before(5 - 7 * 24).toISOString() },
    { kind: "ticket_reopened", reverses: closed },
  ]);
});

test("a deployment to an environment of the tier production is an outcome", async () => {
  await send(buildDeployment({ id: 1, commit: sha("live"), at: before(2) }));
  await send(buildDeployment({ id: 2, commit: sha("live"), at: before(1), tier: "staging" }));
  expect(await intake.outcomes()).toMatchObject([
    { kind: "deploy_succeeded", occurred_at: before(2).toISOString() },
  ]);
});

test("a signing token is the secret of Standard Webhooks, and a delivery that is sent again is counted once", async () => {
  await intake.restart({ webhookSecrets: { github: undefined, gitlab: SIGNING_TOKEN, generic: undefined } });
  const payload = buildMergeRequest({ iid: 9, action: "merge", at: before(1) });
  const body = JSON.stringify(payload);
  const headers = {
    "x-gitlab-token": "",
    "idempotency-key": "one",
    "webhook-id": "one",
    "webhook-timestamp": String(intake.now().getTime() / 1000),
    "webhook-signature": new Webhook(SIGNING_TOKEN).sign("one", intake.now(), body),
  };
  expect((await readAnswer(await intake.gitlab(payload, headers))).result).toBe("accepted");
  expect((await readAnswer(await intake.gitlab(payload, headers))).result).toBe("duplicate");
  expect((await intake.gitlab(payload)).status).toBe(401);
  intake.bench.advance(6 * 60_000);
  expect((await intake.gitlab(payload, headers)).status).toBe(409);
  expect(await intake.outcomes()).toHaveLength(1);
});
