// Every route, asked by everybody, for everybody: what each answer should be, and whether anything of the subject's stands in it.
//
//   routes × who asks × whose ids ─▶ the class of the answer by the table of accesses · the subject's texts in it, but for what is allowed
//
// Each question has a session of its own, so that a route that ends sessions, or counts requests, changes nothing for the next one.

import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { createApi } from "../../dashboard/server/api.ts";
import type { Access } from "../../dashboard/server/access/scope.ts";
import { createSession } from "../../dashboard/server/access/sessions.ts";
import type { DashboardEnv } from "../../dashboard/server/dashboard.ts";
import { createErrorBoundary } from "../../dashboard/server/http/problem.ts";
import type { Route } from "../../dashboard/server/http/route.ts";
import { sampleBody, sampleQuery } from "../builders/sample-request.ts";
import type { SubjectTraces } from "../builders/subject-traces.ts";
import type { DashboardBench, Person } from "./dashboard.ts";

/** Who decides something comes late, because what they decide is over for whoever comes after. */
export const ASKERS = [
  "anonymous",
  "revoked",
  "other person",
  "other manager",
  "operator",
  "owner",
  "officer",
  "manager",
  "self",
] as const;
export type Asker = (typeof ASKERS)[number];

/** `own`: of whoever asks, with the subject's things below it. `list`: the address names nobody and nothing. */
export const ID_KINDS = ["own", "foreign", "random", "list"] as const;
type IdKind = (typeof ID_KINDS)[number];

/** `read`: 200, with data. `open`: let through, whatever comes of it. `any`: nobody has to be let through. */
type Expected = "read" | "open" | "any" | "hidden" | "forbidden" | "unauthenticated";

/** Who gets through to the routes of each access that name nobody. */
const LET_THROUGH: Readonly<Record<Exclude<Access, "anyone" | "subject">, readonly Asker[]>> = {
  signed_in: ["other person", "other manager", "operator", "owner", "officer", "manager", "self"],
  reviewer: ["other person", "other manager", "operator", "owner", "officer", "manager", "self"],
  manager: ["other manager", "manager"],
  owner: ["owner"],
  officer: ["officer"],
  governor: ["owner", "officer"],
  operator: ["operator", "owner"],
};

export interface Allowance {
  asker: Asker;
  /** `GET /review/patterns`. */
  route: string;
  /** Names of markers. */
  markers: readonly string[];
  reason: string;
}

export interface Matrix {
  bench: DashboardBench;
  people: Readonly<Record<Exclude<Asker, "anonymous">, Person>>;
  subject: SubjectTraces;
  /** Patterns of the subject that somebody may see. */
  reviewable: Readonly<Partial<Record<Asker, string>>>;
  allowed: readonly Allowance[];
}

interface Question {
  route: Route;
  asker: Asker;
  kind: IdKind;
  path: string;
  expected: Expected;
}

/** Asks all, and returns what is not as it should be, one sentence each, and how many questions that were. */
export async function askMatrix(
  matrix: Matrix,
  routes: readonly Route[],
): Promise<{ violations: string[]; questions: number; used: ReadonlySet<Allowance> }> {
  const { dashboard } = matrix.bench;
  const app = new Hono<DashboardEnv>();
  app.onError(createErrorBoundary(dashboard.log));
  app.route("/", createApi(dashboard, routes));
  const questions = listQuestions(matrix, routes);
  const violations: string[] = [];
  const used = new Set<Allowance>();
  for (const question of questions) {
    const { route, asker } = question;
    const response = await ask(app, matrix, question);
    const said = await response.text();
    const name = `${asker}, ${question.kind}: ${route.method} ${route.path}`;
    if (!IS_AS[question.expected](response.status))
      violations.push(`${name}: ${response.status}, not ${question.expected}: ${said.slice(0, 300)}`);
    if (asker === "self") continue;
    const text = `${said} ${JSON.stringify([...response.headers])}`;
    for (const [marker, value] of Object.entries(matrix.subject.markers)) {
      if (!text.includes(value)) continue;
      const allowance = findAllowance(matrix.allowed, question, marker);
      if (allowance === undefined) violations.push(`${name}: leaks the subject's ${marker}`);
      else used.add(allowance);
    }
  }
  return { violations, questions: questions.length, used };
}

function listQuestions(matrix: Matrix, routes: readonly Route[]): Question[] {
  // Whoever reads comes before whoever changes.
  const ordered = routes.toSorted((a, b) => Number(a.method !== "GET") - Number(b.method !== "GET"));
  return ASKERS.flatMap((asker) =>
    ordered.flatMap((route) =>
      ID_KINDS.flatMap((kind) =>
        listPaths(matrix, { route, asker, kind }).map((path) => {
          const expected = expectOf(matrix, { route, asker, kind, path });
          return { route, asker, kind, path, expected };
        }),
      ),
    ),
  );
}

const PARAM = /:(\w+)/g;

function listPaths(
  { people, subject }: Matrix,
  { route, asker, kind }: Pick<Question, "route" | "asker" | "kind">,
): string[] {
  const names = [...route.path.matchAll(PARAM)].map(([, name = ""]) => name);
  if (names.length === 0) return kind === "list" ? [route.path] : [];
  const namesPerson = names.includes("personId");
  if (kind === "list" || (kind === "own" && (!namesPerson || asker === "anonymous"))) return [];
  const [owned] = kind === "own" ? [people[asker === "anonymous" ? "self" : asker].personId] : [];
  const foreign = asker === "self" ? people["other person"].personId : people.self.personId;
  const personId = kind === "random" ? randomUUID() : (owned ?? foreign);
  const idsOf = (name: string): readonly string[] => {
    if (name === "personId") return [personId];
    return (kind === "random" ? undefined : subject.ids[name]) ?? [randomUUID()];
  };
  return names.reduce<string[]>(
    (paths, name) => paths.flatMap((path) => idsOf(name).map((id) => path.replace(`:${name}`, id))),
    [route.path],
  );
}

function expectOf(
  { reviewable }: Matrix,
  { route, asker, kind, path }: Omit<Question, "expected">,
): Expected {
  const { access, method } = route;
  if (access === "anyone") return "any";
  if (asker === "anonymous" || asker === "revoked") return "unauthenticated";
  const things = [...route.path.matchAll(PARAM)].filter(([, name]) => name !== "personId");
  if (access === "subject") {
    if (kind !== "own") return "hidden";
    if (asker === "self") return method === "GET" ? "read" : "open";
    // Somebody else's things below the own address are nobody's.
    if (things.length > 0) return "hidden";
    return method === "GET" ? "read" : "open";
  }
  if (!LET_THROUGH[access].includes(asker)) return "forbidden";
  if (things.length === 0) return method === "GET" ? "read" : "open";
  const seen = reviewable[asker];
  if (access === "reviewer" && seen !== undefined && path.includes(seen))
    return method === "GET" ? "read" : "open";
  return "hidden";
}

const IS_AS: Readonly<Record<Expected, (status: number) => boolean>> = {
  read: (status) => status === 200,
  // 503: a part of the deployment that a bench does not have.
  open: (status) => (status < 500 || status === 503) && status !== 401 && status !== 403,
  any: (status) => status < 500,
  hidden: (status) => status === 404,
  forbidden: (status) => status === 403,
  unauthenticated: (status) => status === 401,
};

async function ask(
  app: Hono<DashboardEnv>,
  { bench, people }: Matrix,
  { route, asker, path }: Question,
): Promise<Response> {
  const { stores, now } = bench.dashboard;
  const cookie =
    asker === "anonymous" ? "" : await openSession(stores.postgres.db, people[asker].personId, now());
  if (asker === "revoked")
    await app.request("/sessions/current", { method: "DELETE", headers: headersOf(cookie) });
  const body = sampleBody(route);
  return app.request(`${path}${sampleQuery(route)}`, {
    method: route.method,
    headers: headersOf(cookie),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function openSession(
  database: Parameters<typeof createSession>[0],
  personId: string,
  now: Date,
): Promise<string> {
  return `assay_session=${await createSession(database, { personId, method: "link", now })}`;
}

function headersOf(cookie: string): Record<string, string> {
  return { cookie, "sec-fetch-site": "same-origin", "content-type": "application/json" };
}

function findAllowance(
  allowed: readonly Allowance[],
  { asker, route }: Question,
  marker: string,
): Allowance | undefined {
  const name = `${route.method} ${route.path}`;
  return allowed.find((one) => one.asker === asker && one.route === name && one.markers.includes(marker));
}
