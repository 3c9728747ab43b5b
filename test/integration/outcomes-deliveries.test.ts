// What intake takes and what it refuses, whoever sends it: each refusal has a status, a reason in the metric, and leaves nothing behind.

import { sign } from "@octokit/webhooks-methods";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { FORGE_BODY_BYTES_MAX } from "../../ingest/outcomes/forge-delivery.ts";
import { outcomeFacts } from "../../schemas/postgres/outcome-tables.ts";
import { buildMerge, buildPush, EXAMPLES, sha } from "../builders/github-payloads.ts";
import { openIntakeBench, readAnswer, SECRETS, type IntakeBench } from "../services/intake.ts";

const HOUR_MS = 3_600_000;

let intake: IntakeBench;
beforeAll(async () => {
  intake = await openIntakeBench();
});
beforeEach(() => intake.empty());
afterAll(() => intake.close());

/** A time of the test's day, so many hours before it ends. */
const before = (hours: number): Date => new Date(intake.now().getTime() - hours * HOUR_MS);

test("a delivery that is sent again is counted once, and one under another id is a copy", async () => {
  const payload = buildMerge({ number: 1, at: before(3) });
  const same = { "x-github-delivery": "one-and-the-same" };
  expect(await readAnswer(await intake.github("pull_request", payload, same))).toEqual({
    result: "accepted",
    outcomes: 1,
  });
  expect(await readAnswer(await intake.github("pull_request", payload, same))).toEqual({
    result: "duplicate",
    outcomes: 0,
  });
  const copied = await intake.github("pull_request", payload, { "x-github-delivery": "another" });
  expect(copied.status).toBe(409);
  expect(await intake.outcomes()).toHaveLength(1);
});

test("ten deliveries of one pull request at once, of which each is sent twice, are one outcome", async () => {
  const number = 1;
  const payloads = Array.from({ length: 10 }, (_, index) =>
    buildMerge({ number, at: before(3), body: `${index}` }),
  );
  const answers = await Promise.all(
    payloads.flatMap((payload, index) =>
      [1, 2].map(async () => {
        const said = { "x-github-delivery": `parallel ${index}` };
        return readAnswer(await intake.github("pull_request", payload, said));
      }),
    ),
  );
  expect(answers.filter(({ result }) => result === "accepted")).toHaveLength(10);
  expect(answers.filter(({ result }) => result === "duplicate")).toHaveLength(10);
  expect(await intake.outcomes()).toHaveLength(1);
});

test("what happened longer ago than GitHub sends anything again is refused", async () => {
  const response = await intake.github("pull_request", buildMerge({ number: 1, at: before(5 * 24) }));
  expect(response.status).toBe(409);
  expect(await intake.outcomes()).toEqual([]);
});

test("every other event, and every other case of these, is nothing, and no mistake of the sender", async () => {
  const answers = await Promise.all(
    EXAMPLES.flatMap(({ name, examples: published }) =>
      published.map(async (payload) => {
        const response = await intake.github(name, payload);
        const { status } = response;
        return { name, status, result: status === 200 ? (await readAnswer(response)).result : undefined };
      }),
    ),
  );
  // All of the examples are years old: those that would be an outcome are refused for it.
  const told = new Set([
    "push",
    "pull_request_review",
    "check_run",
    "check_suite",
    "workflow_run",
    "deployment_status",
    "issues",
    "pull_request",
  ]);
  const refused = answers.filter(({ status }) => status !== 200);
  expect(refused.filter(({ name, status }) => !told.has(name) || status !== 409)).toEqual([]);
  expect(new Set(answers.filter(({ status }) => status === 200).map(({ result }) => result))).toEqual(
    new Set(["unknown_event", "no_outcome"]),
  );
  expect(await intake.outcomes()).toEqual([]);
});

const BODY = '{"outcomes":[{"kind":"ticket_closed","ticket":"ENG-1"}]}';

async function signed(body: string): Promise<Record<string, string>> {
  return {
    "x-github-event": "pull_request",
    "x-github-delivery": "refused",
    "x-hub-signature-256": await sign(SECRETS.github, body),
  };
}

function standard(headers: Record<string, string> = {}): Record<string, string> {
  return {
    "webhook-id": "msg",
    "webhook-timestamp": String(intake.now().getTime() / 1000),
    ...headers,
  };
}

describe("a refusal has a status and a reason", () => {
  test.each<{ why: string; status: number; counted: string; send: () => Promise<Response> | Response }>([
    {
      why: "no signature",
      status: 401,
      counted: "github forged",
      send: () =>
        intake.github("pull_request", buildMerge({ number: 1, at: before(1) }), {
          "x-hub-signature-256": "",
        }),
    },
    {
      why: "a signature of another body",
      status: 401,
      counted: "github forged",
      send: async () => intake.post("/webhooks/github", { headers: await signed("{}"), body: '{"a":1}' }),
    },
    {
      why: "a body that is signed and no JSON",
      status: 400,
      counted: "github malformed",
      send: async () => intake.post("/webhooks/github", { headers: await signed("{"), body: "{" }),
    },
    {
      why: "a payload that lacks what its event has",
      status: 400,
      counted: "github malformed",
      send: () => intake.github("pull_request", { action: "closed", pull_request: { merged: true } }),
    },
    {
      why: "a form, GitHub's other content type",
      status: 400,
      counted: "github content_type",
      send: () => intake.github("push", {}, { "content-type": "application/x-www-form-urlencoded" }),
    },
    {
      why: "a body over the limit",
      status: 413,
      counted: "github too_large",
      send: () => {
        const headers = { "content-length": String(FORGE_BODY_BYTES_MAX + 1) };
        return intake.request("/webhooks/github", { headers, body: "x".repeat(FORGE_BODY_BYTES_MAX + 1) });
      },
    },
    {
      why: "a wrong token of GitLab",
      status: 401,
      counted: "gitlab forged",
      send: () => intake.gitlab({ object_kind: "push" }, { "x-gitlab-token": "gitlab-secret-of-this-tesT" }),
    },
    {
      why: "a wrong signature beside the right token",
      status: 401,
      counted: "gitlab forged",
      send: () => intake.gitlab({ object_kind: "push" }, standard({ "webhook-signature": "v1,AAAA" })),
    },
    {
      why: "a message that is not signed",
      status: 401,
      counted: "generic forged",
      send: () => intake.post("/webhooks/generic", { headers: standard(), body: BODY }),
    },
    {
      why: "a message that was signed with another secret",
      status: 401,
      counted: "generic forged",
      send: () => intake.generic(JSON.parse(BODY), { secret: "another-secret-of-this-test" }),
    },
    {
      why: "a message of six minutes ago",
      status: 409,
      counted: "generic replayed",
      send: () => intake.generic(JSON.parse(BODY), { sentAt: before(0.1) }),
    },
    {
      why: "a message of six minutes from now",
      status: 409,
      counted: "generic replayed",
      send: () => intake.generic(JSON.parse(BODY), { sentAt: before(-0.1) }),
    },
    {
      why: "no key",
      status: 401,
      counted: "reports no_key",
      send: () => intake.post("/api/v1/outcomes", { body: BODY }),
    },
    {
      why: "a key that nobody made",
      status: 401,
      counted: "reports no_key",
      send: () => intake.report(`assay_${"x".repeat(43)}`, JSON.parse(BODY)),
    },
  ])("$why: $status", async ({ status, counted, send }) => {
    const { [counted]: already = 0 } = await intake.counted();
    const response = await send();
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await intake.counted()).toMatchObject({ [counted]: already + 1 });
    expect(await intake.outcomes()).toEqual([]);
  });
});

test("a message is taken as long as the two clocks differ by five minutes at the most", async () => {
  const sent = [before(5 / 60), before(-5 / 60)].map((sentAt) =>
    intake.generic(JSON.parse(BODY), { sentAt }),
  );
  expect((await Promise.all(sent)).map(({ status }) => status)).toEqual([200, 200]);
});

test("an intake whose secret is not set is not there", async () => {
  const none = { github: undefined, gitlab: undefined, generic: undefined };
  await intake.restart({ webhookSecrets: none });
  const sent = [intake.github("push", {}), intake.gitlab({}), intake.generic(JSON.parse(BODY))];
  expect((await Promise.all(sent)).map(({ status }) => status)).toEqual([404, 404, 404]);
  await intake.restart();
});

test("while the spool takes nothing, senders are told so, and what they send again afterwards is taken", async () => {
  await intake.restart({ spoolBytesMax: 1 });
  const payload = buildMerge({ number: 1, at: before(1) });
  const send = (id: string) => intake.github("pull_request", payload, { "x-github-delivery": id });
  // The limit is known once something was written, at the latest; that itself may be taken or not.
  await intake.generic(JSON.parse(BODY));
  expect((await send("refused for now")).status).toBe(503);
  expect(await intake.counted()).toHaveProperty(["github failed"]);
  await intake.restart();
  expect((await readAnswer(await send("refused for now"))).result).toBe("accepted");
  expect((await intake.outcomes()).filter(({ kind }) => kind === "pr_merged")).toHaveLength(1);
});

test("while Postgres is away, senders are told so, and nothing is half taken", async ({ skip }) => {
  const { outage } = intake.bench;
  skip(!outage, "the server of DATABASE_URL is not ours to stop");
  const payload = buildMerge({ number: 2, at: before(1) });
  const send = () => intake.github("pull_request", payload, { "x-github-delivery": "one" });
  await outage?.begin();
  expect((await send()).status).toBe(503);
  await outage?.end();
  expect(await intake.outcomes()).toEqual([]);
  expect((await readAnswer(await send())).result).toBe("accepted");
});

test("what was told is forgotten when calls of its time are", async () => {
  const { db } = intake.bench.dashboard.stores.postgres;
  const commits = [{ id: sha("old"), authorEmail: "a@example.com", files: ["a.ts"] }];
  await intake.github("push", buildPush({ branch: "old", at: before(1), commits }));
  intake.bench.advance(31 * 24 * HOUR_MS);
  await intake.github("pull_request", buildMerge({ number: 3, at: before(1), branch: "old" }));
  expect(await intake.outcomes()).toMatchObject([{ file_hashes: [] }]);
  const facts = await db.select({ fact: outcomeFacts.fact }).from(outcomeFacts);
  expect(new Set(facts.map(({ fact }) => fact))).toEqual(new Set(["merged", "delivery"]));
});
