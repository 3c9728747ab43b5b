// A dashboard with a sign-in service on the other side, and the ways of browsers between the two.

import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { meSchema, type Me } from "../../schemas/dashboard-api.ts";
import { cookieOf, openBrowser, openDashboardBench, type DashboardBench, type Person } from "./dashboard.ts";
import { startSignInService, type Account, type SignInService } from "./sign-in-service.ts";

export const ORIGIN = "http://localhost";
export const CALLBACK = `${ORIGIN}/api/v1/oidc/callback`;

export interface Begun {
  /** The browser's, which ties it to its way. */
  cookie: string;
  url: URL;
}

export interface OidcBench {
  service: SignInService;
  bench: DashboardBench;
  /** The first one. */
  owner: Person;
  begin(returnPath?: string): Promise<Begun>;
  /** From another site: a strict cookie would not be here. */
  comeBack(returned: URL, cookie: string): Promise<Response>;
  signInAs(account: Account, returnPath?: string): Promise<Response>;
  /** Who is signed in by an answer. */
  readMe(response: Response): Promise<Me>;
  close(): Promise<void>;
}

export async function openOidcBench(): Promise<OidcBench> {
  const service = await startSignInService(CALLBACK);
  const bench = await openDashboardBench({
    ASSAY_PUBLIC_URL: ORIGIN,
    ASSAY_OIDC_ISSUER: service.issuer,
    ASSAY_OIDC_CLIENT_ID: service.clientId,
    ASSAY_OIDC_CLIENT_SECRET: service.clientSecret,
    ASSAY_OIDC_ROLES: "assay-owners=owner,cn=privacy,ou=groups=officer,assay-operators=operator",
  });
  const self: OidcBench = {
    service,
    bench,
    owner: await bench.addPerson({ role: "owner", createdAt: new Date(0) }),
    async begin(returnPath) {
      const query =
        returnPath === undefined ? "" : `?${new URLSearchParams({ return: returnPath }).toString()}`;
      const response = await bench.app.request(`${ORIGIN}/api/v1/oidc/start${query}`);
      expect(response.status).toBe(303);
      return { cookie: cookieOf(response), url: new URL(response.headers.get("location") ?? "") };
    },
    comeBack: async (returned, cookie) =>
      bench.app.request(returned.href, { headers: { cookie, "sec-fetch-site": "cross-site" } }),
    async signInAs(account, returnPath) {
      service.signInAs(account);
      const { cookie, url } = await self.begin(returnPath);
      return self.comeBack(await service.follow(url), cookie);
    },
    async readMe(response) {
      const answer = await openBrowser(bench.app, sessionOf(response)).get("/api/v1/me");
      return meSchema.parse(await answer.json());
    },
    async close() {
      await bench.close();
      await service.close();
    },
  };
  return self;
}

export function newAccount(claims: Partial<Account> = {}): Account {
  const sub = randomUUID();
  return { sub, email: `${sub}@example.com`, email_verified: true, name: "Ada", groups: [], ...claims };
}

/** The cookie of the session that an answer gives; undefined: it gives none. */
export function sessionOf(response: Response): string | undefined {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0] ?? "")
    .find((cookie) => /^assay_session=./.test(cookie));
}

export function expectRefused(response: Response, refusal: string): void {
  expect(response.status).toBe(303);
  expect(response.headers.get("location")).toBe(`/sign-in?refused=${refusal}`);
  expect(sessionOf(response)).toBeUndefined();
}
