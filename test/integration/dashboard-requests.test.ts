// What every request meets before and after its handler: headers, guards, limits, and the one error boundary.

import { afterAll, beforeAll, expect, test } from "vitest";
import { createDashboard } from "../../dashboard/server/app.ts";
import { problemSchema } from "../../schemas/dashboard-api.ts";
import { openPostgres } from "../../schemas/postgres/open.ts";
import { cookieOf, openBrowser, openDashboardBench, type DashboardBench } from "../services/dashboard.ts";

let bench: DashboardBench;
beforeAll(async () => {
  bench = await openDashboardBench();
});
afterAll(() => bench.close());

function publicDashboard() {
  const config = { ...bench.dashboard.config, publicUrl: "https://assay.example.com" };
  return createDashboard({ ...bench.dashboard, config });
}

test.each(["/", "/usage", "/healthz", "/api/v1/me", "/api/v1/nothing", "/assets/nothing.js"])(
  "%s comes with the headers that keep a page in its bounds",
  async (path) => {
    const { headers } = await bench.app.request(path);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("strict-transport-security")).toBeNull();
  },
);

test("over https the cookie is bound to the host, and browsers are told to stay on https", async () => {
  const token = await bench.linkToken(await bench.addPerson());
  const response = await publicDashboard().request("https://assay.example.com/api/v1/sign-in", {
    method: "POST",
    headers: { origin: "https://assay.example.com", "content-type": "application/json" },
    body: JSON.stringify({ token }),
  });
  expect(response.status).toBe(204);
  const [cookie] = response.headers.getSetCookie();
  expect(cookie).toMatch(/^__Host-assay_session=[\w-]{43};/);
  expect(cookie).toContain("Secure");
  expect(response.headers.get("strict-transport-security")).toMatch(/^max-age=\d{8}/);
});

test("answers of the API are kept by no cache", async () => {
  for (const path of ["/api/v1/me", "/api/v1/nothing"])
    expect((await bench.app.request(path)).headers.get("cache-control")).toBe("no-store");
});

const JSON_TYPE = { "content-type": "application/json" };

test.each([
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "same-site" },
  { "sec-fetch-site": "none" },
  { "sec-fetch-site": "cross-site", origin: "http://localhost" },
  { origin: "http://evil.example" },
  { origin: "http://localhost.evil.example" },
  { origin: "http://localhost:8080" },
  { origin: "null" },
  {},
])("a change that does not come from an own page is refused before anything is done: %o", async (headers) => {
  const token = await bench.linkToken(await bench.addPerson());
  const post = (said: Record<string, string>) =>
    bench.app.request("http://localhost/api/v1/sign-in", {
      method: "POST",
      headers: { ...JSON_TYPE, ...said },
      body: JSON.stringify({ token }),
    });
  expect((await post(headers)).status).toBe(403);
  expect((await post({ origin: "http://localhost" })).status).toBe(204);
});

test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])(
  "a change as %s, which other sites may send unasked, is refused",
  async (type) => {
    const headers = { "sec-fetch-site": "same-origin", "content-type": type };
    const response = await bench.app.request("/api/v1/sign-in", { method: "POST", headers, body: "{}" });
    expect(response.status).toBe(400);
  },
);

test("another site's name that was made to point here gets nothing", async () => {
  for (const path of ["/", "/api/v1/me"]) {
    const response = await bench.app.request(`http://evil.example:4101${path}`);
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("ASSAY_PUBLIC_URL");
  }
});

test.each(["http://127.0.0.1:4101", "http://[::1]:4101", "http://localhost:4101", "http://192.168.0.7"])(
  "%s is an address of Assay's own",
  async (origin) => {
    expect((await bench.app.request(`${origin}/api/v1/me`)).status).toBe(401);
  },
);

test("the public address is Assay's own, and its subdomains are not", async () => {
  const app = publicDashboard();
  expect((await app.request("http://assay.example.com/api/v1/me")).status).toBe(401);
  expect((await app.request("http://x.assay.example.com/api/v1/me")).status).toBe(403);
});

test("a body beyond its limit, and one that is no JSON, are refused in words", async () => {
  const browser = openBrowser(bench.app);
  const large = await browser.post("/api/v1/sign-in", { token: "x".repeat(70_000) });
  expect(large.status).toBe(413);
  const headers = { "sec-fetch-site": "same-origin", ...JSON_TYPE };
  const broken = await bench.app.request("/api/v1/sign-in", { method: "POST", headers, body: "{" });
  expect(broken.status).toBe(400);
  expect(problemSchema.parse(await broken.json()).detail).toBe("The request's body is not JSON.");
});

test("a request with a field too many is refused with the field's name", async () => {
  const response = await openBrowser(bench.app).post("/api/v1/sign-in", { token: "t", role: "owner" });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain("role");
});

test("a failure of ours tells nothing but a reference, which the log has beside its cause", async () => {
  const postgres = await openPostgres({ url: bench.postgresUrl });
  await postgres.close();
  const app = createDashboard({ ...bench.dashboard, stores: { ...bench.dashboard.stores, postgres } });
  const response = await openBrowser(app, "assay_session=x").get("/api/v1/me");
  expect(response.status).toBe(500);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const problem = problemSchema.parse(await response.json());
  expect(problem.detail).toBe("This could not be done. Try again, or tell the operator the reference.");
  const line = bench.logged.find(({ reference }) => reference === problem.reference);
  expect(JSON.stringify(line)).toMatch(/Failed query|pool/);
});

test("the log names routes and never a person, a token or a cookie", async () => {
  const person = await bench.addPerson();
  const other = await bench.addPerson();
  const browser = await bench.signIn(person);
  await browser.get(`/api/v1/people/${other.personId}/usage?from=x`);
  await browser.get(`/api/v1/people/${person.personId}/usage?from=x`);
  const token = await bench.linkToken(person);
  const response = await openBrowser(bench.app).post("/api/v1/sign-in", { token });
  await openBrowser(bench.app).post("/api/v1/sign-in", { token });
  const log = JSON.stringify(bench.logged);
  expect(log).toContain("/api/v1/people/:personId");
  for (const secret of [
    person.personId,
    other.personId,
    person.email,
    token,
    cookieOf(response).split("=")[1],
  ])
    expect(log).not.toContain(secret);
});
