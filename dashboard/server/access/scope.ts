// Who may read whose data: one function, and the one way to routes about a person.
//
// Beneath it, a route's transactions in Postgres act as the person who asks (schemas/postgres/scope.ts): a statement that forgot
// whom it is about finds nothing of anybody else.
//
// Always holds: what reads a person's data takes a `SubjectId`, and only the scope makes one, so a route that was not let
// through here does not compile. Somebody else's id, an id of nobody and a text that is no id get the same answer, so that
// ids can't be probed.

import { Hono } from "hono";
import { AppError } from "../../../schemas/app-error.ts";
import type { PostgresStore, Transactions } from "../../../schemas/postgres/open.ts";
import { actAs } from "../../../schemas/postgres/scope.ts";
import type { DashboardEnv } from "../dashboard.ts";
import type { Session } from "./sessions.ts";

declare const allowed: unique symbol;
/** The id of a person whose data the session may read. */
export type SubjectId = string & { readonly [allowed]: true };

export interface PersonEnv {
  Variables: DashboardEnv["Variables"] & { subjectId: SubjectId; store: Transactions };
}

/** Whether a session may read a person's data. Today everybody reads their own, and nobody reads anybody else's. */
export function mayRead(session: Session, subjectPersonId: string): subjectPersonId is SubjectId {
  return session.personId === subjectPersonId;
}

/** An application for routes to be mounted at `/people/:personId`; each of them comes after the scope. */
export function createScopedRoutes(postgres: PostgresStore): Hono<PersonEnv> {
  const routes = new Hono<PersonEnv>();
  routes.use(async function scope(context, next) {
    const subjectPersonId = context.req.param("personId") ?? "";
    const { session } = context.var;
    if (!mayRead(session, subjectPersonId)) throw noSuchPerson();
    context.set("subjectId", subjectPersonId);
    context.set("store", actAs(postgres, session.personId));
    await next();
  });
  return routes;
}

function noSuchPerson(): AppError {
  return new AppError("not_found", "There is nothing here for you. Check the address.");
}
