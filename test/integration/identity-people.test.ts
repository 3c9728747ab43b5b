// The import of people, the first owner, and sign-in links from the command line.

import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { loginLinkCommand } from "../../dashboard/commands/login-link.ts";
import { peopleImportCommand } from "../../dashboard/commands/people-import.ts";
import { createOwner } from "../../dashboard/server/people/people.ts";
import { importEventsCommand } from "../../ingest/commands/import-events.ts";
import { positionAt, readPositions } from "../../schemas/postgres/positions.ts";
import { audit, people, teams } from "../../schemas/postgres/tables.ts";
import { ask } from "../services/clickhouse-openers.ts";
import { openBrowser, openDashboardBench, type DashboardBench } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let bench: DashboardBench;
beforeAll(async () => {
  bench = await openDashboardBench();
});
afterAll(() => bench.close());

const DAY_MS = 24 * 3_600_000;
const HEADER = "email,name,team,manager_email,role\n";

async function importList(csv: string) {
  return bench.run(peopleImportCommand, { positionals: ["-"], values: { json: true }, stdin: csv });
}

async function listPeople() {
  const { db } = bench.dashboard.stores.postgres;
  const rows = await db.select().from(people).leftJoin(teams, eq(teams.teamId, people.teamId));
  const emailOf = new Map(rows.map(({ people: { personId, email } }) => [personId, email]));
  return new Map(
    rows.map(({ people: { email, name, managerId, role }, teams: team }) => [
      email,
      { name, team: team?.name ?? null, manager: emailOf.get(managerId ?? "") ?? null, role },
    ]),
  );
}

test("the first start makes one owner, however many start at once, and never a second one", async () => {
  const { postgres } = bench.dashboard.stores;
  const now = bench.dashboard.now();
  const owners = await Promise.all([createOwner(postgres, now), createOwner(postgres, now)]);
  const [owner] = owners.filter((made) => made !== undefined);
  expect(owner).toMatchObject({ email: "owner@localhost", name: "Owner", role: "owner" });
  expect(owners).toContain(undefined);
  expect(await createOwner(postgres, now)).toBeUndefined();
});

test("a list is taken in whole, managers below their reports included, and again it updates", async () => {
  const list = `${HEADER}a.one@example.com,Ann,Search,a.boss@example.com,\nA.Boss@Example.com,Bo,,,manager\n`;
  expect(JSON.parse((await importList(list)).stdout)).toEqual({ created: 2, updated: 0 });
  expect(Object.fromEntries(await listPeople())).toMatchObject({
    "a.one@example.com": { name: "Ann", team: "Search", manager: "a.boss@example.com", role: "self" },
    "a.boss@example.com": { name: "Bo", team: null, manager: null, role: "manager" },
  });

  const again = `${HEADER}a.one@example.com,Anna,,,officer\n`;
  expect(JSON.parse((await importList(again)).stdout)).toEqual({ created: 0, updated: 1 });
  const after = await listPeople();
  expect(after.get("a.one@example.com")).toEqual({
    name: "Anna",
    team: null,
    manager: null,
    role: "officer",
  });
  expect(after.get("a.boss@example.com"), "who is not on the list stays").toMatchObject({ role: "manager" });
});

test("columns in any order, quotes, a byte order mark and Windows line ends are read", async () => {
  const csv =
    '\uFEFFrole,name,email,manager_email,team\r\n,"Jo, the ""Fox""",b.jo@example.com,,"R&D\r\nNorth"\r\n';
  await importList(csv);
  expect((await listPeople()).get("b.jo@example.com")).toEqual({
    name: 'Jo, the "Fox"',
    team: "R&D\r\nNorth",
    manager: null,
    role: "self",
  });
});

test("every fault is told with its line, and then nothing of the list goes in", async () => {
  const list = `${HEADER}c.good@example.com,Good,,,
not an address,Bad,,,
c.role@example.com,Role,,,boss
c.good@example.com,Twice,,,
c.name@example.com,,,,
`;
  const refused = importList(list);
  await expect(refused).rejects.toMatchObject({ code: "bad_request" });
  await expect(refused).rejects.toThrow(
    /^Line 3: email is not right.*\nLine 4: role is not right.*\nLine 5: c\.good@example\.com stands in line 2 already.*\nLine 6: name is not right.*$/,
  );
  expect([...(await listPeople()).keys()].filter((email) => email.startsWith("c."))).toEqual([]);
});

test("an unknown manager is told with the line, and nothing of the list goes in", async () => {
  const list = `${HEADER}d.one@example.com,One,,,\nd.two@example.com,Two,,d.nobody@example.com,\n`;
  await expect(importList(list)).rejects.toThrow(/^Line 3: the manager d\.nobody@example\.com is neither/);
  expect((await listPeople()).has("d.one@example.com")).toBe(false);
});

test("a circle is found within a list, and one that closes over what is known already", async () => {
  const circle = `${HEADER}e.a@example.com,A,,e.b@example.com,\ne.b@example.com,B,,e.c@example.com,\ne.c@example.com,C,,e.a@example.com,\n`;
  await expect(importList(circle)).rejects.toThrow(/^Line 2: .*circle: e\.a@.* who reports to e\.b@/);
  await expect(importList(`${HEADER}e.self@example.com,S,,e.self@example.com,\n`)).rejects.toThrow("circle");

  await importList(`${HEADER}e.x@example.com,X,,e.y@example.com,\ne.y@example.com,Y,,,\n`);
  await expect(importList(`${HEADER}e.y@example.com,Y,,e.x@example.com,\n`)).rejects.toThrow(
    /^Line 2: .*circle/,
  );
  await importList(`${HEADER}e.x@example.com,X,,,\ne.y@example.com,Y,,e.x@example.com,\n`);
  expect((await listPeople()).get("e.y@example.com")?.manager).toBe("e.x@example.com");
});

const listOfThree = (team: string, manager: string) =>
  `${HEADER}h.ann@example.com,Ann,${team},${manager},\nh.bo@example.com,Bo,,,\nh.cy@example.com,Cy,,,\n`;

test("who was in which team and reported to whom stays known, and only changes add to it", async () => {
  const { db } = bench.dashboard.stores.postgres;
  const positions = async () => {
    const [person] = await db.select().from(people).where(eq(people.email, "h.ann@example.com"));
    return readPositions(db, person!.personId);
  };
  const first = bench.dashboard.now();
  await importList(listOfThree("Search", "h.bo@example.com"));
  bench.advance(DAY_MS);
  await importList(listOfThree("Search", "h.bo@example.com"));
  expect(await positions(), "the same list again").toHaveLength(1);
  const second = bench.dashboard.now();
  await importList(listOfThree("Search", "h.cy@example.com"));
  bench.advance(DAY_MS);
  const third = bench.dashboard.now();
  await importList(listOfThree("Ads", "h.cy@example.com"));
  await importList(listOfThree("Maps", ""));
  expect(await positions(), "of one moment the last list counts").toHaveLength(3);

  const names = new Map([
    ...(await db.select().from(teams)).map(({ teamId, name }) => [teamId, name] as const),
    ...(await db.select().from(people)).map(({ personId, name }) => [personId, name] as const),
  ]);
  const at = async (timeMs: number) => {
    const position = positionAt(await positions(), new Date(timeMs));
    return [names.get(position?.teamId ?? ""), names.get(position?.managerId ?? "")];
  };
  expect(await at(first.getTime() - DAY_MS), "before anything was known").toEqual(["Search", "Bo"]);
  expect(await at(first.getTime())).toEqual(["Search", "Bo"]);
  expect(await at(second.getTime() - 1)).toEqual(["Search", "Bo"]);
  expect(await at(second.getTime())).toEqual(["Search", "Cy"]);
  expect(await at(third.getTime() - 1)).toEqual(["Search", "Cy"]);
  expect(await at(third.getTime())).toEqual(["Maps", undefined]);

  bench.advance(-DAY_MS);
  await importList(listOfThree("Search", ""));
  expect(await at(third.getTime()), "a clock that was set back").toEqual(["Search", undefined]);
  bench.advance(DAY_MS);
});

test("calls that are imported later have the team that their person was in at their time", async () => {
  const { clickhouse, postgres } = bench.dashboard.stores;
  const from = bench.dashboard.now().getTime();
  await importList(`${HEADER}i.ann@example.com,Ann,Old,,\n`);
  bench.advance(DAY_MS);
  await importList(`${HEADER}i.ann@example.com,Ann,New,,\n`);
  const times = [from - DAY_MS, from, from + DAY_MS - 1, from + DAY_MS].map((ms) =>
    new Date(ms).toISOString(),
  );
  const lines = times.map((started_at) => {
    const call = {
      event_id: randomUUID(),
      started_at,
      person_email: "i.ann@example.com",
      client: "imported",
    };
    return JSON.stringify({ ...call, input_tokens: 1 });
  });
  await bench.run(importEventsCommand, {
    positionals: ["-"],
    values: { json: true },
    stdin: lines.join("\n"),
  });
  const names = new Map((await postgres.db.select().from(teams)).map(({ teamId, name }) => [teamId, name]));
  const sql = "SELECT team_id FROM token_events FINAL WHERE client = 'imported' ORDER BY started_at";
  const stored = await clickhouse.query(ask(sql), {});
  expect(stored.map(({ team_id }) => names.get(String(team_id)))).toEqual(["Old", "Old", "Old", "New"]);
});

test("two lists at once that together make a circle never both go in", async () => {
  await importList(`${HEADER}f.x@example.com,X,,,\nf.y@example.com,Y,,,\n`);
  const attempts = await Promise.allSettled([
    importList(`${HEADER}f.x@example.com,X,,f.y@example.com,\n`),
    importList(`${HEADER}f.y@example.com,Y,,f.x@example.com,\n`),
  ]);
  expect(attempts.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
});

test("ten thousand people with a chain of managers go in within one statement's bounds", async () => {
  const lines = Array.from({ length: 10_000 }, (_, index) => {
    const manager = index === 0 ? "" : `g.${index - 1}@example.com`;
    return `g.${index}@example.com,Person ${index},Team ${index % 50},${manager},`;
  });
  const summary = await importList(`${HEADER}${lines.join("\n")}\n`);
  expect(JSON.parse(summary.stdout)).toEqual({ created: 10_000, updated: 0 });
});

test.each([
  ["", /^Line 1: the header must be email,name,team,manager_email,role/],
  ["email,name\na@example.com,A\n", /^Line 1: the header must be/],
  [`${HEADER}h@example.com,"open`, /this is not CSV/],
  [`${HEADER}h@example.com,too,few\n`, /^Line 2: this is not CSV/],
])("what is not such a list, %j, is refused in words", async (csv, message) => {
  await expect(importList(csv)).rejects.toThrow(message);
});

test("the file's name is meant from the caller's folder, and a missing file is told", async () => {
  const cwd = bench.dashboard.config.dataDir;
  writeFileSync(join(cwd, "list.csv"), `${HEADER}i.one@example.com,One,,,\n`);
  expect((await bench.run(peopleImportCommand, { positionals: ["list.csv"], cwd })).exitCode).toBe(0);
  await expect(bench.run(peopleImportCommand, { positionals: ["gone.csv"], cwd })).rejects.toThrow("ENOENT");
  expect((await bench.run(peopleImportCommand, {})).exitCode).toBe(2);
});

test("a link from the command line signs its person in, and stands in their audit", async () => {
  const person = await bench.addPerson();
  const { stdout, stderr } = await bench.run(loginLinkCommand, { positionals: [person.email] });
  const link = new URL(stdout.trim());
  expect(`${link.origin}${link.pathname}`).toBe("http://127.0.0.1:4101/sign-in");
  expect(stderr).toContain("15 minutes");
  const response = await openBrowser(bench.app).post("/api/v1/sign-in", { token: link.hash.slice(1) });
  expect(response.status).toBe(204);
  const { db } = bench.dashboard.stores.postgres;
  const entries = await db.select().from(audit).where(eq(audit.subjectId, person.personId));
  expect(entries.map(({ action, actorId }) => [action, actorId])).toEqual([["login_link_created", null]]);
  const unknown = bench.run(loginLinkCommand, { positionals: ["who@example.com"] });
  await expect(unknown).rejects.toThrow("npx assay people import");
  expect((await bench.run(loginLinkCommand, {})).exitCode).toBe(2);
});
