// A sample of what the other property tests try, through a real gateway: streams cut and encoded at random, whole and broken
// off, with usage asked for by the client or by the gateway alone.

import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { TOKEN_FIELDS, type TokenEvent } from "../../schemas/token-event.ts";
import type { Fixture } from "../services/fixtures-types.ts";
import { encodedAnswer, fixtureAnswer, type ReplayAnswer } from "../services/replay-provider-answer.ts";
import { openCallBench, type CallBench } from "./call-bench.ts";
import { hideUsage, readChunks } from "./in-process.ts";
import { sampleStreams } from "./sample-streams.ts";

vi.setConfig({ testTimeout: 60_000 });

const SEED = Date.now() % 2 ** 31;

let bench: CallBench;
beforeAll(async () => {
  bench = await openCallBench();
});
afterAll(() => bench.close());

/** All that any of the streams sends after its last event. */
const CLOSING_LINES = "\r\n\r\n\n\nevent: done\ndata: [DONE]\n\n";

const streams = sampleStreams().filter(({ framing }) => framing === "sse");
const aStream = fc.constantFrom(...streams);
const splitAt = fc.array(fc.nat(8000), { maxLength: 20 });

function pathOf({ dialect, request }: Fixture): string {
  return `/${dialect === "anthropic" || dialect === "gemini" ? dialect : "openai"}${request.path}`;
}

/** With a wish for usage of the client's own, the gateway takes nothing out. */
function ask(fixture: Fixture, isUsageAsked: boolean) {
  const wish = isUsageAsked ? { stream_options: { include_usage: true } } : {};
  return bench.ask(pathOf(fixture), { model: "m", stream: true, messages: [], ...wish });
}

async function expectCounted(fixture: Fixture, event: TokenEvent): Promise<void> {
  const { tokens } = await readChunks(fixture, [fixture.body]);
  for (const field of TOKEN_FIELDS) expect(event[field], field).toBe(tokens?.[field] ?? null);
}

function bytesOf({ frames, body }: ReplayAnswer): Buffer {
  return body ?? Buffer.concat([...(frames ?? [])]);
}

test(`any stream, cut and encoded anyhow, arrives as it was sent and is counted (seed ${SEED})`, async () => {
  const encoding = fc.constantFrom("identity", "gzip", "deflate", "br", "zstd");
  const property = fc.asyncProperty(aStream, encoding, splitAt, async (fixture, name, places) => {
    const plain = fixtureAnswer(fixture);
    const answer = name === "identity" ? plain : await encodedAnswer(plain, name);
    bench.replay.respond(() => ({ ...answer, pace: { splitAt: places } }));
    const received = await ask(fixture, true);
    expect([received.isWhole, received.body.equals(bytesOf(answer))]).toEqual([true, true]);
    await expectCounted(fixture, await bench.takeEvent());
  });
  await fc.assert(property, { seed: SEED, numRuns: 150 });
});

test(`any stream with hidden usage, cut anyhow, loses nothing but that, and is counted (seed ${SEED})`, async () => {
  const aChat = fc.constantFrom(...streams.filter(({ api }) => api === "chat"));
  const property = fc.asyncProperty(aChat, splitAt, async (fixture, places) => {
    bench.replay.respond(() => ({ ...fixtureAnswer(fixture), pace: { splitAt: places } }));
    const received = await ask(fixture, false);
    expect([received.isWhole, received.body.equals(hideUsage([fixture.body]).shown)]).toEqual([true, true]);
    await expectCounted(fixture, await bench.takeEvent());
  });
  await fc.assert(property, { seed: SEED, numRuns: 100 });
});

test(`any stream that is broken off anywhere is broken off for the client too, and is one record (seed ${SEED})`, async () => {
  const kind = fc.constantFrom("reset", "cut", "truncate");
  const property = fc.asyncProperty(aStream, kind, fc.nat(), async (fixture, fault, place) => {
    const afterBytes = place % fixture.body.length;
    bench.replay.respond(() => ({ ...fixtureAnswer(fixture), fault: { kind: fault, afterBytes } }));
    const received = await ask(fixture, true);
    // An end may overtake bytes that were under way; the client then has less, and never anything else.
    expect(fixture.body.subarray(0, received.body.length).equals(received.body)).toBe(true);
    expect(received.isWhole).toBe(fault === "truncate");
    const { response_bytes } = await bench.takeEvent();
    expect(response_bytes).toBeLessThanOrEqual(afterBytes);
    // The record is made before the client has the stream's last event; what closes the stream behind that is in no record.
    expect(CLOSING_LINES).toContain(received.body.subarray(response_bytes).toString());
  });
  await fc.assert(property, { seed: SEED, numRuns: 150 });
});
