// The fixtures' readers: nothing recorded is left out in silence, frames are the bytes of the body, and each provider's stream
// has that provider's framing.

import { gunzipSync, crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ownFixtures } from "./fixtures-own.ts";
import type { Fixture } from "./fixtures-types.ts";
import {
  excludedRecordings,
  findFixture,
  fixturesAvailable,
  listRecordings,
  recordedFixtures,
} from "./fixtures.ts";

describe("our own", () => {
  const fixtures = ownFixtures();

  test("each provider has whole answers, streams and errors", () => {
    for (const provider of ["openai", "anthropic", "gemini"]) {
      const own = fixtures.filter((fixture) => fixture.provider === provider);
      expect(new Set(own.map(({ framing }) => framing))).toEqual(new Set(["json", "sse"]));
      expect(own.some(({ status }) => status === 429)).toBe(true);
      expect(own.some(({ expected }) => expected.usage !== null)).toBe(true);
    }
  });

  test("no stored byte was changed by an editor or by version control", () => {
    const stream = findFixture("gemini/stream.sse");
    expect(stream?.frames.every((frame) => frame.toString().endsWith("}\r\n\r\n"))).toBe(true);
    for (const { body } of fixtures.filter(
      ({ dialect, framing }) => dialect !== "gemini" && framing === "sse",
    )) {
      expect(body.includes("\r")).toBe(false);
    }
  });
});

describe.skipIf(!fixturesAvailable)("the recorded", () => {
  const fixtures = fixturesAvailable ? recordedFixtures() : [];
  const excluded = fixturesAvailable ? excludedRecordings() : [];
  const ofFile = (name: string): Fixture => {
    const found = fixtures.find(({ file }) => file.endsWith(name));
    if (!found) throw new Error(`No recording ends in ${name}.`);
    return found;
  };

  test("every file is a fixture, or excluded with a reason", () => {
    const accounted = new Set([...fixtures, ...excluded].map(({ file }) => file.replace(/#\d+$/, "")));
    expect(listRecordings().filter((file) => !accounted.has(file))).toEqual([]);
    expect(excluded.every(({ reason }) => reason.length > 0)).toBe(true);
    expect(fixtures.length).toBeGreaterThan(600);
  });

  test("names are unique and in order, and find their fixture", () => {
    const names = fixtures.map(({ file }) => file);
    expect(new Set(names).size).toBe(names.length);
    expect(fixtures.map(({ file }) => file)).toEqual(recordedFixtures().map(({ file }) => file));
    const second = fixtures.find(({ file }) => file.endsWith("#1"));
    expect(findFixture(second?.file ?? "")).toEqual(second);
    expect(findFixture("clients/identity.jsonl")).toBeUndefined();
  });

  test("frames joined are the body, at every one of them", () => {
    for (const { file, frames, body } of fixtures) {
      expect({ file, isSame: Buffer.concat(frames).equals(body) }).toEqual({ file, isSame: true });
    }
  });

  test.each([
    ["openai-text.chunks.txt", "data: {", "}\n\n", "data: [DONE]\n\n"],
    ["openai-web-search-tool.1.chunks.txt", "event: response.created\ndata: {", "}\n\n", "}\n\n"],
    ["anthropic-text.chunks.txt", "event: message_start\ndata: {", "}\n\n", "}\n\n"],
    ["google-text.chunks.txt", "data: {", "}\r\n\r\n", "}\r\n\r\n"],
    ["cohere-text.chunks.txt", "event: message-start\ndata: {", "}\n\n", "}\n\n"],
  ])("%s is given its provider's framing", (name, start, end, last) => {
    const { frames } = ofFile(name);
    expect(frames[0]?.toString().startsWith(start)).toBe(true);
    expect(frames[0]?.toString().endsWith(end)).toBe(true);
    expect(frames.at(-1)?.toString().endsWith(last)).toBe(true);
  });

  test("Bedrock's events are messages of the same form as those that were recorded whole", () => {
    const streams = fixtures.filter(
      ({ framing, file }) => framing === "eventstream" && !file.includes("broken"),
    );
    for (const { file, frames } of streams) {
      const faults = frames.filter((frame) => !isWholeMessage(frame));
      expect({ file, faults: faults.length }).toEqual({ file, faults: 0 });
    }
    const made = ofFile("amazon-bedrock-text.chunks.txt").frames[0];
    const recorded = ofFile("response/bedrock/basic.bin").frames[0];
    expect(made && headersOf(made)).toEqual(recorded && headersOf(recorded));
  });

  test("a cassette's answer keeps its headers and its gzip", () => {
    const { status, headers, body, request, provider } = ofFile(
      "test_async_anthropic_message_create_legacy.yaml",
    );
    expect({ status, provider }).toEqual({ status: 200, provider: "anthropic" });
    expect(headers).toContainEqual(["Content-Encoding", "gzip"]);
    expect(JSON.parse(gunzipSync(body).toString())).toMatchObject({ type: "message" });
    expect(request).toMatchObject({ method: "POST", path: "/v1/messages" });
    expect(JSON.parse(String(request.body))).toMatchObject({ max_tokens: 1024 });
  });
});

/** AWS, "Event stream encoding": lengths, and a CRC of the prelude and of the whole. */
function isWholeMessage(frame: Buffer): boolean {
  return (
    frame.readUInt32BE(0) === frame.length &&
    frame.readUInt32BE(8) === crc32(frame.subarray(0, 8)) &&
    frame.readUInt32BE(frame.length - 4) === crc32(frame.subarray(0, -4))
  );
}

function headersOf(frame: Buffer): string {
  return frame.toString("latin1", 12, 12 + frame.readUInt32BE(4));
}
