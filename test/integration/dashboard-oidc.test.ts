// Signing in over the organisation's sign-in service, with a certified provider on the other side.

import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { loginLinkCommand } from "../../dashboard/commands/login-link.ts";
import { createDashboard } from "../../dashboard/server/app.ts";
import { meSchema } from "../../schemas/dashboard-api.ts";
import { oidcAttempts } from "../../schemas/postgres/access-tables.ts";
import { audit } from "../../schemas/postgres/tables.ts";
import {
  cookieOf,
  openBrowser,
  openDashboardBench,
  type DashboardBench,
  type Person,
} from "../services/dashboard.ts";
import { startSignInService, type Account, type SignInService } from "../services/sign-in-service.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const ORIGIN = "http://localhost";
const CALLBACK = `${ORIGIN}/api/v1/oidc/callback`;
const MINUTE_MS = 60_000;

let service: SignInService;
let bench: DashboardBench;
let owner: Person;
beforeAll(async () => {
  service = await startSignInService(CALLBACK);
  bench = await openDashboardBench({
    ASSAY_PUBLIC_URL: ORIGIN,
    ASSAY_OIDC_ISSUER: service.issuer,
    ASSAY_OIDC_CLIENT_ID: service.clientId,
    ASSAY_OIDC_CLIENT_SECRET: service.clientSecret,
    ASSAY_OIDC_ROLES: "assay-owners=owner,cn=privacy,ou=groups=officer,assay-operators=operator",
  });
  owner = await bench.addPerson({ role: "owner", createdAt: new Date(0) });
});
afterAll(async () => {
  await bench.close();
  await service.close();
});

function newAccount(claims: Partial<Account> = {}): Account {
  const sub = randomUUID();
  return { sub, email: `${sub}@example.com`, email_verified: true, name: "Ada", groups: [], ...claims };
}

interface Begun {
  /** The browser's, which ties it to its way. */
  cookie: string;
  url: URL;
}

async function begin(returnPath?: string, app = bench.app): Promise<Begun> {
  const query = returnPath === undefined ? "" : `?${new URLSearchParams({ return: returnPath }).toString()}`;
  const response = await app.request(`${ORIGIN}/api/v1/oidc/start${query}`);
  expect(response.status).toBe(303);
  return { cookie: cookieOf(response), url: new URL(response.headers.get("location") ?? "") };
}

/** From another site: a strict cookie would not be here. */
function comeBack(returned: URL, cookie: string, app = bench.app): Promise<Response> | Response {
  return app.request(returned.href, { headers: { cookie, "sec-fetch-site": "cross-site" } });
}

async function signInAs(account: Account, returnPath?: string): Promise<Response> {
  service.signInAs(account);
  const { cookie, url } = await begin(returnPath);
  return comeBack(await service.follow(url), cookie);
}

function sessionOf(response: Response): string | undefined {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0] ?? "")
    .find((cookie) => /^assay_session=./.test(cookie));
}

async function readMe(response: Response) {
  return meSchema.parse(await (await openBrowser(bench.app, sessionOf(response)).get("/api/v1/me")).json());
}

function expectRefused(response: Response, refusal: string): void {
  expect(response.status).toBe(303);
  expect(response.headers.get("location")).toBe(`/sign-in?refused=${refusal}`);
  expect(sessionOf(response)).toBeUndefined();
}

test("somebody whom the service knows gets a session, and the page that they wanted", async () => {
  const account = newAccount({ name: "Ada Lovelace" });
  const response = await signInAs(account, "/patterns?state=open");
  expect(response.status).toBe(303);
  expect(response.headers.get("location")).toBe("/patterns?state=open");
  expect(await readMe(response)).toMatchObject({
    email: account["email"],
    name: "Ada Lovelace",
    role: "self",
  });
});

test("the way there asks for a code, bound by state, nonce and a SHA-256 challenge", async () => {
  const { url, cookie } = await begin();
  const asked = Object.fromEntries(url.searchParams);
  expect(asked).toMatchObject({
    response_type: "code",
    code_challenge_method: "S256",
    redirect_uri: CALLBACK,
  });
  for (const name of ["state", "nonce", "code_challenge"]) expect(asked[name]?.length).toBeGreaterThan(40);
  const stored = JSON.stringify(await bench.dashboard.stores.postgres.db.select().from(oidcAttempts));
  expect(stored).not.toContain(asked["state"]);
  expect(cookie).toBe(`assay_oidc=${asked["state"]}`);
});

test("the cookie of the way comes along from another site, and the session's does not", async () => {
  service.signInAs(newAccount());
  const { url } = await begin();
  const start = await bench.app.request(`${ORIGIN}/api/v1/oidc/start`);
  expect(start.headers.getSetCookie()[0]).toMatch(/; SameSite=Lax$/);
  const response = await comeBack(
    await service.follow(start.headers.get("location") ?? url),
    cookieOf(start),
  );
  const cookies = response.headers.getSetCookie();
  expect(cookies.find((cookie) => cookie.startsWith("assay_session="))).toMatch(/SameSite=Strict$/);
  expect(cookies.find((cookie) => cookie.startsWith("assay_oidc="))).toContain("Max-Age=0");
});

test("an address at which somebody else's way ends signs nobody in", async () => {
  service.signInAs(newAccount());
  const attacker = await begin();
  const returned = await service.follow(attacker.url);
  const victim = await begin();
  expectRefused(await comeBack(returned, victim.cookie), "expired");
  expectRefused(await comeBack(returned, ""), "expired");
});

test("a state that was never given, and one that was changed, sign nobody in", async () => {
  service.signInAs(newAccount());
  const { cookie, url } = await begin();
  const returned = await service.follow(url);
  returned.searchParams.set("state", "x".repeat(43));
  expectRefused(await comeBack(returned, cookie), "expired");
  expectRefused(await comeBack(returned, `assay_oidc=${"x".repeat(43)}`), "expired");
});

test("a code is good once, also with the cookie that it came with", async () => {
  service.signInAs(newAccount());
  const { cookie, url } = await begin();
  const returned = await service.follow(url);
  expect(sessionOf(await comeBack(returned, cookie))).toBeDefined();
  expectRefused(await comeBack(returned, cookie), "expired");
});

test("the code of another way is refused, because its verifier is another one", async () => {
  service.signInAs(newAccount());
  const [one, other] = [await begin(), await begin()];
  const [returnedOne, returnedOther] = [await service.follow(one.url), await service.follow(other.url)];
  returnedOne.searchParams.set("code", returnedOther.searchParams.get("code") ?? "");
  expectRefused(await comeBack(returnedOne, one.cookie), "refused");
});

test("an ID token with another nonce is refused", async () => {
  service.signInAs(newAccount());
  const { cookie, url } = await begin();
  url.searchParams.set("nonce", "x".repeat(43));
  expectRefused(await comeBack(await service.follow(url), cookie), "refused");
});

test("an answer that names another issuer is refused", async () => {
  service.signInAs(newAccount());
  const { cookie, url } = await begin();
  const returned = await service.follow(url);
  expect(returned.searchParams.get("iss")).toBe(service.issuer);
  returned.searchParams.set("iss", "https://other.example.com");
  expectRefused(await comeBack(returned, cookie), "refused");
});

test("a way ends after 10 minutes", async () => {
  service.signInAs(newAccount());
  const { cookie, url } = await begin();
  const returned = await service.follow(url);
  bench.advance(10 * MINUTE_MS);
  expectRefused(await comeBack(returned, cookie), "expired");
});

test("what the service refuses is told in words, and its own words stand nowhere", async () => {
  const { cookie, url } = await begin();
  const returned = new URL(CALLBACK);
  returned.search = new URLSearchParams({
    error: "access_denied",
    error_description: "said of ada",
    state: url.searchParams.get("state") ?? "",
    iss: service.issuer,
  }).toString();
  const response = await comeBack(returned, cookie);
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
  const response = await signInAs(newAccount(), returnPath);
  expect(response.headers.get("location")).toBe("/");
});

test("a verified address finds the person who is there already, in whatever case", async () => {
  const person = await bench.addPerson({ name: "Known" });
  const response = await signInAs(newAccount({ email: person.email.toUpperCase() }));
  expect(await readMe(response)).toMatchObject({ person_id: person.personId, name: "Known" });
});

test("an address that the service does not vouch for signs nobody in, and makes nobody", async () => {
  const person = await bench.addPerson();
  for (const email of [person.email, `${randomUUID()}@example.com`])
    for (const email_verified of [false, "false"])
      expectRefused(await signInAs(newAccount({ email, email_verified })), "unverified");
  expectRefused(await signInAs(newAccount({ email: undefined })), "unverified");
});

test("somebody whose address has changed stays who they are", async () => {
  const account = newAccount();
  const before = await readMe(await signInAs(account));
  const after = await readMe(await signInAs({ ...account, email: `${randomUUID()}@example.com` }));
  expect(after.person_id).toBe(before.person_id);
});

test("an address that was given to somebody else does not give them the data of whoever had it before", async () => {
  const account = newAccount();
  await signInAs(account);
  expectRefused(await signInAs({ ...account, sub: randomUUID() }), "taken");
});

test("two first sign-ins at the same moment make one person", async () => {
  const account = newAccount();
  service.signInAs(account);
  const ways = [await begin(), await begin(), await begin()];
  const returned = [];
  for (const { url } of ways) returned.push(await service.follow(url));
  const responses = await Promise.all(returned.map(async (url, at) => comeBack(url, ways[at]?.cookie ?? "")));
  const ids = await Promise.all(responses.map(async (response) => (await readMe(response)).person_id));
  expect(new Set(ids).size).toBe(1);
});

test("groups give the role at each sign-in, the first that fits, and take it away", async () => {
  const account = newAccount();
  const roles = [];
  for (const groups of [["other"], ["assay-operators", "cn=privacy,ou=groups"], ["assay-owners"], []]) {
    bench.advance(MINUTE_MS);
    roles.push((await readMe(await signInAs({ ...account, groups }))).role);
  }
  expect(roles).toEqual(["self", "officer", "owner", "self"]);
  const { db } = bench.dashboard.stores.postgres;
  const changes = await db.select().from(audit).where(eq(audit.action, "role_given"));
  expect(changes.map(({ payload }) => payload)).toEqual([
    { role: "officer", role_before: "self" },
    { role: "owner", role_before: "officer" },
    { role: "self", role_before: "owner" },
  ]);
});

test("groups that the service could not say change no role", async () => {
  const account = newAccount({ groups: ["assay-operators"] });
  await signInAs(account);
  const response = await signInAs({ ...account, groups: undefined, _claim_names: { groups: "elsewhere" } });
  expect((await readMe(response)).role).toBe("operator");
});

test("groups never take the last owner away", async () => {
  const response = await signInAs(newAccount({ email: owner.email }));
  expect(await readMe(response)).toMatchObject({ person_id: owner.personId, role: "owner" });
});

test("one-time links are for the first owner alone, also those that were made before", async () => {
  const person = await bench.addPerson();
  const early = openBrowser(bench.app);
  const refused = await early.post("/api/v1/sign-in", { token: await bench.linkToken(person) });
  expect(refused.status).toBe(403);
  expect(await refused.text()).toContain(owner.email);
  const admitted = await early.post("/api/v1/sign-in", { token: await bench.linkToken(owner) });
  expect(admitted.status).toBe(204);
  const command = bench.run(loginLinkCommand, { positionals: [person.email] });
  await expect(command).rejects.toMatchObject({ code: "forbidden" });
  expect((await bench.run(loginLinkCommand, { positionals: [owner.email] })).exitCode).toBe(0);
});

test("the sign-in page is told of the service, and of none where there is none", async () => {
  const methods = async (app: typeof bench.app) =>
    (await app.request(`${ORIGIN}/api/v1/sign-in-methods`)).json();
  expect(await methods(bench.app)).toEqual({ methods: ["oidc", "link"] });
  const config = { ...bench.dashboard.config, oidc: undefined };
  const without = createDashboard({ ...bench.dashboard, config });
  expect(await methods(without)).toEqual({ methods: ["link"] });
  expect((await without.request(`${ORIGIN}/api/v1/oidc/start`)).status).toBe(404);
  expect((await without.request(CALLBACK)).status).toBe(404);
});

test("a service that is away is told in words, and is asked again the next time", async () => {
  const gone = await startSignInService(CALLBACK);
  await gone.close();
  const oidc = { ...bench.dashboard.config.oidc!, issuer: gone.issuer };
  const app = createDashboard({ ...bench.dashboard, config: { ...bench.dashboard.config, oidc } });
  const response = await app.request(`${ORIGIN}/api/v1/oidc/start`);
  expectRefused(response, "unavailable");
});

test("nobody's password, code, state or token is in the log", async () => {
  service.signInAs(newAccount());
  const { cookie, url } = await begin();
  const returned = await service.follow(url);
  await comeBack(returned, cookie);
  url.searchParams.set("nonce", "x".repeat(43));
  const again = await begin();
  again.url.searchParams.set("nonce", "x".repeat(43));
  const changed = await service.follow(again.url);
  await comeBack(changed, again.cookie);
  const log = JSON.stringify(bench.logged);
  expect(log).toContain("nobody was signed in");
  for (const at of [returned, changed])
    for (const name of ["code", "state"]) expect(log).not.toContain(at.searchParams.get(name));
  expect(log).not.toContain(service.clientSecret);
});
