// What the pages ask, and the same of the raw records where there is something like it: what a page would have to ask if nothing were
// derived. Pages that read Postgres alone have no raw question, nor has the operator's, which reads the raw
// records itself.

import { z } from "zod";
import { defineQuery, type QueryDefinition } from "../../schemas/clickhouse/store.ts";
import { personIdOf, runIdOf } from "./queries-organisation.ts";

export interface Question {
  name: string;
  /** Below /api/v1. */
  path: string;
  /** Who has a hundred thousand runs, and is the owner; or anybody else. */
  who: "self" | "another";
  raw?: QueryDefinition<z.ZodObject, z.ZodObject>;
}

const DAY_MS = 86_400_000;
const RUNS_SHOWN = 51;

export function listQuestions({ calls, now }: { calls: number; now: Date }): Question[] {
  const dayAgo = (days: number) => new Date(now.getTime() - days * DAY_MS).toISOString().slice(0, 10);
  const span = (days: number) => `from=${dayAgo(days - 1)}&to=${dayAgo(0)}`;
  const [self, another] = [personIdOf(0), personIdOf(7)];
  const run = runIdOf(17);
  const own = `person_id = '${self}'`;
  const usageRaw = (person: string, days: number) =>
    raw(`SELECT toDate(started_at) AS day, model_served, client, workload_class, request_kind, count() AS calls, sum(cost_usd) AS cost_usd,
      sum(input_tokens) AS input, sum(cache_read_tokens) AS cached, sum(output_tokens) AS output
      FROM token_events FINAL WHERE person_id = '${person}' AND started_at >= toDateTime('${dayAgo(days - 1)}')
      GROUP BY GROUPING SETS ((), (day), (model_served), (client), (workload_class), (request_kind))`);
  const runsRaw = (where: string, order: string) =>
    raw(`SELECT session_id, min(started_at) AS began, any(client) AS first_client, count() AS calls, sum(cost_usd) AS cost
      FROM token_events FINAL WHERE ${own} AND ${where} GROUP BY session_id ORDER BY ${order} DESC LIMIT ${RUNS_SHOWN}`);
  const runRaw = raw(
    `SELECT * EXCEPT (event_id, tags, server_tool_calls) FROM token_events FINAL WHERE ${own} AND session_id = '17' ORDER BY started_at`,
  );
  const weeksRaw =
    raw(`SELECT toMonday(started_at) AS week, model_served, client, uniqExact(person_id) AS people, sum(cost_usd) AS cost
    FROM token_events FINAL GROUP BY GROUPING SETS ((week), (week, model_served), (week, client))`);
  const ofSelf = `/people/${self}`;
  return [
    { name: "My usage, 28 days", path: `${ofSelf}/usage?${span(28)}`, who: "self", raw: usageRaw(self, 28) },
    { name: "My usage, 12 weeks", path: `${ofSelf}/usage?${span(84)}`, who: "self", raw: usageRaw(self, 84) },
    {
      name: "My usage, 28 days, another person",
      path: `/people/${another}/usage?${span(28)}`,
      who: "another",
      raw: usageRaw(another, 28),
    },
    { name: "What came of it, 28 days", path: `${ofSelf}/value?${span(28)}`, who: "self" },
    { name: "What came of it, 12 weeks", path: `${ofSelf}/value?${span(84)}`, who: "self" },
    { name: "My runs, newest", path: `${ofSelf}/runs`, who: "self", raw: runsRaw("true", "began") },
    { name: "My runs, dearest", path: `${ofSelf}/runs?sort=cost`, who: "self", raw: runsRaw("true", "cost") },
    { name: "My runs, most outcomes", path: `${ofSelf}/runs?sort=outcomes`, who: "self" },
    {
      name: "My runs, of a client and a tag",
      path: `${ofSelf}/runs?client=codex&tag=ticket=99`,
      who: "self",
      raw: runsRaw("client = 'codex'", "began"),
    },
    { name: "My runs, what to choose from", path: `${ofSelf}/run-filters`, who: "self" },
    { name: "Run", path: `${ofSelf}/runs/${run}`, who: "self", raw: runRaw },
    { name: "Run, its calls", path: `${ofSelf}/runs/${run}/calls`, who: "self", raw: runRaw },
    { name: "Run, what came of it", path: `${ofSelf}/runs/${run}/value`, who: "self" },
    { name: "My patterns", path: `${ofSelf}/patterns`, who: "self" },
    { name: "Review", path: "/review/patterns", who: "self" },
    { name: "Team totals", path: "/review/team", who: "self" },
    { name: "Organisation", path: "/organisation", who: "self", raw: weeksRaw },
    { name: "Policy", path: "/policy", who: "self" },
    { name: "Audit", path: `${ofSelf}/audit`, who: "self" },
    { name: "Keys", path: `${ofSelf}/keys`, who: "self" },
    { name: "Schedules", path: `${ofSelf}/schedules`, who: "self" },
    { name: "Settings", path: "/settings", who: "self" },
    { name: "Operator", path: "/operator/flow", who: "self" },
    { name: "Who is signed in", path: `/me`, who: "self" },
  ].map((question): Question => ({ ...question, who: question.who === "self" ? "self" : "another" }));

  function raw(sql: string): QueryDefinition<z.ZodObject, z.ZodObject> {
    // A question of whatever shape, whose answer is read whole as that of a page is.
    return defineQuery({ name: `raw, of ${calls} calls`, sql, params: z.object({}), row: z.looseObject({}) });
  }
}
