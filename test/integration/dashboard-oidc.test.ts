// Signing in over the organisation's sign-in service, with a certified provider on the other side: the way there and back.

import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createDashboard } from "../../dashboard/server/app.ts";
import { oidcAttempts } from "../../schemas/postgres/access-tables.ts";
import { cookieOf } from "../services/dashboard.ts";
import {
  CALLBACK,
  expectRefused,
  newAccount,
  openOidcBench,
  ORIGIN,
  sessionOf,
  type OidcBench,
} from "../services/oidc-bench.ts";
import { startSignInService } from "../services/sign-in-service.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MINUTE_MS = 60_000;

let on: OidcBench;
beforeAll(async () => {
  on = await openOidcBench();
});
afterAll(() => on.close());

test("somebody whom the service knows gets a session, and the page that they wanted", async () => {
  const account = newAccount({ name: "Ada Lovelace" });
  const response = await on.signInAs(account, "/patterns?state=open");
  expect(response.status).toBe(303);
  expect(response.headers.get("location")).toBe("/patterns?state=open");
  expect(await on.readMe(response)).toMatchObject({
    email: account["email"],
    name: "Ada Lovelace",
    role: "self",
  });
});

test("the way there asks for a code, bound by state, nonce and a SHA-256 challenge", async () => {
  const { url, cookie } = await on.begin();
  const asked = Object.fromEntries(url.searchParams);
  expect(asked).toMatchObject({
    response_type: "code",
    code_challenge_method: "S256",
    redirect_uri: CALLBACK,
  });
  for (const name of ["state", "nonce", "code_challenge"]) expect(asked[name]?.length).toBeGreaterThan(40);
  const stored = JSON.stringify(await on.bench.dashboard.stores.postgres.db.select().from(oidcAttempts));
  expect(stored).not.toContain(asked["state"]);
  expect(cookie).toBe(`assay_oidc=${asked["state"]}`);
});

test("the cookie of the way comes along from another site, and the session's does not", async () => {
  on.service.signInAs(newAccount());
  const { url } = await on.begin();
  const start = await on.bench.app.request(`${ORIGIN}/api/v1/oidc/start`);
  expect(start.headers.getSetCookie()[0]).toMatch(/; SameSite=Lax$/);
  const response = await on.comeBack(
    await on.service.follow(start.headers.get("location") ?? url),
    cookieOf(start),
  );
  const cookies = response.headers.getSetCookie();
  expect(cookies.find((cookie) => cookie.startsWith("assay_session="))).toMatch(/SameSite=Strict$/);
  expect(cookies.find((cookie) => cookie.startsWith("assay_oidc="))).toContain("Max-Age=0");
});

test("an address at which somebody else's way ends signs nobody in", async () => {
  on.service.signInAs(newAccount());
  const attacker = await on.begin();
  const returned = await on.service.follow(attacker.url);
  const victim = await on.begin();
  expectRefused(await on.comeBack(returned, victim.cookie), "expired");
  expectRefused(await on.comeBack(returned, ""), "expired");
});

test("a state that was never given, and one that was changed, sign nobody in", async () => {
  on.service.signInAs(newAccount());
  const { cookie, url } = await on.begin();
  const returned = await on.service.follow(url);
  returned.searchParams.set("state", "x".repeat(43));
  expectRefused(await on.comeBack(returned, cookie), "expired");
  expectRefused(await on.comeBack(returned, `assay_oidc=${"x".repeat(43)}`), "expired");
});

test("a code is good once, also with the cookie that it came with", async () => {
  on.service.signInAs(newAccount());
  const { cookie, url } = await on.begin();
  const returned = await on.service.follow(url);
  expect(sessionOf(await on.comeBack(returned, cookie))).toBeDefined();
  expectRefused(await on.comeBack(returned, cookie), "expired");
});

test("the code of another way is refused, because its verifier is another one", async () => {
  on.service.signInAs(newAccount());
  const [one, other] = [await on.begin(), await on.begin()];
  const [returnedOne, returnedOther] = [await on.service.follow(one.url), await on.service.follow(other.url)];
  returnedOne.searchParams.set("code", returnedOther.searchParams.get("code") ?? "");
  expectRefused(await on.comeBack(returnedOne, one.cookie), "refused");
});

test("an ID token with another nonce is refused", async () => {
  on.service.signInAs(newAccount());
  const { cookie, url } = await on.begin();
  url.searchParams.set("nonce", "x".repeat(43));
  expectRefused(await on.comeBack(await on.service.follow(url), cookie), "refused");
});

test("an answer that names another issuer is refused", async () => {
  on.service.signInAs(newAccount());
  const { cookie, url } = await on.begin();
  const returned = await on.service.follow(url);
  expect(returned.searchParams.get("iss")).toBe(on.service.issuer);
  returned.searchParams.set("iss", "https://other.example.com");
  expectRefused(await on.comeBack(returned, cookie), "refused");
});

test("a way ends after 10 minutes", async () => {
  on.service.signInAs(newAccount());
  const { cookie, url } = await on.begin();
  const returned = await on.service.follow(url);
  on.bench.advance(10 * MINUTE_MS);
  expectRefused(await on.comeBack(returned, cookie), "expired");
});

test("what the service refuses is told in words, and its own words stand nowhere", async () => {
  const { cookie, url } = await on.begin();
  const returned = new URL(CALLBACK);
  returned.search = new URLSearchParams({
    error: "access_denied",
    error_description: "said of ada",
    state: url.searchParams.get("state") ?? "",
    iss: on.service.issuer,
  }).toString();
  const response = await on.comeBack(returned, cookie);
  expectRefused(response, "refused");
  expect(await response.text()).not.toContain("said of ada");
});

test.each([
  "https://evil.example/x",
  "//evil.example/x",
  "/\\evil.example",
  "/\t/evil.example",
  "\\\\evil.example",
  "/.//evil.example",
  "javascript:alert(1)",
  "/api/v1/me",
  "",
  `/${"x".repeat(2000)}`,
])("a way back to %j leads to the first page instead", async (returnPath) => {
  const response = await on.signInAs(newAccount(), returnPath);
  expect(response.headers.get("location")).toBe("/");
});

test("the sign-in page is told of the service, and of none where there is none", async () => {
  const methods = async (app: typeof on.bench.app) =>
    (await app.request(`${ORIGIN}/api/v1/sign-in-methods`)).json();
  expect(await methods(on.bench.app)).toEqual({ methods: ["oidc", "link"] });
  const config = { ...on.bench.dashboard.config, oidc: undefined };
  const without = createDashboard({ ...on.bench.dashboard, config });
  expect(await methods(without)).toEqual({ methods: ["link"] });
  expect((await without.request(`${ORIGIN}/api/v1/oidc/start`)).status).toBe(404);
  expect((await without.request(CALLBACK)).status).toBe(404);
});

test("a service that is away is told in words, and is asked again the next time", async () => {
  const gone = await startSignInService(CALLBACK);
  await gone.close();
  const oidc = { ...on.bench.dashboard.config.oidc!, issuer: gone.issuer };
  const app = createDashboard({ ...on.bench.dashboard, config: { ...on.bench.dashboard.config, oidc } });
  const response = await app.request(`${ORIGIN}/api/v1/oidc/start`);
  expectRefused(response, "unavailable");
});

test("nobody's password, code, state or token is in the log", async () => {
  on.service.signInAs(newAccount());
  const { cookie, url } = await on.begin();
  const returned = await on.service.follow(url);
  await on.comeBack(returned, cookie);
  url.searchParams.set("nonce", "x".repeat(43));
  const again = await on.begin();
  again.url.searchParams.set("nonce", "x".repeat(43));
  const changed = await on.service.follow(again.url);
  await on.comeBack(changed, again.cookie);
  const log = JSON.stringify(on.bench.logged);
  expect(log).toContain("nobody was signed in");
  for (const at of [returned, changed])
    for (const name of ["code", "state"]) expect(log).not.toContain(at.searchParams.get(name));
  expect(log).not.toContain(on.service.clientSecret);
});
