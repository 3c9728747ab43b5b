// However a stream is cut, and in whatever encoding it comes, the client gets its bytes and the meter reads its usage.

import { promisify } from "node:util";
import { brotliCompress, deflate, gzip, zstdCompress } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isRecord } from "../../ingest/gateway/json-scan.ts";
import type { Fixture } from "../services/fixtures-types.ts";
import { cutAt, hideUsage, readChunks } from "./in-process.ts";
import { sampleStreams } from "./sample-streams.ts";

const SEED = Date.now() % 2 ** 31;
const RUNS = 50;

const samples = sampleStreams().map((fixture) => [fixture.file, fixture] as const);
const streams = samples.filter(([, { framing }]) => framing === "sse");
const cuts = fc.array(fc.nat(), { maxLength: 40 });

describe.each(samples)(`%s (seed ${SEED})`, (_file, fixture) => {
  test("has the same usage at any chunking", async () => {
    const whole = await readChunks(fixture, [fixture.body]);
    const check = async (places: number[]): Promise<void> => {
      expect(await readChunks(fixture, cutAt(fixture.body, places))).toEqual(whole);
    };
    await fc.assert(fc.asyncProperty(cuts, check), { seed: SEED, numRuns: RUNS });
    await check(Array.from(fixture.body, (_byte, at) => at));
  });

  test.each([
    ["gzip", promisify(gzip)],
    ["deflate", promisify(deflate)],
    ["br", promisify(brotliCompress)],
    ["zstd", promisify(zstdCompress)],
  ] as const)("has the same usage in %s at any chunking", async (encoding, encode) => {
    const whole = await readChunks(fixture, [fixture.body]);
    const encoded = await encode(fixture.body);
    const check = async (places: number[]): Promise<void> => {
      expect(await readChunks(fixture, cutAt(encoded, places), encoding)).toEqual(whole);
    };
    await fc.assert(fc.asyncProperty(cuts, check), { seed: SEED, numRuns: RUNS / 5 });
  });
});

describe.each(streams)(`%s (seed ${SEED})`, (_file, fixture) => {
  test("loses the usage that only the gateway has asked for, and no other byte, at any chunking", () => {
    const expected = withoutUsageChunks(fixture);
    const check = (places: number[]): void => {
      const { shown, hiddenBytes } = hideUsage(cutAt(fixture.body, places));
      expect(shown.equals(expected)).toBe(true);
      expect(hiddenBytes).toBe(fixture.body.length - expected.length);
    };
    fc.assert(fc.property(cuts, check), { seed: SEED, numRuns: RUNS });
    check(Array.from(fixture.body, (_byte, at) => at));
  });
});

test("some of the streams have usage to be taken out", () => {
  const isShortened = ([, fixture]: (typeof streams)[number]): boolean =>
    withoutUsageChunks(fixture).length < fixture.body.length;
  expect(streams.filter(isShortened).length).toBeGreaterThan(0);
});

/** By JSON.parse of each frame, which holds one event. */
function withoutUsageChunks({ frames }: Fixture): Buffer {
  return Buffer.concat(
    frames.filter((frame) => {
      const [, json = "null"] = /^data: ?(\{.*\})\r?$/m.exec(frame.toString("utf8")) ?? [];
      const chunk: unknown = JSON.parse(json);
      if (!isRecord(chunk) || !isRecord(chunk["usage"])) return true;
      return !(Array.isArray(chunk["choices"]) && chunk["choices"].length === 0);
    }),
  );
}
