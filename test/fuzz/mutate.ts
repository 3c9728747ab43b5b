// Makes new inputs of good ones: mostly intact, wrong in a few places.

import type { Random } from "../simulation/random.ts";

const MUTATIONS_MAX = 8;
/** A stretch that is dropped, repeated or moved. */
const STRETCH_BYTES_MAX = 200;
export const INPUT_BYTES_MAX = 64 * 1024;

/** What parsers stumble over, of all the formats that are read here. */
const TOKENS: readonly Buffer[] = [
  ...'\n|\r|\r\n|\n\n|\r\r|data:|data: |event: |event: message_start\n|: |\uFEFF|\0|\\|"|\\"|{|}|[|]|,|:| |'.split(
    "|",
  ),
  ..."null|true|0|-1|1e999|9007199254740993|4294967296|0.5|é|鉱|\ud83d\ude00|\\u0000|\\ud800|[DONE]".split(
    "|",
  ),
  ...'"usage":{|"choices":[],|"choices":null,|"usage":null,|"stream_options":|"include_usage":true|"__proto__":'.split(
    "|",
  ),
  ...'"input_tokens":|"prompt_tokens":|"message":|"response":|"usageMetadata":{|"error":{}'.split("|"),
].map((text) => Buffer.from(text));

/** At most INPUT_BYTES_MAX bytes; sometimes one of the corpus as it is. */
export function mutate(random: Random, corpus: readonly Buffer[]): Buffer {
  let bytes = random.pick(corpus);
  for (let left = random.integer(0, MUTATIONS_MAX); left > 0; left--)
    bytes = mutateOnce(random, bytes, corpus);
  return bytes.subarray(0, INPUT_BYTES_MAX);
}

function mutateOnce(random: Random, bytes: Buffer, corpus: readonly Buffer[]): Buffer {
  const at = random.integer(0, bytes.length);
  const end = Math.min(bytes.length, at + random.integer(1, STRETCH_BYTES_MAX));
  const [before, stretch, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  switch (random.integer(0, 6)) {
    case 0:
      return Buffer.concat([before, Buffer.from([random.integer(0, 255)]), bytes.subarray(at + 1)]);
    case 1:
      return Buffer.concat([before, after]);
    case 2:
      return Buffer.concat([before, stretch, stretch, after]);
    case 3:
      return Buffer.concat([before, random.pick(TOKENS), bytes.subarray(at)]);
    case 4:
      return Buffer.concat([before, random.pick(TOKENS), after]);
    case 5:
      return before;
    default: {
      const other = random.pick(corpus);
      return Buffer.concat([before, other.subarray(random.integer(0, other.length))]);
    }
  }
}

/** Cut at random places, now and then at every byte. */
export function cutRandomly(random: Random, bytes: Buffer): Buffer[] {
  const chunkBytesMax = random.chance(0.1) ? 1 : random.integer(1, 400);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + random.integer(1, chunkBytesMax);
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}
