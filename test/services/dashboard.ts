// The dashboard's server on stores of its own, with a clock that stands until it is moved, and browsers that ask it.

import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { Hono } from "hono";
import { pino } from "pino";
import { createDashboard } from "../../dashboard/server/app.ts";
import type { Dashboard, DashboardEnv } from "../../dashboard/server/dashboard.ts";
import { createLoginLink } from "../../dashboard/server/access/login-links.ts";
import { migrateClickHouse } from "../../schemas/clickhouse/migrate.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import type { ExitCode, StoreCommand } from "../../schemas/command.ts";
import { readConfig } from "../../schemas/config.ts";
import { migratePostgres } from "../../schemas/postgres/migrate.ts";
import { openPostgres } from "../../schemas/postgres/open.ts";
import { people } from "../../schemas/postgres/tables.ts";
import { startTestPostgres, type TestPostgres } from "./postgres.ts";

const ORIGIN = "http://localhost";

export type Person = typeof people.$inferSelect;

export interface Browser {
  readonly cookie: string;
  get(path: string): Promise<Response>;
  post(path: string, body: unknown): Promise<Response>;
  put(path: string, body: unknown): Promise<Response>;
  delete(path: string): Promise<Response>;
}

export interface CommandResult {
  exitCode: ExitCode;
  stdout: string;
  stderr: string;
}

export interface DashboardBench {
  dashboard: Dashboard;
  postgresUrl: string;
  /** Of Postgres; undefined where its server is not ours. */
  outage: TestPostgres["outage"];
  app: Hono<DashboardEnv>;
  /** What the server logged so far, one object a line. */
  logged: Record<string, unknown>[];
  advance(ms: number): void;
  addPerson(said?: Partial<Person>): Promise<Person>;
  /** The token of a new one-time link. */
  linkToken(person: Person): Promise<string>;
  /** A browser of a person who has signed in. */
  signIn(person: Person): Promise<Browser>;
  /** @throws what the command throws: it is main.ts that tells it */
  run(command: StoreCommand, args: Partial<CommandCall>): Promise<CommandResult>;
  close(): Promise<void>;
}

export interface CommandCall {
  positionals: string[];
  values: Record<string, string | boolean>;
  stdin: string;
  cwd: string;
}

export async function openDashboardBench(settings: Record<string, string> = {}): Promise<DashboardBench> {
  const dataDir = mkdtempSync(join(tmpdir(), "assay-dashboard-"));
  const server = await startTestPostgres();
  const postgres = await openPostgres({ url: server.url });
  const clickhouse = await openClickHouse({ dataDir });
  await Promise.all([migratePostgres(postgres), migrateClickHouse(clickhouse)]);

  let nowMs = Date.parse("2026-11-20T12:00:00.000Z");
  const now = () => new Date(nowMs);
  const logged: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line) => void logged.push(JSON.parse(line)) });
  const config = readConfig({ ASSAY_DATA: dataDir, ...settings });
  const dashboard: Dashboard = { stores: { clickhouse, postgres }, config, now, log };
  const app = createDashboard(dashboard);

  async function addPerson(said: Partial<Person> = {}): Promise<Person> {
    const email = `${randomUUID()}@example.com`;
    const rows = await postgres.db
      .insert(people)
      .values({ email, name: "Somebody", ...said })
      .returning();
    return rows[0]!;
  }

  async function linkToken({ personId }: Person): Promise<string> {
    const link = await createLoginLink(postgres, { personId, dashboardUrl: ORIGIN, now: now() });
    return new URL(link).hash.slice(1);
  }

  return {
    dashboard,
    postgresUrl: server.url,
    outage: server.outage,
    app,
    logged,
    advance: (ms) => void (nowMs += ms),
    addPerson,
    linkToken,
    async signIn(person) {
      const response = await openBrowser(app).post("/api/v1/sign-in", { token: await linkToken(person) });
      return openBrowser(app, cookieOf(response));
    },
    async run(command, { positionals = [], values = {}, stdin = "", cwd = dataDir }) {
      const [stdout, stderr, input] = [new PassThrough(), new PassThrough(), new PassThrough()];
      input.end(stdin);
      const signal = new AbortController().signal;
      const io = { stdin: input, stdout, stderr, cwd, now, signal };
      const printed = Promise.all([text(stdout), text(stderr)]);
      try {
        const exitCode = await command.run({ positionals, values }, io, dashboard.stores, config);
        [stdout, stderr].forEach((stream) => stream.end());
        const [out, err] = await printed;
        return { exitCode, stdout: out, stderr: err };
      } finally {
        [stdout, stderr].forEach((stream) => stream.end());
      }
    },
    async close() {
      await Promise.all([postgres.close(), clickhouse.close()]);
      await server.stop();
      rmSync(dataDir, { recursive: true });
    },
  };
}

/** A browser on one of Assay's own pages, with the cookie that it was given, or the one that took its place since. */
export function openBrowser(app: Hono<DashboardEnv>, cookie = ""): Browser {
  let current = cookie;
  const send = async (method: string, path: string, body?: unknown) => {
    const response = await app.request(`${ORIGIN}${path}`, {
      method,
      headers: { cookie: current, "sec-fetch-site": "same-origin", "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // One that was taken away is held on to, as somebody would who means to go on with it.
    const next = cookieOf(response);
    if (current !== "" && next !== "" && !next.endsWith("=")) current = next;
    return response;
  };
  return {
    get cookie() {
      return current;
    },
    get: (path) => send("GET", path),
    post: (path, body) => send("POST", path, body),
    put: (path, body) => send("PUT", path, body),
    delete: (path) => send("DELETE", path, {}),
  };
}

/** `name=value` of the one cookie that an answer sets. */
export function cookieOf(response: Response): string {
  return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}
