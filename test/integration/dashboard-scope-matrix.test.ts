// Who sees what, tried out: every route, asked by everybody, for everybody. Nobody but the subject gets anything of the subject's,
// with the exceptions below, each of which has its reason.

import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { defineRoute, type Route } from "../../dashboard/server/http/route.ts";
import { ROUTES } from "../../dashboard/server/routes.ts";
import { keys } from "../../schemas/postgres/tables.ts";
import { leaveTraces } from "../builders/subject-traces.ts";
import { openDashboardBench, type DashboardBench } from "../services/dashboard.ts";
import { askMatrix, type Allowance, type Matrix } from "../services/scope-matrix.ts";

/** On a loaded machine servers take their time to start, and there are thousands of questions. */
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

/** What is part of a pattern that somebody has to decide on (METHOD: what a manager sees). */
const PATTERN = ["name", "pattern_cost"];
const ALLOWED: readonly Allowance[] = [
  {
    asker: "manager",
    route: "GET /review/patterns",
    markers: ["open_pattern"],
    reason: "The list names patterns by their ids, and nobody.",
  },
  {
    asker: "manager",
    route: "GET /review/patterns/:patternId",
    markers: [...PATTERN, "open_pattern", "open_words"],
    reason:
      "A pattern that opened for the manager, and what its person said of it; the look is in the person's audit.",
  },
  {
    asker: "manager",
    route: "POST /review/patterns/:patternId/decision",
    markers: ["open_pattern"],
    reason: "The pattern that was decided on, by its id.",
  },
  {
    asker: "officer",
    route: "GET /review/patterns",
    markers: ["contested_pattern"],
    reason: "A contest waits for the officer.",
  },
  {
    asker: "officer",
    route: "GET /review/patterns/:patternId",
    markers: [...PATTERN, "contested_pattern", "contested_words"],
    reason: "To answer a contest, the officer sees what the person contests.",
  },
  {
    asker: "officer",
    route: "POST /review/patterns/:patternId/answer",
    markers: ["contested_pattern"],
    reason: "The pattern whose contest was answered, by its id.",
  },
  {
    asker: "officer",
    route: "GET /audit",
    markers: ["name", "audit_reason"],
    reason: "The officer reads the whole audit: who looked at whose data, and why.",
  },
  {
    asker: "owner",
    route: "GET /settings/people",
    markers: ["name", "email", "person_id"],
    reason: "The owner sees who belongs to the organisation, and no figure of theirs.",
  },
  ...(["manager", "officer"] as const).flatMap((asker) =>
    ["GET /people/:personId/audit", "GET /people/:personId/audit/export"].map((route) => ({
      asker,
      route,
      markers: ["name"],
      reason: "In their own audit stands about whom they did something.",
    })),
  ),
];

let bench: DashboardBench;
let matrix: Matrix;
beforeAll(async () => {
  bench = await openDashboardBench({ ASSAY_INDIVIDUAL_SCORING: "on" });
  const manager = await bench.addPerson({ name: "Manager" });
  const otherManager = await bench.addPerson({ name: "Other manager" });
  await bench.addPerson({ name: "Report", managerId: otherManager.personId });
  const self = await bench.addPerson({ name: "Subject Surname", managerId: manager.personId });
  const subject = await leaveTraces(bench.dashboard, { ...self, managerId: manager.personId });
  const people = {
    self,
    revoked: self,
    manager,
    "other manager": otherManager,
    "other person": await bench.addPerson({ name: "Other" }),
    owner: await bench.addPerson({ name: "Owner", role: "owner" }),
    officer: await bench.addPerson({ name: "Officer", role: "officer" }),
    operator: await bench.addPerson({ name: "Operator", role: "operator" }),
  };
  const { open_pattern: open = "", contested_pattern: contested = "" } = subject.markers;
  matrix = { bench, people, subject, reviewable: { manager: open, officer: contested }, allowed: ALLOWED };
});
afterAll(() => bench.close());

test("every route has been decided on: docs/api-access.md lists them (vitest -u writes it)", async () => {
  await expect(describeAccess(ROUTES)).toMatchFileSnapshot("../../docs/api-access.md");
});

test("a route is the subject's exactly where its address names a person", () => {
  for (const { method, path, access } of ROUTES)
    expect([method, path, access === "subject"]).toEqual([
      method,
      path,
      path.startsWith("/people/:personId"),
    ]);
});

test("a route that leaks is found, by what it says and by whom it lets through", async () => {
  const forgetful = defineRoute({
    method: "GET",
    path: "/newest-keys",
    summary: "",
    access: "signed_in",
    answer: z.unknown(),
    handle: ({ dashboard: { stores } }) => stores.postgres.db.select().from(keys),
  });
  const blind: Route = { ...forgetful, path: "/people/:personId/newest-keys", access: "signed_in" };
  const { violations } = await askMatrix(matrix, [forgetful, blind]);
  expect(violations).toContain("other person, list: GET /newest-keys: leaks the subject's key");
  expect(violations).toContain(
    "manager, foreign: GET /people/:personId/newest-keys: leaks the subject's person_id",
  );
});

test("nobody but the subject gets anything of the subject's, from any route, by any id", async () => {
  const { violations, questions, used } = await askMatrix(matrix, ROUTES);
  expect(violations).toEqual([]);
  expect(questions).toBeGreaterThan(ROUTES.length * 9);
  // What is allowed and never happens is a rule that nobody checks.
  expect(ALLOWED.filter((allowance) => !used.has(allowance))).toEqual([]);
});

function describeAccess(routes: readonly Route[]): string {
  const lines = routes.map(
    ({ method, path, access, token = "", summary }) =>
      `| \`${method} ${path}\` | ${access} | ${token} | ${summary} |`,
  );
  return `# Who may ask the API what

Every route under \`/api/v1\`, for whom it is, and the scope with which a personal access token may ask it (none: a browser alone).
What each access means stands in \`dashboard/server/access/scope.ts\`. This page is the list that was reviewed: a test fails while a route
is not on it, and asks every one of them as everybody (\`test/integration/dashboard-scope-matrix.test.ts\`).

| Route | For | Token | What |
|---|---|---|---|
${lines.join("\n")}
`;
}
