// The gateway asks for usage without the client seeing any of it.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scanObject } from "../../ingest/gateway/json-scan.ts";
import { UsageChunkFilter } from "../../ingest/gateway/usage-chunk-filter.ts";
import { askForUsage } from "../../ingest/gateway/usage-request.ts";

const SEED = 20_261_121;
console.log(`seed ${SEED}`);

function asked(text: string): string | undefined {
  const body = Buffer.from(text);
  return askForUsage(body, scanObject(body) ?? new Map())?.toString();
}

describe("asking", () => {
  it.each([
    ['{"model":"m","stream":true}', '{"stream_options":{"include_usage":true},"model":"m","stream":true}'],
    ['{"stream":true,"stream_options":{}}', '{"stream":true,"stream_options":{"include_usage":true}}'],
    ['{"stream_options": {"x": 1}}', '{"stream_options": {"include_usage":true,"x": 1}}'],
    [
      '{"stream_options":{"include_usage": false , "x":1}}',
      '{"stream_options":{"include_usage": true , "x":1}}',
    ],
    ['{"stream_options":null,"a":"ü"}', '{"stream_options":{"include_usage":true},"a":"ü"}'],
    ["\n { } ", '\n {"stream_options":{"include_usage":true} } '],
  ])("%s", (given, expected) => {
    expect(asked(given)).toBe(expected);
    expect(JSON.parse(expected).stream_options.include_usage).toBe(true);
  });

  it("is left out where the client asks itself", () => {
    expect(asked('{"stream_options":{"include_usage":true}}')).toBeUndefined();
  });

  it("changes nothing but the wish, in any request", () => {
    const request = fc.record({ model: fc.string(), messages: fc.jsonValue() });
    fc.assert(
      fc.property(request, (value) => {
        const { stream_options: _asked, ...rest } = JSON.parse(asked(JSON.stringify(value)) ?? "{}");
        expect(rest).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { seed: SEED },
    );
  });
});

const USAGE = '{"id":"c","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}';
const OTHERS = [
  'data: {"id":"c","choices":[{"delta":{"content":"ü€😀"}}],"usage":null}',
  'data: {"id":"c","choices":[{"delta":{}}],"usage":{"prompt_tokens":1}}',
  'data: {"id":"c","usage":{"prompt_tokens":1}}',
  'data:{"choices":[{"delta":{"content":"say \\"usage\\":{} and choices:[]"}}]}',
  ': a comment with "usage"',
  "event: ping\ndata: {}",
  "data: [DONE]",
  "",
];

describe("hiding", () => {
  it("takes out the usage-only chunk and not another byte, whatever the line ends and the cuts", () => {
    const events = fc.array(fc.oneof(fc.constantFrom(...OTHERS), fc.constant(`data: ${USAGE}`)), {
      maxLength: 12,
    });
    const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
    const cuts = fc.array(fc.nat(3000), { maxLength: 40 });
    fc.assert(
      fc.property(events, lineEnd, cuts, (chosen, end, places) => {
        const toWire = (parts: string[]): Buffer =>
          Buffer.from(parts.map((event) => `${event.replaceAll("\n", end)}${end}${end}`).join(""));
        const wire = toWire(chosen);
        const filter = new UsageChunkFilter();
        const out: Buffer[] = [];
        let from = 0;
        for (const place of [
          ...places.filter((cut) => cut < wire.length).toSorted((a, b) => a - b),
          wire.length,
        ]) {
          out.push(filter.write(wire.subarray(from, place)));
          from = place;
        }
        out.push(filter.end());
        const expected = toWire(chosen.filter((event) => event !== `data: ${USAGE}`));
        expect(Buffer.concat(out).toString()).toBe(expected.toString());
        expect(filter.hiddenBytes).toBe(wire.length - expected.length);
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it("sends on each whole event at once", () => {
    const filter = new UsageChunkFilter();
    const event = Buffer.from('data: {"choices":[{"delta":{"content":"a"}}]}\n\n');
    expect(filter.write(event).equals(event)).toBe(true);
    expect(filter.write(event.subarray(0, 10)).length).toBe(0);
    expect(filter.write(event.subarray(10)).equals(event)).toBe(true);
  });

  it("takes it out also without its closing empty line, at the end of the stream", () => {
    const filter = new UsageChunkFilter();
    expect(filter.write(Buffer.from(`data: ${USAGE}`)).length).toBe(0);
    expect(filter.end().length).toBe(0);
  });
});
