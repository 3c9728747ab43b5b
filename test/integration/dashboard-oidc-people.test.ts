// Whom the sign-in service means, and what their groups make of them.

import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { loginLinkCommand } from "../../dashboard/commands/login-link.ts";
import { audit } from "../../schemas/postgres/tables.ts";
import { openBrowser } from "../services/dashboard.ts";
import { expectRefused, newAccount, openOidcBench, type OidcBench } from "../services/oidc-bench.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MINUTE_MS = 60_000;

let on: OidcBench;
beforeAll(async () => {
  on = await openOidcBench();
});
afterAll(() => on.close());

test("a verified address finds the person who is there already, in whatever case", async () => {
  const person = await on.bench.addPerson({ name: "Known" });
  const response = await on.signInAs(newAccount({ email: person.email.toUpperCase() }));
  expect(await on.readMe(response)).toMatchObject({ person_id: person.personId, name: "Known" });
});

test("an address that the service does not vouch for signs nobody in, and makes nobody", async () => {
  const person = await on.bench.addPerson();
  for (const email of [person.email, `${randomUUID()}@example.com`])
    for (const email_verified of [false, "false"])
      expectRefused(await on.signInAs(newAccount({ email, email_verified })), "unverified");
  expectRefused(await on.signInAs(newAccount({ email: undefined })), "unverified");
});

test("somebody whose address has changed stays who they are", async () => {
  const account = newAccount();
  const before = await on.readMe(await on.signInAs(account));
  const after = await on.readMe(await on.signInAs({ ...account, email: `${randomUUID()}@example.com` }));
  expect(after.person_id).toBe(before.person_id);
});

test("an address that was given to somebody else does not give them the data of whoever had it before", async () => {
  const account = newAccount();
  await on.signInAs(account);
  expectRefused(await on.signInAs({ ...account, sub: randomUUID() }), "taken");
});

test("two first sign-ins at the same moment make one person", async () => {
  const account = newAccount();
  on.service.signInAs(account);
  const ways = [await on.begin(), await on.begin(), await on.begin()];
  const returned = [];
  for (const { url } of ways) returned.push(await on.service.follow(url));
  const responses = await Promise.all(
    returned.map(async (url, at) => on.comeBack(url, ways[at]?.cookie ?? "")),
  );
  const ids = await Promise.all(responses.map(async (response) => (await on.readMe(response)).person_id));
  expect(new Set(ids).size).toBe(1);
});

test("groups give the role at each sign-in, the first that fits, and take it away", async () => {
  const account = newAccount();
  const roles = [];
  for (const groups of [["other"], ["assay-operators", "cn=privacy,ou=groups"], ["assay-owners"], []]) {
    on.bench.advance(MINUTE_MS);
    roles.push((await on.readMe(await on.signInAs({ ...account, groups }))).role);
  }
  expect(roles).toEqual(["self", "officer", "owner", "self"]);
  const { db } = on.bench.dashboard.stores.postgres;
  const changes = await db.select().from(audit).where(eq(audit.action, "role_given"));
  expect(changes.map(({ payload }) => payload)).toEqual([
    { role: "officer", role_before: "self" },
    { role: "owner", role_before: "officer" },
    { role: "self", role_before: "owner" },
  ]);
});

test("groups that the service could not say change no role", async () => {
  const account = newAccount({ groups: ["assay-operators"] });
  await on.signInAs(account);
  const response = await on.signInAs({
    ...account,
    groups: undefined,
    _claim_names: { groups: "elsewhere" },
  });
  expect((await on.readMe(response)).role).toBe("operator");
});

test("groups never take the last owner away", async () => {
  const response = await on.signInAs(newAccount({ email: on.owner.email }));
  expect(await on.readMe(response)).toMatchObject({ person_id: on.owner.personId, role: "owner" });
});

test("one-time links are for the first owner alone, also those that were made before", async () => {
  const person = await on.bench.addPerson();
  const early = openBrowser(on.bench.app);
  const refused = await early.post("/api/v1/sign-in", { token: await on.bench.linkToken(person) });
  expect(refused.status).toBe(403);
  expect(await refused.text()).toContain(on.owner.email);
  const admitted = await early.post("/api/v1/sign-in", { token: await on.bench.linkToken(on.owner) });
  expect(admitted.status).toBe(204);
  const command = on.bench.run(loginLinkCommand, { positionals: [person.email] });
  await expect(command).rejects.toMatchObject({ code: "forbidden" });
  expect((await on.bench.run(loginLinkCommand, { positionals: [on.owner.email] })).exitCode).toBe(0);
});
