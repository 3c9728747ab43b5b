// `npm run bench:queries`: how long the dashboard's pages wait for their answers on ten million calls, against the same questions asked
// of the raw records in the same run. `-- --quick` takes half a million calls, `-- --calls N` another number, `-- --page` measures My
// usage in a browser as well.
//
// Every answer goes through the real application, with a session and all. Each round asks every question once, the page's and the raw
// one after the other, so that whatever else the machine does weighs on both. It exits 1 where a target is missed.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { pino } from "pino";
import { quantile } from "simple-statistics";
import { createDashboard } from "../../dashboard/server/app.ts";
import { createSession } from "../../dashboard/server/access/sessions.ts";
import { readConfig } from "../../schemas/config.ts";
import { people, personPositions, teams } from "../../schemas/postgres/tables.ts";
import { openStores } from "../../schemas/stores.ts";
import { fillBench, PEOPLE, personIdOf } from "./queries-organisation.ts";
import { listQuestions, type Question } from "./queries-questions.ts";
import { measurePage } from "./queries-page.ts";
import { describeMachine } from "./report.ts";

const P95_MS_MAX = 100;
/** Of the time that the same question takes of raw records. */
const RAW_SHARE_MAX = 0.2;
const WARM_UP_ROUNDS = 3;
const ROUNDS = 30;
/** A raw question is slow: fewer are enough to tell. */
const RAW_ROUNDS = 3;
const TEAM_PEOPLE = 20;

const { values } = parseArgs({
  options: {
    calls: { type: "string" },
    quick: { type: "boolean", default: false },
    page: { type: "boolean", default: false },
  },
});
const calls = Number(values.calls ?? (values.quick ? 500_000 : 10_000_000));
const { node, processor, cores, loadAverage } = describeMachine();
say(
  `Node ${node}, ${processor}, ${cores} cores, load ${loadAverage.toFixed(1)}; ${calls.toLocaleString("en")} calls`,
);

const dataDir = mkdtempSync(join(tmpdir(), "assay-bench-queries-"));
const config = { ...readConfig({ ASSAY_DATA: dataDir, ASSAY_INDIVIDUAL_SCORING: "on" }), dashboardPort: 0 };
const log = pino({ level: "warn" }, process.stderr);
const { stores, close } = await openStores(log, config);
const now = new Date();
try {
  const cookies = await addPeople();
  const beganMs = performance.now();
  await fillBench(stores.clickhouse, { calls, endsAt: now }, (what) =>
    say(`  written: ${what}, after ${((performance.now() - beganMs) / 1000).toFixed(0)} s`),
  );
  const dashboard = { stores, config, now: () => now, log };
  const isHeld = await measureQuestions(createDashboard(dashboard), listQuestions({ calls, now }), cookies);
  const isReady = !values.page || (await measurePage(dashboard, cookies.self[0] ?? "", say));
  process.exitCode = isHeld && isReady ? 0 : 1;
} finally {
  await close();
  rmSync(dataDir, { recursive: true, force: true });
}

/** By who asks, one a round, because a session may not ask as often as the benchmark does. */
type Cookies = Record<Question["who"], readonly string[]>;

/** The first is who has a hundred thousand runs; she is a manager and the owner, too. */
async function addPeople(): Promise<Cookies> {
  const { db } = stores.postgres;
  const teamRows = await db
    .insert(teams)
    .values(Array.from({ length: PEOPLE / TEAM_PEOPLE }, (_, at) => ({ name: `Team ${at}` })))
    .returning();
  const rows = Array.from({ length: PEOPLE }, (_, at) => ({
    personId: personIdOf(at),
    email: `person${at}@example.com`,
    name: `Person ${at}`,
    teamId: teamRows[at % teamRows.length]?.teamId ?? null,
    managerId: at === 0 ? null : personIdOf(0),
    role: at === 0 ? ("owner" as const) : ("self" as const),
    createdAt: new Date(now.getTime() - 200 * 86_400_000),
  }));
  await db.insert(people).values(rows);
  await db.insert(personPositions).values(
    rows.map(({ personId, teamId, managerId, createdAt }) => ({
      personId,
      teamId,
      managerId,
      validFrom: createdAt,
    })),
  );
  const cookiesOf = async (at: number): Promise<string[]> => {
    const cookies: string[] = [];
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
      const token = await createSession(db, { personId: personIdOf(at), method: "link", now });
      cookies.push(`assay_session=${token}`);
    }
    return cookies;
  };
  return { self: await cookiesOf(0), another: await cookiesOf(7) };
}

type App = ReturnType<typeof createDashboard>;

async function measureQuestions(
  app: App,
  questions: readonly Question[],
  cookies: Cookies,
): Promise<boolean> {
  const taken = new Map(
    questions.map(({ name }) => [name, { page: new Array<number>(), raw: new Array<number>() }]),
  );
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    for (const question of questions) {
      const into = taken.get(question.name);
      const pageMs = await timeOf(() => ask(app, question, cookies[question.who][round] ?? ""));
      if (round >= WARM_UP_ROUNDS) into?.page.push(pageMs);
      const { raw } = question;
      if (raw === undefined || round > RAW_ROUNDS) continue;
      const rawMs = await timeOf(() => stores.clickhouse.query(raw, {}));
      if (round > 0) into?.raw.push(rawMs);
    }
  }
  let isHeld = true;
  say("\nquestion                                   p50 ms   p95 ms   raw ms   page/raw");
  for (const [name, { page, raw }] of taken) {
    const [p50, p95] = [quantile(page, 0.5), quantile(page, 0.95)];
    const rawMs = raw.length === 0 ? null : quantile(raw, 0.5);
    const share = rawMs === null ? null : p50 / rawMs;
    const isMissed = p95 > P95_MS_MAX || (share !== null && share > RAW_SHARE_MAX);
    isHeld &&= !isMissed;
    const figures = [p50.toFixed(1), p95.toFixed(1), rawMs?.toFixed(0) ?? "–", share?.toFixed(3) ?? "–"];
    say(
      `${name.padEnd(40)} ${figures.map((figure) => figure.padStart(8)).join(" ")}${isMissed ? "   missed" : ""}`,
    );
  }
  say(
    `\n${isHeld ? "Held" : "Missed"}: p95 at most ${P95_MS_MAX} ms, and at most ${RAW_SHARE_MAX} of the same of raw records.`,
  );
  return isHeld;
}

async function ask(app: App, { name, path }: Question, cookie: string): Promise<void> {
  const response = await app.request(`http://localhost/api/v1${path}`, { headers: { cookie } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${name}: ${response.status} ${text}`);
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await work();
  return performance.now() - beganMs;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
