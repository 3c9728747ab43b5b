// What a route of the API is: its address, who may ask it, what goes in and what comes out. From the list of all of them
// (routes.ts) follow the application, its OpenAPI document and the test of who sees what.
//
// Always holds: a route that does not say who may ask does not compile, and its handler gets no more than that access grants;
// what goes in is checked before the handler runs, and what is not in the schema of its answer leaves nobody's server.

import type { Context } from "hono";
import type { z } from "zod";
import type { TokenScope } from "../../../schemas/closed-lists.ts";
import type { Access, Grants } from "../access/scope.ts";
import type { Dashboard, DashboardEnv } from "../dashboard.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** What a handler is asked. */
export interface Asked<A extends Access, Query, Body> {
  /** What the access grants: the session, whose data, the view of Postgres. */
  who: Grants[A];
  query: Query;
  body: Body;
  /** Of the address: `{ personId, runId }`. Text that anybody may have written. */
  params: Readonly<Record<string, string>>;
  dashboard: Dashboard;
  /** The time of the request. */
  now: Date;
  /** For headers and cookies. */
  context: Context<DashboardEnv>;
}

export interface RouteDefinition<
  A extends Access,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> {
  method: Method;
  /** Below /api/v1, as hono writes it: `/people/:personId/usage`. */
  path: string;
  /** A phrase for the API's documentation: `What a person used in a span of days`. */
  summary: string;
  access: A;
  /** The scope that a personal access token needs. Without one, only a session in a browser may ask. */
  token?: TokenScope;
  /** Whether asking counts against how often one address may try (access/attempt-limit.ts). */
  isAttempt?: boolean;
  query?: Query;
  body?: Body;
  /** Of JSON. Without one there is no content (204), or the handler makes the response itself: a download. */
  answer?: Answer;
  /** Of a download: `text/csv`. */
  download?: string;
  /** Of success. Default: 200, and 204 without an answer. */
  status?: 200 | 201 | 202;
  handle(
    asked: Asked<A, z.output<Query>, z.output<Body>>,
  ): Promise<z.input<Answer> | Response | void> | z.input<Answer> | Response | void;
}

/** A route of whatever kind, as it stands in a list. */
export interface Route extends Omit<RouteDefinition<Access, z.ZodType, z.ZodType, z.ZodType>, "handle"> {
  handle(asked: Asked<Access, unknown, unknown>): unknown;
}

/** Declares a route; what its handler gets and answers follows from the access and the schemas. */
export function defineRoute<
  A extends Access,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
  Answer extends z.ZodType = z.ZodUndefined,
>(definition: RouteDefinition<A, Query, Body, Answer>): Route {
  return definition;
}
