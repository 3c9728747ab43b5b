// Signing in and out, who is signed in, and where else.

import { z } from "zod";
import { sessionsSchema, signInMethodsSchema } from "../../../schemas/access-api.ts";
import { AppError } from "../../../schemas/app-error.ts";
import { meSchema, signInSchema } from "../../../schemas/dashboard-api.ts";
import { defineRoute } from "../http/route.ts";
import { toGatewayUrl } from "../http/addresses.ts";
import { createSessionCookie } from "./session-cookie.ts";
import { endSession, endSessionsOfPerson, listSessions } from "./sessions.ts";
import { signIn } from "./sign-in.ts";

const SESSIONS = "/people/:personId/sessions";
const sessionIdSchema = z.uuid();

export const sessionRoutes = [
  defineRoute({
    method: "GET",
    path: "/sign-in-methods",
    summary: "How people sign in here",
    access: "anyone",
    answer: signInMethodsSchema,
    handle: ({ dashboard: { config } }) => ({
      methods: config.oidc === undefined ? ["link" as const] : ["oidc" as const, "link" as const],
    }),
  }),
  defineRoute({
    method: "POST",
    path: "/sign-in",
    summary: "Exchanges the token of a one-time link for a session",
    access: "anyone",
    isAttempt: true,
    body: signInSchema,
    handle: signIn,
  }),
  defineRoute({
    method: "GET",
    path: "/me",
    summary: "Who is signed in, and what is for them",
    access: "signed_in",
    token: "read",
    answer: meSchema,
    handle({ who: { session }, dashboard: { config }, context }) {
      const { personId, email, name, team, role, isManager } = session;
      const { hostname } = new URL(context.req.url);
      return {
        person_id: personId,
        email,
        name,
        team,
        role,
        is_manager: isManager,
        gateway_url: toGatewayUrl(config, hostname),
        timezone: config.timezone,
      };
    },
  }),
  defineRoute({
    method: "DELETE",
    path: "/sessions/current",
    summary: "Signs out",
    access: "signed_in",
    async handle({ who: { session }, dashboard: { stores, config }, now, context }) {
      await endSession(stores.postgres.db, { sessionId: session.sessionId, now });
      createSessionCookie(config).clear(context);
    },
  }),
  defineRoute({
    method: "GET",
    path: SESSIONS,
    summary: "Where a person is signed in",
    access: "subject",
    answer: sessionsSchema,
    async handle({ who: { session, subjectId: personId }, dashboard: { stores }, now }) {
      const found = await listSessions(stores.postgres.db, { personId, now });
      return {
        sessions: found.map(({ sessionId, method, signedInAt, expiresAt }) => ({
          session_id: sessionId,
          method,
          signed_in_at: signedInAt.toISOString(),
          ends_at: expiresAt.toISOString(),
          is_current: sessionId === session.sessionId,
        })),
      };
    },
  }),
  defineRoute({
    method: "DELETE",
    path: SESSIONS,
    summary: "Signs a person out everywhere but here",
    access: "subject",
    async handle({ who: { session, subjectId: personId }, dashboard: { stores }, now }) {
      const { sessionId: exceptSessionId } = session;
      await endSessionsOfPerson(stores.postgres.db, { personId, exceptSessionId, now });
    },
  }),
  defineRoute({
    method: "DELETE",
    path: `${SESSIONS}/:sessionId`,
    summary: "Signs a person out in one place",
    access: "subject",
    async handle({ who: { subjectId: personId }, params, dashboard: { stores }, now }) {
      const sessionId = sessionIdSchema.safeParse(params["sessionId"]);
      const which = { personId, sessionId: sessionId.data ?? "", now };
      if (!sessionId.success || (await endSessionsOfPerson(stores.postgres.db, which)) === 0)
        throw new AppError("not_found", "You are not signed in there any more.");
    },
  }),
];
