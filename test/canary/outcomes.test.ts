// No text of an outcome's delivery is kept: a canary stands in every string of what GitHub, GitLab, other systems and people send, but for
// the words and times without which it would be nothing, and is found neither in a store, the spool or the log, nor in an answer or a metric.
//
// Afterwards one canary is put where an id is kept by design, to see that the search would have found the others.

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { outcomeFacts } from "../../schemas/postgres/outcome-tables.ts";
import * as github from "../builders/github-payloads.ts";
import * as gitlab from "../builders/gitlab-payloads.ts";
import { openIntakeBench, type IntakeBench } from "../services/intake.ts";
import { createCanaries } from "./canaries.ts";

const canaries = createCanaries();
let intake: IntakeBench;
let key: string;
const answers: string[] = [];
beforeAll(async () => {
  intake = await openIntakeBench();
  key = await intake.makeKey(await intake.bench.addPerson());
});
afterAll(() => intake.close());

/** Words that say what an event is, times, and ids of commits. */
const NEEDED =
  /^(action|state|state_reason|conclusion|status|kind|object_kind|source|type|environment|environment_tier|\w*_at|timestamp|\w*sha|id|after|before|commit_url)$/;
const BRANCH = "refs/heads/";

function plant(value: unknown, place: string): unknown {
  if (Array.isArray(value)) return value.map((each) => plant(each, place));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, plant(inner, name)] as const),
    );
  if (typeof value !== "string" || NEEDED.test(place)) return value;
  const planted = canaries.make(place);
  if (value.startsWith(BRANCH)) return BRANCH + planted;
  return place.includes("email") ? `${planted}@example.com` : planted;
}

function plantAll(payload: object): object {
  return Object(plant(payload, ""));
}

async function take(sent: Promise<Response>): Promise<number> {
  const response = await sent;
  answers.push(await response.text());
  return response.status;
}

/** Where a canary was found. */
async function search(): Promise<string[]> {
  const { dashboard, logged } = intake.bench;
  const { dataDir } = dashboard.config;
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((file) => canaries.search(readFileSync(file)).map((at) => `${relative(dataDir, file)}: ${at}`));
  const others = {
    facts: await dashboard.stores.postgres.db.select().from(outcomeFacts),
    metrics: await intake.vitals.metrics.registry.metrics(),
    logged,
    answers,
  };
  return [
    ...files,
    ...Object.entries(others).flatMap(([place, content]) =>
      canaries.search(Buffer.from(JSON.stringify(content))).map((at) => `${place}: ${at}`),
    ),
  ];
}

test("nothing of what was said is left anywhere", async () => {
  const at = new Date(intake.now().getTime() - 3_600_000);
  const commit = { id: github.sha("x"), message: "A text", authorEmail: "a@example.com", files: ["a/b.ts"] };
  const check = { branch: "b", commit: commit.id, at, conclusion: "failure" } as const;
  const fromGithub: [string, object][] = [
    ["push", github.buildPush({ branch: "b", at, commits: [commit] })],
    ["pull_request_review", github.buildReview({ number: 1, at, state: "approved" })],
    ["pull_request", github.buildMerge({ number: 1, at })],
    ["check_run", github.buildCheckRun(check)],
    ["check_suite", github.buildCheckSuite(check)],
    ["workflow_run", github.buildWorkflowRun(check)],
    ["issues", github.buildClosedIssue({ number: 1, at })],
    ["deployment_status", github.buildDeployment({ id: 1, commit: commit.id, at })],
  ];
  const fromGitlab = [
    gitlab.buildPush({ branch: "b", commits: [commit] }),
    gitlab.buildMergeRequest({ iid: 1, action: "merge", at, lastCommit: commit }),
    gitlab.buildPipeline({ branch: "b", commit, status: "failed", at }),
    gitlab.buildIssue({ iid: 1, action: "close", at }),
    gitlab.buildDeployment({ id: 1, commit: commit.id, at }),
  ];
  const told = plantAll({
    kind: "answer_used",
    person_email: "a@example.com",
    repository: "a",
    branch: "b",
    ticket: "c",
    files: ["d"],
    diff: "+e",
    reverses: "f",
  });
  const named = { ...told, id: canaries.make("id") };
  const statuses = [
    ...(await Promise.all(
      fromGithub.map(([event, payload]) => take(intake.github(event, plantAll(payload)))),
    )),
    ...(await Promise.all(fromGitlab.map((payload) => take(intake.gitlab(plantAll(payload)))))),
    await take(intake.generic({ outcomes: [named] }, { id: canaries.make("message") })),
    await take(intake.report(await intake.makeKey(null), { outcomes: [named] })),
  ];
  expect(new Set(statuses)).toEqual(new Set([200]));
  const refused = [
    take(intake.report(key, { outcomes: [named] })),
    take(intake.report(key, { outcomes: [{ ...named, [canaries.make("field")]: 1 }] })),
    take(
      intake.github(
        canaries.make("event"),
        { a: canaries.make("forged") },
        { "x-hub-signature-256": "sha256=0" },
      ),
    ),
    take(
      intake.post("/webhooks/gitlab", {
        body: canaries.make("body"),
        headers: { "x-gitlab-token": canaries.make("token") },
      }),
    ),
    take(intake.report(`assay_${canaries.make("key")}`, {})),
  ];
  expect(await Promise.all(refused)).toEqual([403, 400, 401, 401, 401]);
  // Also while it is on its way.
  expect(await search()).toEqual([]);
  expect((await intake.outcomes()).length).toBeGreaterThanOrEqual(7);
  expect(await search()).toEqual([]);
});

test("and the search would have found it: the id of a run, which is kept, is", async () => {
  await take(intake.report(key, { outcomes: [{ kind: "answer_used", run_id: canaries.make("run") }] }));
  await intake.outcomes();
  const found = await search();
  expect(found.some((place) => place.startsWith("spool/"))).toBe(true);
  expect(found.some((place) => place.startsWith("clickhouse/") && place.includes("ClickHouse > "))).toBe(
    true,
  );
});
