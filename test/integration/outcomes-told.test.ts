// Outcomes that are told of in plain names: by the generic webhook, by services and by people, from the request to the row in ClickHouse.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { REPORTS_A_MINUTE_MAX } from "../../ingest/outcomes/reports.ts";
import { OUTCOMES_MAX } from "../../ingest/outcomes/told-outcomes.ts";
import { OUTCOME_KINDS } from "../../schemas/outcome.ts";
import type { Person } from "../services/dashboard.ts";
import { openIntakeBench, readAnswer, type IntakeBench } from "../services/intake.ts";

const HOUR_MS = 3_600_000;

let intake: IntakeBench;
let anna: Person;
let ben: Person;
let annasKey: string;
let serviceKey: string;
beforeAll(async () => {
  intake = await openIntakeBench();
  [anna, ben] = [await intake.bench.addPerson(), await intake.bench.addPerson()];
  [annasKey, serviceKey] = [await intake.makeKey(anna), await intake.makeKey(null)];
});
beforeEach(async () => {
  await intake.empty();
  intake.bench.advance(60_000);
});
afterAll(() => intake.close());

const before = (hours: number): string => new Date(intake.now().getTime() - hours * HOUR_MS).toISOString();

describe.each([
  {
    name: "the generic webhook",
    tell: (outcome: object) => intake.generic({ outcomes: [outcome] }),
  },
  {
    name: "a service",
    tell: (outcome: object) => intake.report(serviceKey, { outcomes: [outcome] }),
  },
])("$name", ({ tell }) => {
  test("tells of anybody's outcomes, whose names are hashed as those of calls are", async () => {
    await readAnswer(
      await tell({
        kind: "check_fixed",
        id: "build 17",
        occurred_at: before(2),
        person_email: anna.email.toUpperCase(),
        run_id: "run-1",
        repository: "https://git.example/Team/App.git",
        branch: "main",
        ticket: "ENG-17",
        files: ["./src/a.ts", "src/a.ts"],
        quantity: 3,
        source: "ci",
      }),
    );
    const { hashes } = intake;
    expect(await intake.outcomes()).toMatchObject([
      {
        kind: "check_fixed",
        occurred_at: before(2),
        credited_at: before(2),
        person_id: anna.personId,
        run_id: "run-1",
        repo_hash: hashes.repository("team/app"),
        branch_hash: hashes.branch("Team/App", "main"),
        ticket_hash: hashes.ticket("eng-17"),
        file_hashes: [hashes.file("src/a.ts")],
        quantity: 3,
        gross_quantity: 3,
        source: "ci",
        trust: "medium",
      },
    ]);
  });

  test("tells twice of one outcome, and takes it back by its own id", async () => {
    const told = { kind: "deploy_succeeded", id: "deploy 4", source: "ci" };
    await readAnswer(await tell(told));
    await readAnswer(await tell({ ...told, quantity: 2 }));
    await readAnswer(
      await tell({ kind: "deploy_rolled_back", id: "rollback 4", reverses: "deploy 4", source: "ci" }),
    );
    const stored = await intake.outcomes();
    expect(stored).toHaveLength(2);
    const deployed = stored.find(({ kind }) => kind === "deploy_succeeded");
    const rolledBack = stored.find(({ kind }) => kind === "deploy_rolled_back");
    expect(deployed).toMatchObject({ quantity: 2, trust: "high" });
    expect(rolledBack?.["reverses"]).toBe(deployed?.["outcome_id"]);
  });

  test("who is not known is nobody", async () => {
    await readAnswer(await tell({ kind: "answer_used", run_id: "r", person_email: "who@example.com" }));
    expect(await intake.outcomes()).toMatchObject([{ person_id: null, source: "api", trust: "medium" }]);
  });
});

describe("a person", () => {
  test("tells of their own outcomes, and their own word has low trust, whatever it is of", async () => {
    const outcomes = OUTCOME_KINDS.map((kind) => ({
      kind,
      id: kind,
      source: "ci",
      person_email: anna.email,
    }));
    await readAnswer(await intake.report(annasKey, { outcomes }));
    const stored = await intake.outcomes();
    expect(stored).toHaveLength(OUTCOME_KINDS.length);
    for (const { source, trust } of stored)
      expect({ source, trust }).toEqual({ source: "self", trust: "low" });
    expect(new Set(stored.map(({ person_id: id }) => id))).toEqual(new Set([anna.personId]));
  });

  test("does not tell of another one's, nor over another one's", async () => {
    const told = { kind: "rating_useful", run_id: "run-of-both" };
    const others = await intake.report(annasKey, { outcomes: [{ ...told, person_email: ben.email }] });
    expect(others.status).toBe(403);
    await readAnswer(await intake.report(annasKey, { outcomes: [told] }));
    await readAnswer(await intake.report(await intake.makeKey(ben), { outcomes: [told] }));
    const stored = await intake.outcomes();
    expect(stored).toHaveLength(2);
    expect(new Set(stored.map(({ person_id: id }) => id))).toEqual(new Set([anna.personId, ben.personId]));
  });

  test("rates a run once: the later rating takes the place of the earlier one", async () => {
    const rate = (kind: string) => intake.report(annasKey, { outcomes: [{ kind, run_id: "run-9" }] });
    await readAnswer(await rate("rating_useful"));
    await intake.outcomes();
    await readAnswer(await rate("rating_not_useful"));
    expect(await intake.outcomes()).toMatchObject([{ kind: "rating_not_useful", run_id: "run-9" }]);
  });

  test("is asked to wait after so many reports in a minute, and then goes on", async () => {
    const key = await intake.makeKey(anna);
    const report = () => intake.report(key, { outcomes: [{ kind: "answer_used", run_id: "r" }] });
    const answers = [];
    for (let sent = 0; sent <= REPORTS_A_MINUTE_MAX.person; sent++) answers.push(await report());
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(REPORTS_A_MINUTE_MAX.person);
    expect(answers.at(-1)?.status).toBe(429);
    expect(answers.at(-1)?.headers.get("retry-after")).toBe("60");
    intake.bench.advance(60_000);
    expect((await report()).status).toBe(200);
  });
});

const SAID = "What nobody should read, ever.";

test.each<{ fault: string; outcome: object; sentence: string }>([
  { fault: "an unknown kind", outcome: { kind: SAID, id: "1" }, sentence: "body.outcomes.0.kind" },
  {
    fault: "an unknown field",
    outcome: { kind: "answer_used", id: "1", [SAID]: 1 },
    sentence: "body.outcomes.0:",
  },
  {
    fault: "a run id that is a text",
    outcome: { kind: "answer_used", run_id: SAID },
    sentence: "body.outcomes.0.run_id",
  },
  {
    fault: "nothing that it is of",
    outcome: { kind: "answer_used", files: [SAID] },
    sentence: "body.outcomes.0.id",
  },
  {
    fault: "a branch of nothing",
    outcome: { kind: "answer_used", id: "1", branch: SAID },
    sentence: "body.outcomes.0.branch",
  },
  {
    fault: "a time to come",
    outcome: { kind: "answer_used", id: SAID, occurred_at: "2027-01-01T00:00:00Z" },
    sentence: "in the future",
  },
  {
    fault: "a time long gone",
    outcome: { kind: "answer_used", id: SAID, occurred_at: "2026-01-01T00:00:00Z" },
    sentence: "further back",
  },
  {
    fault: "less than nothing",
    outcome: { kind: "answer_used", id: SAID, quantity: -1 },
    sentence: "body.outcomes.0.quantity",
  },
])(
  "$fault is refused, with all that was sent beside it, and its place is named",
  async ({ outcome, sentence }) => {
    const answers = [
      await intake.report(annasKey, {
        outcomes: [{ kind: "answer_used", id: "right" }, outcome].toReversed(),
      }),
      await intake.generic({ outcomes: [outcome] }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(400);
      const text = await answer.text();
      expect(text).toContain(sentence);
      expect(text).not.toContain(SAID);
    }
    expect(await intake.outcomes()).toEqual([]);
  },
);

test("as many outcomes as one request may hold are taken, and one more is not", async () => {
  const outcomes = Array.from({ length: OUTCOMES_MAX }, (_, index) => ({
    kind: "answer_used",
    id: `${index}`,
  }));
  expect(await readAnswer(await intake.generic({ outcomes }))).toEqual({
    result: "accepted",
    outcomes: OUTCOMES_MAX,
  });
  const more = { outcomes: [...outcomes, { kind: "answer_used", id: "one more" }] };
  expect((await intake.generic(more)).status).toBe(400);
  expect(await intake.outcomes()).toHaveLength(OUTCOMES_MAX);
});

test("a message that is sent again under its id is counted once, also with another signature", async () => {
  const outcomes = [{ kind: "ticket_closed", ticket: "ENG-1", source: "tracker" }];
  expect((await readAnswer(await intake.generic({ outcomes }, { id: "same" }))).result).toBe("accepted");
  intake.bench.advance(1000);
  expect((await readAnswer(await intake.generic({ outcomes }, { id: "same" }))).result).toBe("duplicate");
});
