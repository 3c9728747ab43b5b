// What is fuzzed, and what must hold for any bytes whatever. Each target throws where it does not.

import assert from "node:assert/strict";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import {
  isRecord,
  parseMember,
  scanArray,
  scanObject,
  type Members,
  type Span,
} from "../../ingest/gateway/json-scan.ts";
import { createDecoder } from "../../ingest/gateway/meter/decoder.ts";
import { EventStream } from "../../ingest/gateway/meter/event-stream.ts";
import { PROVIDERS } from "../../ingest/gateway/providers/all-providers.ts";
import { askForUsage } from "../../ingest/gateway/usage-request.ts";
import { FIELD_CHARS_MAX } from "../../schemas/token-event.ts";
import { hideUsage, isSound, readChunks } from "../accounting/in-process.ts";
import { sampleStreams } from "../accounting/sample-streams.ts";
import type { Random } from "../simulation/random.ts";
import { cutRandomly } from "./mutate.ts";

export interface Target {
  name: string;
  /** Good inputs, which the others are made of. */
  corpus: readonly Buffer[];
  check(bytes: Buffer, random: Random): void | Promise<void>;
}

const samples = sampleStreams();
const streams = samples.filter(({ framing }) => framing === "sse").map(({ body }) => body);
const documents = samples.filter(({ framing }) => framing === "json").map(({ body }) => body);
const requests = [
  { model: "gpt-5", stream: true, messages: [{ role: "user", content: 'Is there "gold" in it?\n' }] },
  { stream: true, stream_options: null, tools: [{ function: { parameters: {} } }] },
  { stream_options: { include_usage: false, include_obfuscation: true }, model: "é鉱" },
  { stream_options: { include_usage: true } },
  {},
].flatMap((request) =>
  [JSON.stringify(request), JSON.stringify(request, null, 2)].map((text) => Buffer.from(text)),
);

const ENCODERS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync };

const framing: Target = {
  name: "framing",
  corpus: streams,
  check(bytes, random) {
    assert.deepEqual(readEvents(cutRandomly(random, bytes)), readEvents([bytes]));
    const whole = hideUsage([bytes]);
    const cut = hideUsage(cutRandomly(random, bytes));
    assert(cut.shown.equals(whole.shown) && cut.hiddenBytes === whole.hiddenBytes);
    assert.equal(whole.shown.length + whole.hiddenBytes, bytes.length);
    if (whole.hiddenBytes === 0) assert(whole.shown.equals(bytes));
  },
};

function readEvents(chunks: readonly Buffer[]): string[] {
  const events: string[] = [];
  const stream = new EventStream((type, data) => events.push(`${type}\n${data.toString("latin1")}`));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  return events;
}

const answers: Target = {
  name: "answers",
  corpus: [...streams, ...documents],
  async check(bytes, random) {
    const fixture = random.pick(samples);
    const whole = await readChunks(fixture, [bytes]);
    assert(isSound(whole));
    assert.deepEqual(await readChunks(fixture, cutRandomly(random, bytes)), whole);
  },
};

const scanning: Target = {
  name: "json-scan",
  corpus: [...documents, ...requests],
  check(bytes) {
    const members = scanObject(bytes);
    for (const { start, end } of members?.values() ?? []) assert(start < end && end <= bytes.length);
    const items = scanArray(bytes, 0);
    for (const { start, end } of items ?? []) assert(start < end && end <= bytes.length);
    const parsed = parse(bytes);
    if (isRecord(parsed)) assertMembers(bytes, members, parsed);
    if (Array.isArray(parsed)) assert.equal(items?.length, parsed.length);
  },
};

function assertMembers(bytes: Buffer, members: Members | undefined, parsed: Record<string, unknown>): void {
  assert.deepEqual([...(members?.keys() ?? [])].toSorted(), Object.keys(parsed).toSorted());
  for (const [name, value] of Object.entries(parsed))
    assert.deepEqual(parseMember(bytes, members, name), value);
}

const splicing: Target = {
  name: "request",
  corpus: requests,
  check(bytes) {
    const members = scanObject(bytes);
    for (const provider of Object.values(PROVIDERS)) {
      for (const fact of Object.values(provider.readRequest(bytes, members)))
        assert(typeof fact !== "string" || fact.length <= FIELD_CHARS_MAX);
    }
    const asking = members && askForUsage(bytes, members);
    const parsed = parse(bytes);
    if (!isRecord(parsed)) return;
    const options = isRecord(parsed["stream_options"]) ? parsed["stream_options"] : {};
    if (!asking) {
      assert.equal(options["include_usage"], true);
      return;
    }
    assert.deepEqual(parse(asking), { ...parsed, stream_options: { ...options, include_usage: true } });
    const spliced = scanObject(asking);
    for (const [name, span] of members) {
      if (name === "stream_options") continue;
      assert.deepEqual(spliced && bytesOf(asking, spliced.get(name)), bytesOf(bytes, span));
    }
  },
};

function bytesOf(bytes: Buffer, span: Span | undefined): Buffer | undefined {
  return span && bytes.subarray(span.start, span.end);
}

/**
 * As JSON.parse has it; undefined for what is no JSON. Also for names that end in a backslash: V8 14.6 may take one for
 * another that it has seen before, and is no judge there.
 */
function parse(bytes: Buffer): unknown {
  const text = bytes.toString("utf8");
  if (/\\\\"\s*:/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const decoding: Target = {
  name: "decoding",
  corpus: Object.values(ENCODERS).flatMap((encode) => streams.slice(0, 8).map((body) => encode(body))),
  async check(bytes, random) {
    for (const encoding of Object.keys(ENCODERS)) {
      const whole = await decode(encoding, [bytes]);
      const cut = await decode(encoding, cutRandomly(random, bytes));
      // Where the bytes are wrong, one may get further than the other before it notices; neither makes anything up.
      const [short, long] = whole.length < cut.length ? [whole, cut] : [cut, whole];
      assert(long.subarray(0, short.length).equals(short));
    }
  },
};

async function decode(encoding: string, chunks: readonly Buffer[]): Promise<Buffer> {
  const decoded: Buffer[] = [];
  let failures = 0;
  const decoder = createDecoder(
    encoding,
    (bytes) => decoded.push(bytes),
    () => failures++,
  );
  assert(decoder);
  for (const chunk of chunks) await new Promise<void>((resolve) => decoder.write(chunk, resolve));
  await new Promise<void>((resolve) => decoder.end(resolve));
  decoder.destroy();
  assert(failures <= 1);
  return Buffer.concat(decoded);
}

export const TARGETS: readonly Target[] = [framing, answers, scanning, splicing, decoding];
