// What the page of the organisation and a manager's team are answered: releases of four whole weeks, made once.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  organisationSchema,
  teamTotalsSchema,
  type OrganisationAnswer,
  type Release,
  type TeamTotals,
} from "../../schemas/organisation-api.ts";
import { teams } from "../../schemas/postgres/tables.ts";
import { exportCostsCommand } from "../../dashboard/commands/export-costs.ts";
import { exportFocusCommand } from "../../dashboard/commands/export-focus.ts";
import { buildUsageDay } from "../builders/derived-rows.ts";
import { openDashboardBench, type Browser, type DashboardBench, type Person } from "../services/dashboard.ts";

const DAY_MS = 86_400_000;
/** The clock stands at Friday, 20 November 2026: the last week that has ended began on the 9th. */
const FIRST_DAY = "2026-10-19";
const CREATED_AT = new Date("2026-06-01T00:00:00Z");
const SERVICES = "00000000-0000-0000-0000-000000000000";

let bench: DashboardBench;
let owner: Person;
let members: Person[];
const managers: Record<string, Person> = {};
beforeAll(async () => {
  bench = await openDashboardBench();
  owner = await bench.addPerson({ role: "owner", createdAt: CREATED_AT });
  members = [owner];
  for (const [name, size] of Object.entries({ "Team B": 9, "Team C": 11, "Team A": 12 })) {
    const teamId = randomUUID();
    await bench.dashboard.stores.postgres.db.insert(teams).values({ teamId, name });
    const manager = await bench.addPerson({ teamId, role: "manager", createdAt: CREATED_AT });
    managers[name] = manager;
    members.push(manager);
    for (let at = 1; at < size; at += 1)
      members.push(await bench.addPerson({ teamId, managerId: manager.personId, createdAt: CREATED_AT }));
  }
  await addWeek(FIRST_DAY, 1);
  await tellComputed("2026-11-19T12:00:00.000Z");
});
afterAll(() => bench.close());

/** Everybody spends $10 a day with one model and $5 with another, of which $1 is not credited, on the Monday of each of four weeks. */
async function addWeek(firstDay: string, version: number): Promise<void> {
  const rows = [0, 7, 14, 21].flatMap((days) => {
    const day = new Date(Date.parse(firstDay) + days * DAY_MS).toISOString().slice(0, 10);
    return [...members.map(({ personId }) => personId), SERVICES].flatMap((person_id) => [
      buildUsageDay({ person_id, day, version, calls: 4, input_tokens: 100, cost_usd: "10" }),
      buildUsageDay({
        person_id,
        day,
        version,
        model: "m2",
        client: "claude-code",
        calls: 2,
        input_tokens: 50,
        cost_usd: "4",
      }),
      buildUsageDay({
        person_id,
        day,
        version,
        model: "m2",
        client: "claude-code",
        reason: "retry",
        calls: 1,
        cost_usd: "1",
      }),
    ]);
  });
  await bench.dashboard.stores.clickhouse.insert("usage_days", rows);
}

async function tellComputed(value: string): Promise<void> {
  const row = { name: "computed_at", value, version: Date.parse(value) };
  await bench.dashboard.stores.clickhouse.insert("analysis_state", [row]);
}

/** Signed in anew each time: the clock moves on further than a session lasts. */
async function askOrganisation(browser?: Browser): Promise<OrganisationAnswer> {
  const response = await (browser ?? (await bench.signIn(owner))).get("/api/v1/organisation");
  expect(response.status).toBe(200);
  return organisationSchema.parse(await response.json());
}

async function askTeam(name: string): Promise<TeamTotals> {
  const response = await (await bench.signIn(managers[name]!)).get("/api/v1/review/team");
  expect(response.status).toBe(200);
  return teamTotalsSchema.parse(await response.json());
}

function newest({ releases }: OrganisationAnswer): Release {
  const [release] = releases;
  expect(release).toBeDefined();
  return release!;
}

test("a release counts four whole weeks that have ended, by hand the same", async () => {
  const answer = await askOrganisation();
  const release = newest(answer);
  expect(release).toMatchObject({
    from: FIRST_DAY,
    to: "2026-11-15",
    people: 33,
    // 33 people and the services × 4 weeks × $15, of which $1 is not credited.
    cost_usd: "2040",
    credited_cost_usd: "1904",
    services_cost_usd: "60.00",
    earned_cost_usd: null,
    outcomes: null,
  });
  expect(release.models).toEqual([
    { name: "m1", weeks_usd: ["340", "340", "340", "340"], tokens: 13_600 },
    { name: "m2", weeks_usd: ["170", "170", "170", "170"], tokens: 6800 },
  ]);
  expect(release.reasons).toEqual({ named: [{ name: "retry", cost_usd: "136" }], rest_usd: null });
  expect(release.weeks.map(({ week }) => week)).toEqual([
    "2026-10-19",
    "2026-10-26",
    "2026-11-02",
    "2026-11-09",
  ]);
  expect(release.weeks[0]).toMatchObject({ active_share: "over", meaningful_share: "over" });
  expect(answer.next_on, "four weeks and a day after the last one ended").toBe("2026-12-15");
});

test("teams stand by the alphabet; nine people are never a team of their own", async () => {
  const { teams: rows } = newest(await askOrganisation());
  expect(rows).toEqual([
    { name: "Team A", people: 12, cost_usd: "720", credited_share: "over", meaningful_share: "over" },
    { name: "Team C", people: 11, cost_usd: "660", credited_share: "over", meaningful_share: "over" },
    // Team B and the owner, who is in none.
    { name: "", people: 10, cost_usd: "600", credited_share: "over", meaningful_share: "over" },
  ]);
});

test("a manager sees the row of their own team, and of a team of nine how many they are", async () => {
  const release = newest(await askOrganisation());
  const [large, small] = [await askTeam("Team A"), await askTeam("Team B")];
  expect(large).toMatchObject({ team: "Team A", people: 12, min_group: 10 });
  expect(large.totals).toEqual(release.teams.find(({ name }) => name === "Team A"));
  expect(small).toMatchObject({ team: "Team B", people: 9, totals: null });
});

test("nobody is in the answer by name, address or id", async () => {
  const text = JSON.stringify([await askOrganisation(), await askTeam("Team A")]);
  for (const { personId, email } of members) {
    expect(text).not.toContain(personId);
    expect(text).not.toContain(email);
  }
});

test("an export has the figures of the page and no other", async () => {
  const release = newest(await askOrganisation());
  const { stdout, stderr } = await bench.run(exportCostsCommand, {});
  const rows = stdout.trim().split("\r\n");
  expect(rows.slice(0, 7)).toEqual([
    "from,to,cut,name,people,cost_usd,tokens",
    `2026-10-19,2026-11-15,total,,33,${release.cost_usd},`,
    `2026-10-19,2026-11-15,credited,,33,${release.credited_cost_usd},`,
    "2026-10-19,2026-11-15,services,,,60.00,",
    "2026-10-19,2026-11-15,team,Team A,12,720,",
    "2026-10-19,2026-11-15,team,Team C,11,660,",
    "2026-10-19,2026-11-15,team,others,10,600,",
  ]);
  const shown = JSON.stringify(release);
  for (const row of rows.slice(1)) expect(shown).toContain(`"${row.split(",")[5]}"`);
  expect(stderr).toContain("1 release of four weeks was");
});

test("an export in the columns of FOCUS has a charge for each model", async () => {
  const { stdout } = await bench.run(exportFocusCommand, { values: { from: "2026-10-01" } });
  const [head = "", ...rows] = stdout.trim().split("\r\n");
  const at = head.split(",").indexOf("ListCost");
  expect(rows.map((row) => row.split(",")[at])).toEqual(["1360.00", "680.00"]);
  const none = await bench.run(exportFocusCommand, { values: { from: "2026-10-20" } });
  expect(none.stdout.trim(), "no release is cut in two").toBe(head);
});

test("what is recorded later changes no release, so that it can't be had as a difference", async () => {
  const before = await askOrganisation();
  const late = {
    person_id: members[5]!.personId,
    day: "2026-11-10",
    model: "late",
    calls: 1,
    cost_usd: "500",
  };
  await bench.dashboard.stores.clickhouse.insert("usage_days", [buildUsageDay(late)]);
  bench.advance(DAY_MS);
  expect(await askOrganisation()).toEqual(before);
});

test.each(["?weeks=3", "?from=2026-11-01", "?team=Team%20A", "?model=m1"])(
  "no range and no filter is taken: %s changes nothing or is refused",
  async (query) => {
    const plain = await askOrganisation();
    const response = await (await bench.signIn(owner)).get(`/api/v1/organisation${query}`);
    const said: unknown = response.status === 400 ? plain : await response.json();
    expect(said).toEqual(plain);
  },
);

test("the next release comes four weeks later, when analytics has looked at all of it", async () => {
  const first = newest(await askOrganisation());
  bench.advance(28 * DAY_MS);
  await addWeek("2026-11-16", 1);
  expect((await askOrganisation()).releases, "analytics has not looked yet").toHaveLength(1);
  await tellComputed("2026-12-17T12:00:00.000Z");
  const { releases } = await askOrganisation();
  expect(releases.map(({ from, to }) => [from, to])).toEqual([
    ["2026-11-16", "2026-12-13"],
    [FIRST_DAY, "2026-11-15"],
  ]);
  expect(releases[1], "the one before stays as it was").toEqual(first);
});

test("two who ask at the same time see one release", async () => {
  bench.advance(28 * DAY_MS);
  await addWeek("2026-12-14", 1);
  await tellComputed("2027-01-14T12:00:00.000Z");
  const browser = await bench.signIn(owner);
  const answers = await Promise.all([1, 2, 3].map(() => askOrganisation(browser)));
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
  expect(answers[0]?.releases).toHaveLength(3);
});
