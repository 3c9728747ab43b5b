// The features of a call follow its event into the spool, and a call without them is like any other.

import { join } from "node:path";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { JOB_BYTES_MAX } from "../../ingest/gateway/features/feature-maker.ts";
import { openSpoolReader } from "../../ingest/spool/reader.ts";
import type { DeliveredRecord } from "../../ingest/spool/writer-cursor.ts";
import { callFeaturesSchema, type CallFeatures } from "../../schemas/call-features.ts";
import { startTestGateway, type TestGateway } from "../services/gateway.ts";
import { encodedAnswer, jsonAnswer, streamAnswer } from "../services/replay-provider-answer.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

const CHAT = "/v1/chat/completions";
const PATIENCE = { timeout: 20_000 };
const CALL = { index: 0, id: "call_1", function: { name: "bash", arguments: '{"command":"git push"}' } };
const STREAM = streamAnswer([
  `data: ${JSON.stringify({ choices: [{ delta: { content: "Gold" } }] })}\n\n`,
  `data: ${JSON.stringify({ choices: [{ delta: { tool_calls: [CALL] } }] })}\n\n`,
  'data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4}}\n\n',
  "data: [DONE]\n\n",
]);
const ENCODED_STREAM = await encodedAnswer(STREAM, "gzip");

let replay: ReplayProvider;
let gateway: TestGateway;

beforeAll(async () => {
  replay = await startReplayProvider();
});
afterAll(() => replay.close());
beforeEach(async () => {
  gateway = await startTestGateway({ upstreamUrl: replay.url });
});
afterEach(() => gateway.close());

function readRecords(): readonly DeliveredRecord[] {
  const spool = { spoolDir: join(gateway.dataDir, "spool"), metrics: gateway.vitals.metrics };
  const reader = openSpoolReader(pino({ level: "silent" }), spool);
  const { records } = reader.readBatch(1000);
  reader.close();
  return records;
}

async function takeFeatures(count: number): Promise<CallFeatures[]> {
  return vi.waitFor(() => {
    const features = readRecords().flatMap((record) =>
      record.record === "features" ? [record.features] : [],
    );
    expect(features).toHaveLength(count);
    return features;
  }, PATIENCE);
}

async function send(path: string, body: object): Promise<string> {
  const answer = await fetch(gateway.url + path, { method: "POST", body: JSON.stringify(body) });
  return answer.text();
}

const REQUEST = {
  model: "m",
  stream: true,
  tools: [{ type: "function", function: { name: "bash" } }],
  messages: [{ role: "user", content: "Where is the gold?" }],
};

describe("the features of a call", () => {
  it.each([
    ["plain", STREAM],
    ["encoded", ENCODED_STREAM],
  ])("with a %s answer are of its event, and in the form of the contract", async (_name, answer) => {
    replay.respond(() => answer);
    await send(CHAT, REQUEST);
    const [features] = await takeFeatures(1);
    expect(callFeaturesSchema.parse(features)).toEqual(features);
    const [event] = readRecords().flatMap((record) => (record.record === "event" ? [record.event] : []));
    expect(features).toMatchObject({
      event_id: event?.event_id,
      started_at: event?.started_at,
      delta_human_chars: 18,
      output_chars: 4,
      tool_names: ["bash"],
      tool_kinds: ["communicate"],
    });
  });

  it("that failed are those of its request, and a call without a conversation has none", async () => {
    replay.respond(() => ({ ...jsonAnswer({ error: { message: "Where is the gold?" } }), status: 500 }));
    await send(CHAT, REQUEST);
    replay.respond(() => jsonAnswer({ data: [], usage: { prompt_tokens: 1, total_tokens: 1 } }));
    await send("/v1/embeddings", { model: "m", input: "gold" });
    const [features] = await takeFeatures(1);
    expect(features).toMatchObject({ delta_human_chars: 18, output_chars: null, answer_hash: null });
  });

  it("that are not made leave no other trace: the call is answered, recorded and counted", async () => {
    replay.respond(() => STREAM);
    const padding = " ".repeat(JOB_BYTES_MAX);
    const text = await send(CHAT, { ...REQUEST, metadata: { padding } });
    expect(text).toContain("Gold");
    await vi.waitFor(async () => {
      const { values } = await gateway.vitals.metrics.droppedFeatures.get();
      expect(values).toMatchObject([{ labels: { reason: "too_large" }, value: 1 }]);
    }, PATIENCE);
    const events = gateway.takeEvents();
    expect(events).toMatchObject([{ status: 200, usage_source: "reported", terminated_by: "complete" }]);
  });
});
