// A sign-in service as organisations have one: a certified implementation of OpenID Connect (oidc-provider) on a port of 127.0.0.1,
// where everybody is signed in without being asked. Whom it takes a browser for is what was said last.

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider, type Configuration } from "oidc-provider";

export interface Account {
  sub: string;
  [claim: string]: unknown;
}

export interface SignInService {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Whom it signs in from now on. */
  signInAs(account: Account): void;
  /**
   * Goes where a browser is sent, to the end of its way there.
   * @returns the address at which it leaves the service
   */
  follow(url: URL | string): Promise<URL>;
  close(): Promise<void>;
}

/** More than a way through the service takes. */
const REDIRECTS_MAX = 10;

export async function startSignInService(redirectUri: string): Promise<SignInService> {
  const [clientId, clientSecret] = ["assay", randomUUID()];
  const accounts = new Map<string, Account>();
  let current: Account = { sub: randomUUID() };
  const server = createServer();
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const configuration: Configuration = {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
    claims: {
      openid: ["sub"],
      email: ["email", "email_verified"],
      profile: ["name"],
      groups: ["groups", "_claim_names"],
    },
    scopes: ["openid", "groups"],
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    findAccount(_context, sub) {
      const account = accounts.get(sub);
      return account && { accountId: sub, claims: () => account };
    },
    /** Nobody is asked whether Assay may know them. */
    async loadExistingGrant({ oidc }) {
      const grant = new provider.Grant({
        clientId: oidc.client?.clientId ?? "",
        accountId: oidc.session?.accountId ?? "",
      });
      grant.addOIDCScope("openid email profile groups");
      await grant.save();
      return grant;
    },
  };
  const provider = new Provider(issuer, configuration);
  const answer = provider.callback();
  server.on("request", (request, response) => {
    if (request.url?.startsWith("/interaction/") === true) {
      accounts.set(current.sub, current);
      void provider.interactionFinished(request, response, { login: { accountId: current.sub } });
    } else void answer(request, response);
  });
  return {
    issuer,
    clientId,
    clientSecret,
    signInAs: (account) => void (current = account),
    follow: (url) => follow(new URL(url), new URL(issuer)),
    async close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

/** With cookies, as a browser, and a fresh one each time. */
async function follow(url: URL, issuer: URL): Promise<URL> {
  const cookies = new Map<string, string>();
  let next = url;
  for (let count = 0; count < REDIRECTS_MAX && next.host === issuer.host; count++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(next, { redirect: "manual", headers: { cookie } });
    for (const said of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(said) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    if (location === null)
      throw new Error(`The sign-in service answered ${response.status}: ${await response.text()}`);
    next = new URL(location, next);
  }
  return next;
}
