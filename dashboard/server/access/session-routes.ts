// Signing in and out, and who is signed in.

import { meSchema, signInSchema } from "../../../schemas/dashboard-api.ts";
import { defineRoute } from "../http/route.ts";
import { toGatewayUrl } from "../http/addresses.ts";
import { createSessionCookie } from "./session-cookie.ts";
import { endSession } from "./sessions.ts";
import { signIn } from "./sign-in.ts";

export const sessionRoutes = [
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
      await endSession(stores.postgres.db, { tokenSha256: session.tokenSha256, now });
      createSessionCookie(config).clear(context);
    },
  }),
];
