// What the gateway makes of a recorded answer: its own meter and reader, fed with the bytes as they stood on the wire, in
// pieces of random sizes.

import { pino } from "pino";
import { Meter } from "../../ingest/gateway/meter/meter.ts";
import { readPath } from "../../ingest/gateway/providers/all-providers.ts";
import type { Reading } from "../../ingest/gateway/providers/provider.ts";
import type { UpstreamKind } from "../../schemas/upstreams.ts";
import type { Fixture } from "../services/fixtures-types.ts";
import type { Random } from "../simulation/random.ts";

const CHUNK_BYTES_MAX = 4096;

/** Paths of recordings that hold the answer alone, and whose interface is not told by its shape. */
const PATHS: readonly { pattern: RegExp; path: string }[] = [
  { pattern: /google\/interactions\//, path: "/v1beta/interactions" },
  { pattern: /transcription/, path: "/v1/audio/transcriptions" },
  { pattern: /openai\/completion\//, path: "/v1/completions" },
  { pattern: /openai\/image\/|stream-image-generation/, path: "/v1/images/generations" },
  { pattern: /reranking/, path: "/v1/rerank" },
];

/** Undefined where the gateway passes such a call through without metering it. */
export async function readMeteredUsage(fixture: Fixture, random: Random): Promise<Reading | undefined> {
  const { method, path } = fixture.request;
  const known = PATHS.find(({ pattern }) => pattern.test(fixture.file))?.path;
  const [pathname = ""] = (known ?? path).split("?");
  const { provider, operation } = readPath(kindOf(fixture), method, pathname);
  if (!operation.isMetered) return undefined;

  const meter = new Meter(pino({ level: "silent" }), provider, operation, {
    status: fixture.status,
    contentType: headerOf(fixture, "content-type"),
    contentEncoding: headerOf(fixture, "content-encoding"),
  });
  for (let start = 0; start < fixture.body.length;) {
    const end = start + random.integer(1, CHUNK_BYTES_MAX);
    await new Promise<void>((done) => meter.read(fixture.body.subarray(start, end), done));
    start = end;
  }
  await new Promise<void>((done) => meter.end(done));
  return meter.reading;
}

function kindOf({ dialect, provider }: Fixture): UpstreamKind {
  if (provider === "azure" || provider === "vertex") return provider;
  return dialect === "anthropic" || dialect === "gemini" || dialect === "bedrock" ? dialect : "openai";
}

function headerOf({ headers }: Fixture, name: string): string {
  return headers.find(([each]) => each.toLowerCase() === name)?.[1] ?? "";
}
