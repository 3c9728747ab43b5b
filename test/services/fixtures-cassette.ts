// Reads VCR cassettes: YAML files with an HTTP exchange an entry, as Python's vcrpy (`uri`, `status.code`, `body.string`) and
// Go's go-vcr (`url`, `code`, `body`) write them. A body in base64 is what stood on the wire, gzip where its header says so.

import { parse } from "yaml";
import { z } from "zod";
import { decodeBody } from "./fixtures-decode.ts";
import { toFrames } from "./fixtures-framing.ts";
import { classifyAnswer, providerOfHost } from "./fixtures-shape.ts";
import type { Fixture, Framing } from "./fixtures-types.ts";

const bytes = z.union([z.string().transform((text) => Buffer.from(text)), z.instanceof(Uint8Array)]);
const headers = z
  .record(z.string(), z.union([z.array(z.string()), z.string()]))
  .nullish()
  .transform((value) =>
    Object.entries(value ?? {}).flatMap(([name, values]) =>
      [values].flat().map((each): [string, string] => [name, each]),
    ),
  );

const cassetteSchema = z.object({
  interactions: z.array(
    z.object({
      request: z.object({
        method: z.string(),
        uri: z.url().optional(),
        url: z.url().optional(),
        body: bytes.nullish(),
      }),
      response: z.object({
        status: z.union([z.object({ code: z.int() }), z.string()]),
        code: z.int().optional(),
        headers,
        body: z.union([bytes, z.object({ string: bytes }).transform(({ string }) => string)]).nullish(),
      }),
    }),
  ),
});

export function readCassette(file: string, content: Buffer): Fixture[] {
  const { interactions } = cassetteSchema.parse(parse(content.toString("utf8")));
  return interactions.map(({ request, response }, index) => {
    const url = new URL(request.url ?? request.uri ?? "");
    const provider = providerOfHost(url.hostname);
    const body = Buffer.from(response.body ?? []);
    const framing: Framing = /event-stream/.test(findHeader(response.headers, "content-type") ?? "")
      ? "sse"
      : "json";
    const decoded = decodeBody(body, findHeader(response.headers, "content-encoding"));
    return {
      file: index === 0 ? file : `${file}#${index}`,
      provider,
      ...classifyAnswer(decoded, { file, provider, framing, path: url.pathname }),
      framing,
      request: {
        method: request.method,
        path: url.pathname + url.search,
        body: request.body ? Buffer.from(request.body) : undefined,
      },
      status: response.code ?? (typeof response.status === "object" ? response.status.code : 200),
      headers: response.headers,
      body,
      frames: toFrames(body, framing),
    };
  });
}

function findHeader(pairs: readonly [string, string][], name: string): string | undefined {
  return pairs.find(([each]) => each.toLowerCase() === name)?.[1];
}
