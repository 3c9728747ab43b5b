// Credentials: an Assay key works wherever a client can put one, and never goes further; the organisation's own key is spent
// for callers who showed one, and for nobody else; a provider's own key goes through untouched.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAssayKey } from "../../schemas/assay-key.ts";
import { issueKey } from "../services/assay-keys.ts";
import { startTestGateway, type TestGateway } from "../services/gateway.ts";
import { send, type RawRequest } from "../services/raw-client.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

const { secret, key } = issueKey();
const ORGANISATION_KEY = "organisation-key";

let replay: ReplayProvider;
/** With a key of the organisation's own for each provider, and without. */
let spending: TestGateway;
let plain: TestGateway;

beforeAll(async () => {
  replay = await startReplayProvider();
  const start = (settings: Record<string, string>): Promise<TestGateway> =>
    startTestGateway({ upstreamUrl: replay.url, keys: [key], settings });
  plain = await start({});
  spending = await start({
    ASSAY_UPSTREAM_OPENAI_KEY: ORGANISATION_KEY,
    ASSAY_UPSTREAM_ANTHROPIC_KEY: ORGANISATION_KEY,
    ASSAY_UPSTREAM_GEMINI_KEY: ORGANISATION_KEY,
  });
});
afterAll(async () => {
  await Promise.all([plain.close(), spending.close()]);
  await replay.close();
});
beforeEach(() => {
  plain.takeEvents();
  spending.takeEvents();
});

/** Everything that the provider has seen of the last request. */
function seen(): { url: string; headers: Record<string, unknown>; bytes: string } {
  const request = replay.requests.at(-1);
  if (!request) throw new Error("no request came through");
  const { method, url, rawHeaders, headers, body } = request;
  return { url, headers, bytes: [method, url, ...rawHeaders, body.toString("latin1")].join("\n") };
}

async function call(gateway: TestGateway, path: string, headers: RawRequest["headers"] = {}): Promise<void> {
  const { status } = await send(gateway.url + path, { headers, body: '{"model":"m"}' });
  expect(status).toBe(200);
}

const PATH = "/v1/chat/completions";
const PLACES: [place: string, path: string, headers: Record<string, string>, source: string][] = [
  ["authorization", PATH, { authorization: `Bearer ${secret}` }, "key"],
  ["authorization without a scheme", PATH, { authorization: secret }, "key"],
  ["x-api-key", PATH, { "x-api-key": secret }, "key"],
  ["x-goog-api-key", PATH, { "X-Goog-Api-Key": secret }, "key"],
  ["api-key", PATH, { "api-key": secret }, "key"],
  ["x-assay-key", PATH, { "x-assay-key": secret }, "key"],
  ["the path", `/k/${secret}${PATH}`, {}, "path"],
  ["the path before a prefix", `/k/${secret}/openai${PATH}`, {}, "path"],
  ["the query", `${PATH}?key=${secret}`, {}, "path"],
  [
    "every place at once",
    `/k/${secret}${PATH}?key=${secret}`,
    { "x-api-key": secret, authorization: secret },
    "path",
  ],
];

describe.each(PLACES)("an Assay key in %s", (_place, path, headers, source) => {
  test("makes the call its person's, and does not reach the provider", async () => {
    await call(plain, path, headers);
    expect(plain.takeEvents()).toMatchObject([
      { person_id: key.person_id, key_id: key.key_id, identity_source: source, key_kind: "person" },
    ]);
    expect(seen().url).toBe(PATH);
    expect(seen().bytes).not.toMatch(/assay/i);
  });

  test("spends the organisation's key, where there is one", async () => {
    await call(spending, path, headers);
    expect(seen().headers["authorization"]).toBe(`Bearer ${ORGANISATION_KEY}`);
    expect(seen().bytes).not.toMatch(/assay/i);
  });
});

describe("the organisation's key", () => {
  test.each([
    ["/v1/messages", "x-api-key", ORGANISATION_KEY],
    ["/v1beta/models/g:generateContent", "x-goog-api-key", ORGANISATION_KEY],
  ])("of %s stands in %s", async (path, name, value) => {
    await call(spending, path, { "x-assay-key": secret });
    expect(seen().headers[name]).toBe(value);
  });

  test.each([
    ["a provider's own key", PATH, { authorization: "Bearer sk-theirs" }],
    ["nothing", PATH, {}],
    ["a key of theirs in another place", PATH, { "x-api-key": "theirs" }],
    ["a claim to be somebody", PATH, { "x-assay-session-id": "s", "x-assay-agent": "a", "x-user": "ada" }],
    ["a key of theirs in the query", `${PATH}?key=theirs`, {}],
  ])("is not spent for a caller who shows %s", async (_what, path, headers) => {
    await call(spending, path, headers);
    expect(seen().bytes).not.toContain(ORGANISATION_KEY);
    expect(spending.takeEvents()).toMatchObject([{ person_id: null, identity_source: "none" }]);
  });

  test.each([
    ["a header", "/v1beta/models/g:generateContent", { "x-goog-api-key": "AIza-theirs" }],
    ["the query", "/v1beta/models/g:generateContent?key=AIza-theirs", {}],
  ])(
    "is not spent where the caller brings its own in %s beside an Assay key",
    async (_place, path, headers) => {
      await call(spending, path, { ...headers, "x-assay-key": secret });
      expect(seen().bytes).toContain("AIza-theirs");
      expect(seen().bytes).not.toContain(ORGANISATION_KEY);
      expect(spending.takeEvents()).toMatchObject([{ person_id: key.person_id }]);
    },
  );

  test("is not sent by a call that its caller's key was refused for", async () => {
    const before = replay.requests.length;
    const { status } = await send(spending.url + PATH, {
      headers: { "x-api-key": createAssayKey() },
      body: "{}",
    });
    expect(status).toBe(401);
    expect(replay.requests).toHaveLength(before);
  });
});

describe("a provider's own credential", () => {
  test.each([
    { authorization: "Bearer sk-theirs" },
    { Authorization: "bearer  oauth-token " },
    { authorization: "Basic dXNlcjpwYXNz" },
    { "x-api-key": "sk-ant-theirs" },
    { "X-GOOG-API-KEY": "AIza-theirs" },
    { "api-key": "azure-theirs" },
  ])("goes through as it came: %o", async (headers) => {
    await call(plain, PATH, headers);
    const [name, value] = Object.entries(headers)[0] ?? ["", ""];
    expect(seen().bytes).toContain(`${name}\n${value.trim()}`);
    expect(plain.takeEvents()).toMatchObject([{ person_id: null, key_kind: "none" }]);
  });

  test("in the query goes through as it came", async () => {
    await call(plain, `${PATH}?key=AIza%20theirs&alt=sse`);
    expect(seen().url).toBe(`${PATH}?key=AIza%20theirs&alt=sse`);
  });

  test("goes through beside an Assay key, which does not", async () => {
    await call(plain, PATH, { authorization: "Bearer sk-theirs", "x-assay-key": secret });
    expect(seen().headers["authorization"]).toBe("Bearer sk-theirs");
    expect(seen().bytes).not.toMatch(/assay/i);
    expect(plain.takeEvents()).toMatchObject([{ person_id: key.person_id }]);
  });

  test("that is repeated beside an Assay key goes through without it", async () => {
    await call(plain, PATH, { "x-api-key": ["theirs", secret, "theirs too"] });
    expect(seen().bytes).not.toMatch(/assay/i);
    expect(seen().bytes).toContain("theirs too");
  });
});

test("who a client says it is never makes it somebody else", async () => {
  const other = issueKey();
  await call(plain, PATH, {
    "x-api-key": secret,
    "x-assay-person": other.key.person_id ?? "",
    "x-assay-person-id": other.key.person_id ?? "",
    "x-forwarded-user": "other@example.test",
  });
  expect(plain.takeEvents()).toMatchObject([{ person_id: key.person_id, identity_source: "key" }]);
});
