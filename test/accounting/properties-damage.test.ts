// Whatever comes instead of a stream - a part of it, its parts in disorder, noise - is passed on as it is, ends the reading at
// the worst, and never makes a call larger than it was.

import { deflateSync, gzipSync, brotliCompressSync, zstdCompressSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { Reading } from "../../ingest/gateway/providers/provider.ts";
import type { Fixture } from "../services/fixtures-types.ts";
import { cutAt, hideUsage, isSound, readChunks, sumsOf } from "./in-process.ts";
import { sampleStreams } from "./sample-streams.ts";

vi.setConfig({ testTimeout: 30_000 });

const SEED = Date.now() % 2 ** 31;
const RUNS = 60;
const ENCODERS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync };

const samples = sampleStreams().map((fixture) => [fixture.file, fixture] as const);
const cuts = fc.array(fc.nat(), { maxLength: 8 });

/** Which bytes become which. */
type Changes = readonly (readonly [at: number, byte: number])[];
const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 20 });

function damage(bytes: Buffer, wrong: Changes): Buffer {
  const damaged = Buffer.from(bytes);
  for (const [at, byte] of wrong) if (damaged.length > 0) damaged[at % damaged.length] = byte;
  return damaged;
}

/** Their first report says more input than their last. */
const CORRECTED: ReadonlySet<string> = new Set([
  "agentgateway__agentgateway/crates/llm/tests/response/anthropic/stream_message_delta_usage.json",
]);

/** What is known after no frame, after the first, after the second, … */
function readPrefixes(fixture: Fixture): Promise<Reading[]> {
  const ends = [0, ...fixture.frames.map((_frame, at) => at + 1)];
  return Promise.all(ends.map((end) => readChunks(fixture, fixture.frames.slice(0, end))));
}

describe.each(samples)(`%s (seed ${SEED})`, (_file, fixture) => {
  test("that ends after any byte is read as far as its frames are whole", async () => {
    const known = (await readPrefixes(fixture)).map(({ tokens }) => tokens);
    let frame = 0;
    let frameEnd = 0;
    for (let end = 0; end <= fixture.body.length; end++) {
      while (end > frameEnd) frameEnd += fixture.frames[frame++]?.length ?? 0;
      const begun = fixture.body.subarray(0, end);
      const { tokens } = await readChunks(fixture, [begun]);
      // The last frame counts already where it lacks no more than its line ends.
      expect([known[Math.max(0, frame - 1)], known[frame]], `at ${end}`).toContainEqual(tokens);
      expectConserved(begun, [begun]);
    }
  });

  test("with frames that are missing or repeated uses no more than the whole", async () => {
    const readings = await readPrefixes(fixture);
    const most = sumsOf(readings.at(-1));
    // A provider may correct itself downwards; what it said first is what is known until then.
    const inputMax = Math.max(...readings.map((reading) => sumsOf(reading).input));
    expect(inputMax === most.input).toBe(!CORRECTED.has(fixture.file));
    const places = fc.array(fc.nat(fixture.frames.length - 1), { maxLength: 2 * fixture.frames.length });
    const check = async (chosen: number[]): Promise<void> => {
      const order = chosen.toSorted((a, b) => a - b);
      const frames = order.map((at) => fixture.frames[at] ?? Buffer.alloc(0));
      const reading = await readChunks(fixture, frames);
      expect(isSound(reading)).toBe(true);
      expect(sumsOf(reading).input).toBeLessThanOrEqual(inputMax);
      expect(sumsOf(reading).output).toBeLessThanOrEqual(most.output);
      expectConserved(Buffer.concat(frames), frames);
    };
    await fc.assert(fc.asyncProperty(places, check), { seed: SEED, numRuns: RUNS });
  });

  test("with bytes that are wrong harms nothing", async () => {
    const damaged = changes.map((wrong) => damage(fixture.body, wrong));
    const property = fc.asyncProperty(damaged, cuts, (bytes, places) =>
      expectHarmless(fixture, bytes, places),
    );
    await fc.assert(property, { seed: SEED, numRuns: RUNS });
  });

  test.each(Object.entries(ENCODERS))(
    "encoded in %s, with bytes that are wrong or missing, is given up at the worst",
    async (encoding, encode) => {
      const encoded = encode(fixture.body);
      const check = async (wrong: Changes, end: number, places: number[]): Promise<void> => {
        const chunks = cutAt(damage(encoded.subarray(0, end % (encoded.length + 1)), wrong), places);
        expect(isSound(await readChunks(fixture, chunks, encoding))).toBe(true);
      };
      const property = fc.asyncProperty(changes, fc.nat(), cuts, check);
      await fc.assert(property, { seed: SEED, numRuns: RUNS / 10 });
    },
  );
});

/** What has the look of a stream and is none. */
const scraps = fc.constantFrom(
  "data: ",
  "data:",
  "event: message_start",
  "event: message_delta",
  "event: response.completed",
  "\n",
  "\r\n",
  "\r",
  "\n\n",
  '{"usage":{',
  '"prompt_tokens":1e308,',
  '"input_tokens":-1,',
  '"usage":null,',
  '"choices":[],',
  '{"choices":[],"usage":{}}',
  '{"message":{"usage":{"output_tokens":9007199254740993}}}',
  '{"usageMetadata":{"promptTokenCount":3,"totalTokenCount":1}}',
  '"__proto__":{"input_tokens":1},',
  "}",
  "]",
  "[",
  "\\",
  '"',
  "[DONE]",
  "\u0000",
);
const noise = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  fc.array(scraps, { maxLength: 60 }).map((parts) => Buffer.from(parts.join(""))),
);
const aStream = fc.constantFrom(...samples.map(([, fixture]) => fixture));

test(`noise instead of an answer harms nothing (seed ${SEED})`, async () => {
  const property = fc.asyncProperty(noise, aStream, cuts, async (bytes, fixture, places) => {
    await expectHarmless(fixture, bytes, places);
    for (const encoding of Object.keys(ENCODERS)) await readChunks(fixture, cutAt(bytes, places), encoding);
  });
  await fc.assert(property, { seed: SEED, numRuns: 500 });
});

async function expectHarmless(fixture: Fixture, bytes: Buffer, places: readonly number[]): Promise<void> {
  const chunks = cutAt(bytes, places);
  expect(isSound(await readChunks(fixture, chunks))).toBe(true);
  expectConserved(bytes, chunks);
}

/** No byte is lost, made or moved on the way through the filter, but for whole usage chunks that are taken out. */
function expectConserved(bytes: Buffer, chunks: readonly Buffer[]): void {
  const { shown, hiddenBytes } = hideUsage(chunks);
  expect(shown.length + hiddenBytes).toBe(bytes.length);
  expect(shown.equals(hiddenBytes === 0 ? bytes : hideUsage([bytes]).shown)).toBe(true);
}
