// The client gets what the provider sent, byte for byte, and the counts are the provider's.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TOKEN_FIELDS } from "../../schemas/token-event.ts";
import { fixturesAvailable, recordedFixtures } from "../services/fixtures.ts";
import { ownFixtures } from "../services/fixtures-own.ts";
import type { Fixture } from "../services/fixtures-types.ts";
import { startTestGateway, type TestGateway } from "../services/gateway.ts";
import { send } from "../services/raw-client.ts";
import { fixtureAnswer, type ReplayAnswer } from "../services/replay-provider-answer.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

const CHUNK_SIZES = [1, 7, 1000] as const;
/** Byte by byte, a large answer takes minutes of socket time; its cuts are tried at the coarser sizes. */
const BYTEWISE_MAX = 4096;

let replay: ReplayProvider;
let gateway: TestGateway;

beforeAll(async () => {
  replay = await startReplayProvider();
  gateway = await startTestGateway({ upstreamUrl: replay.url });
});
afterAll(async () => {
  await gateway.close();
  await replay.close();
});

/** The upstream whose route a fixture's wire format belongs to. */
function prefixOf({ dialect }: Fixture): string {
  return dialect === "anthropic" || dialect === "gemini" ? `/${dialect}` : "/openai";
}

async function expectRelayed(fixture: Fixture, answer: ReplayAnswer): Promise<void> {
  const { method, path, body } = fixture.request;
  replay.respond(() => answer);
  const direct = await send(replay.url + path, { method, ...(body && { body }) });
  const throughGateway = await send(gateway.url + prefixOf(fixture) + path, {
    method,
    ...(body && { body }),
  });
  expect(throughGateway.body.equals(direct.body)).toBe(true);
  expect(throughGateway.status).toBe(direct.status);
  expect(throughGateway.isWhole).toBe(true);
  expect(endToEnd(throughGateway.rawHeaders)).toEqual(endToEnd(direct.rawHeaders));
}

/** The headers that are not the connection's own, without the one that the gateway adds. */
function endToEnd(rawHeaders: readonly string[]): string[] {
  const hidden = new Set(["connection", "keep-alive", "transfer-encoding", "date", "x-assay-event-id"]);
  return rawHeaders.flatMap((name, at) =>
    at % 2 === 0 && !hidden.has(name.toLowerCase()) ? [`${name}: ${rawHeaders[at + 1]}`] : [],
  );
}

function answersOf(fixture: Fixture): [name: string, answer: ReplayAnswer][] {
  const answer = fixtureAnswer(fixture);
  const sizes = CHUNK_SIZES.filter((size) => size > 1 || fixture.body.length <= BYTEWISE_MAX);
  return [
    ["as recorded", answer],
    ...sizes.map((chunkBytes): [string, ReplayAnswer] => [
      `in pieces of ${chunkBytes} bytes`,
      { ...answer, pace: { chunkBytes } },
    ]),
  ];
}

describe.each(ownFixtures().map((fixture) => [fixture.file, fixture] as const))("%s", (_file, fixture) => {
  it.each(answersOf(fixture))(
    "%s reaches the client unchanged, and its usage is recorded exactly",
    async (_name, answer) => {
      gateway.takeEvents();
      await expectRelayed(fixture, answer);
      const [event] = gateway.takeEvents();
      const { usage, response_id, model_served, stop_reason, server_tool_calls } = fixture.expected;
      expect(event).toMatchObject({
        status: fixture.status,
        terminated_by: "complete",
        response_id,
        model_served,
        stop_reason,
        server_tool_calls,
      });
      for (const field of TOKEN_FIELDS) expect(event?.[field], field).toBe(usage?.[field] ?? null);
      expect(event?.usage_source === "none").toBe(usage === null);
    },
  );
});

describe.skipIf(!fixturesAvailable)("recorded answers", () => {
  const fixtures = fixturesAvailable ? recordedFixtures() : [];

  it.each(fixtures.map((fixture) => [fixture.file, fixture] as const))(
    "%s reaches the client unchanged at any chunking",
    async (_file, fixture) => {
      for (const [, answer] of answersOf(fixture)) await expectRelayed(fixture, answer);
    },
  );
});
