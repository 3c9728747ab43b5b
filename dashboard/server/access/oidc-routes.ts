// Signing in with the organisation's sign-in service: the way there, and the way back.
//
//   /oidc/start ─▶ the service, with state, nonce and a PKCE challenge ─▶ /oidc/callback ─▶ session, and the page that was wanted
//
// Always holds: a browser that comes back without its own attempt gets no session, so nobody can be signed in as somebody else by an
// address that they are sent. The page at the end is one of Assay's own. What goes wrong ends at the sign-in page, in words.

import { z } from "zod";
import type { SignInRefusal } from "../../../schemas/access-api.ts";
import { AppError, errorMessage } from "../../../schemas/app-error.ts";
import type { OidcConfig } from "../../../schemas/oidc-settings.ts";
import type { Dashboard } from "../dashboard.ts";
import { toDashboardUrl } from "../http/addresses.ts";
import { defineRoute, type Asked } from "../http/route.ts";
import { writeIdentitySnapshot } from "../people/identity-snapshot.ts";
import { beginAttempt, endAttempt, toReturnPath } from "./oidc-attempts.ts";
import type { OidcClient, OidcIdentity, OidcSecrets } from "./oidc-client.ts";
import { findOidcPerson, giveRoleOfGroups } from "./oidc-people.ts";
import { createOidcCookie, createSessionCookie } from "./session-cookie.ts";
import { createSession } from "./sessions.ts";

const CALLBACK = "/oidc/callback";

export const oidcRoutes = [
  defineRoute({
    method: "GET",
    path: "/oidc/start",
    summary: "Leads a browser to the organisation's sign-in service",
    access: "anyone",
    query: z.strictObject({ return: z.string().optional() }),
    download: "text/html",
    async handle({ query, dashboard, now, context }) {
      const { client, redirectUri } = requireOidc(dashboard);
      try {
        const { url, secrets } = await client.begin(redirectUri);
        const returnPath = toReturnPath(query.return);
        await beginAttempt(dashboard.stores.postgres.db, { secrets, returnPath, now });
        createOidcCookie(dashboard.config).write(context, secrets.state);
        return context.redirect(url.href, 303);
      } catch (error) {
        return refuse(error, { dashboard, context });
      }
    },
  }),
  defineRoute({
    method: "GET",
    path: CALLBACK,
    summary: "Where the sign-in service sends a browser back",
    access: "anyone",
    // Services send more than is asked of them.
    query: z.looseObject({ state: z.string().optional() }),
    download: "text/html",
    async handle(asked) {
      const { query, dashboard, now, context } = asked;
      requireOidc(dashboard);
      const cookie = createOidcCookie(dashboard.config);
      const ownState = cookie.read(context);
      cookie.clear(context);
      const isOwn = ownState !== undefined && ownState === query.state;
      const { db } = dashboard.stores.postgres;
      const attempt = isOwn ? await endAttempt(db, { state: ownState, now }) : undefined;
      if (attempt === undefined) return toSignInPage(context, "expired");
      try {
        const identity = await finish(asked, attempt.secrets);
        const admitted = await admit(identity, dashboard, now);
        if ("refusal" in admitted) return toSignInPage(context, admitted.refusal);
        createSessionCookie(dashboard.config).write(context, admitted.token);
        return context.redirect(attempt.returnPath, 303);
      } catch (error) {
        return refuse(error, asked);
      }
    },
  }),
];

function finish({ dashboard, context }: Asked<"anyone", unknown, unknown>, secrets: OidcSecrets) {
  const { client, redirectUri } = requireOidc(dashboard);
  const returned = new URL(redirectUri);
  returned.search = new URL(context.req.url).search;
  return client.finish(returned, secrets);
}

async function admit(
  identity: OidcIdentity,
  dashboard: Dashboard,
  now: Date,
): Promise<{ token: string } | { refusal: SignInRefusal }> {
  const { stores, config } = dashboard;
  const { oidc } = requireOidc(dashboard);
  const admitted = await stores.postgres.db.transaction(async (transaction) => {
    const found = await findOidcPerson(transaction, identity, now);
    if ("refusal" in found) return found;
    const { person, isNew } = found;
    await giveRoleOfGroups(transaction, { person, groups: identity.groups, roles: oidc.roles }, now);
    const { personId } = person;
    return { token: await createSession(transaction, { personId, method: "oidc", now }), isNew };
  });
  // Gateways know people by their addresses.
  if ("isNew" in admitted && admitted.isNew)
    await writeIdentitySnapshot({ postgres: stores.postgres, dataDir: config.dataDir, now: dashboard.now });
  return admitted;
}

/** @throws AppError `not_found` where the organisation has no sign-in service */
function requireOidc({ config, oidcClient }: Dashboard): {
  oidc: OidcConfig;
  client: OidcClient;
  redirectUri: string;
} {
  if (config.oidc === undefined || oidcClient === undefined)
    throw new AppError("not_found", "People sign in with one-time links here. Ask the operator for one.");
  return {
    oidc: config.oidc,
    client: oidcClient,
    redirectUri: `${toDashboardUrl(config)}/api/v1${CALLBACK}`,
  };
}

type AskedInBrowser = Pick<Asked<"anyone", unknown, unknown>, "dashboard" | "context">;

/** What the service answered is for the log; the person reads a sentence. A failure of ours goes on to the error boundary. */
function refuse(error: unknown, { dashboard, context }: AskedInBrowser): Response {
  const refusal = error instanceof AppError ? toRefusal(error) : undefined;
  if (refusal === undefined || !(error instanceof AppError)) throw error;
  dashboard.log.warn({ refusal, cause: errorMessage(error.cause) }, "nobody was signed in");
  return toSignInPage(context, refusal);
}

function toRefusal({ code }: AppError): SignInRefusal | undefined {
  if (code === "forbidden") return "refused";
  return code === "upstream_unreachable" ? "unavailable" : undefined;
}

function toSignInPage(context: AskedInBrowser["context"], refusal: SignInRefusal): Response {
  return context.redirect(`/sign-in?refused=${refusal}`, 303);
}
