// A call that the gateway does not let through, or could not, is answered in its provider's own shape, so that the client
// shows the sentence, and a refused call never reaches the provider.

import { createServer } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { issueKey } from "../services/assay-keys.ts";
import { startTestGateway, type TestGateway } from "../services/gateway.ts";
import { send, type RawAnswer } from "../services/raw-client.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

const PAST = "2026-01-01T00:00:00.000Z";
const valid = issueKey();
const revoked = issueKey({ revoked_at: PAST });
const expired = issueKey({ expires_at: PAST });
const unknown = issueKey();

let replay: ReplayProvider;
let gateway: TestGateway;
let strictGateway: TestGateway;
let unreachable: TestGateway;

beforeAll(async () => {
  replay = await startReplayProvider();
  const keys = [valid.key, revoked.key, expired.key];
  gateway = await startTestGateway({ upstreamUrl: replay.url, keys });
  strictGateway = await startTestGateway({
    upstreamUrl: replay.url,
    keys,
    settings: { ASSAY_AUTH: "required" },
  });
  unreachable = await startTestGateway({ upstreamUrl: `http://127.0.0.1:${await findClosedPort()}` });
});
afterAll(async () => {
  await Promise.all([gateway.close(), strictGateway.close(), unreachable.close()]);
  await replay.close();
});
beforeEach(() => {
  replay.respond(undefined);
  gateway.takeEvents();
  unreachable.takeEvents();
});

function findClosedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

interface Dialect {
  path: string;
  keyHeader: string;
  /** What a refusal is, given its status and kind. */
  shape: (status: number, word: string) => object;
  words: { authentication: string; unreachable: string };
}

const sentence = expect.stringMatching(/\.$/) as unknown;
const DIALECTS: [name: string, dialect: Dialect][] = [
  [
    "openai",
    {
      path: "/v1/chat/completions",
      keyHeader: "authorization",
      shape: (_status, word) => ({
        error: { message: sentence, type: expect.any(String) as unknown, param: null, code: word },
      }),
      words: { authentication: "authentication", unreachable: "unreachable" },
    },
  ],
  [
    "anthropic",
    {
      path: "/v1/messages",
      keyHeader: "x-api-key",
      shape: (_status, word) => ({ type: "error", error: { type: word, message: sentence } }),
      words: { authentication: "authentication_error", unreachable: "api_error" },
    },
  ],
  [
    "gemini",
    {
      path: "/v1beta/models/gemini-2.5-pro:generateContent",
      keyHeader: "x-goog-api-key",
      shape: (status, word) => ({ error: { code: status, message: sentence, status: word } }),
      words: { authentication: "UNAUTHENTICATED", unreachable: "UNAVAILABLE" },
    },
  ],
];

function expectRefusal(answer: RawAnswer, { shape }: Dialect, status: number, word: string): void {
  expect(answer.status).toBe(status);
  expect(answer.isWhole).toBe(true);
  expect(answer.headers["content-type"]).toBe("application/json");
  expect(JSON.parse(answer.body.toString())).toEqual(shape(status, word));
}

describe.each(DIALECTS)("in the shape of %s", (_name, dialect) => {
  const ask = (
    target: TestGateway,
    headers: Record<string, string> = {},
    path = dialect.path,
  ): Promise<RawAnswer> => send(target.url + path, { headers, body: "{}" });

  test.each([
    ["unknown", unknown],
    ["revoked", revoked],
    ["expired", expired],
  ])("%s keys are refused, and not to be tried again", async (_kind, { secret }) => {
    const before = replay.requests.length;
    const answer = await ask(gateway, { [dialect.keyHeader]: secret });
    expectRefusal(answer, dialect, 401, dialect.words.authentication);
    expect(answer.headers["x-should-retry"]).toBe("false");
    expect(answer.body.toString()).not.toContain("assay_");
    expect(replay.requests).toHaveLength(before);
    expect(gateway.takeEvents()).toEqual([]);
  });

  test("a caller without an Assay key is refused where one is required, whatever else it shows", async () => {
    const before = replay.requests.length;
    for (const headers of [{}, { [dialect.keyHeader]: "theirs" }]) {
      expectRefusal(await ask(strictGateway, headers), dialect, 401, dialect.words.authentication);
    }
    expect(replay.requests).toHaveLength(before);
    expect((await ask(strictGateway, { [dialect.keyHeader]: valid.secret })).status).toBe(200);
  });

  test("a provider that can't be reached is 502, and on record", async () => {
    const answer = await ask(unreachable);
    expectRefusal(answer, dialect, 502, dialect.words.unreachable);
    expect(answer.headers["x-should-retry"]).toBeUndefined();
    expect(unreachable.takeEvents()).toMatchObject([
      {
        event_id: answer.headers["x-assay-event-id"],
        status: 502,
        error_kind: "unreachable",
        terminated_by: "upstream",
      },
    ]);
  });

  test("a provider that breaks off before it answers is 502, and on record", async () => {
    replay.respond(() => ({ fault: { kind: "reset-before-headers" } }));
    const answer = await ask(gateway);
    expectRefusal(answer, dialect, 502, dialect.words.unreachable);
    expect(gateway.takeEvents()).toMatchObject([{ status: 502, error_kind: "unreachable" }]);
  });
});

test("a path that no provider has is 404, with the prefixes that there are", async () => {
  const before = replay.requests.length;
  const answer = await send(`${gateway.url}/v2/completions`, { body: "{}" });
  expect(answer.status).toBe(404);
  expect(JSON.parse(answer.body.toString())).toMatchObject({
    error: { code: "not_found", message: expect.stringContaining("/anthropic/") as unknown },
  });
  expect(replay.requests).toHaveLength(before);
});

test("a snapshot that is too old refuses keyed calls for the time being, and lets others go on", async () => {
  const stale = await startTestGateway({
    upstreamUrl: replay.url,
    keys: [valid.key],
    settings: { ASSAY_SNAPSHOT_MAX_AGE: "0s" },
  });
  // The snapshot was written before the gateway was started.
  const keyed = await send(`${stale.url}/v1/models`, {
    method: "GET",
    headers: { "x-api-key": valid.secret },
  });
  const other = await send(`${stale.url}/v1/models`, { method: "GET" });
  expect([keyed.status, other.status]).toEqual([503, 200]);
  await stale.close();
});

test("health does not depend on anybody's key", async () => {
  expect((await send(`${strictGateway.url}/healthz`, { method: "GET" })).status).toBe(200);
  expect((await send(`${strictGateway.url}/readyz`, { method: "GET" })).status).toBe(200);
});
