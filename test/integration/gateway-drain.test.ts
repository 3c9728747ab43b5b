// The end of a gateway with a call under way that does not end: it is given its time, and no more.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { expect, it, vi } from "vitest";
import { DRAIN_MS_MAX, serveGateway } from "../../ingest/gateway/serve.ts";
import { openSpoolReader } from "../../ingest/spool/reader.ts";
import { readConfig } from "../../schemas/config.ts";
import { createVitals } from "../../schemas/vitals.ts";
import { startReplayProvider } from "../services/replay-provider.ts";

const BEGINNING = 'data: {"id":"1"}\n\n';

it("is cut off when its time is up: its client sees that it has not got all, and it is on record", async () => {
  const replay = await startReplayProvider();
  const dataDir = mkdtempSync(join(tmpdir(), "assay-drain-"));
  const settings = { ASSAY_DATA: dataDir, ASSAY_GATEWAY_PORT: "0", ASSAY_UPSTREAM_OPENAI_URL: replay.url };
  const [log, vitals] = [pino({ level: "silent" }), createVitals("gateway")];
  const gateway = await serveGateway(log, readConfig(settings), vitals);
  replay.respond(() => ({
    headers: [["content-type", "text/event-stream"]],
    frames: [Buffer.from(BEGINNING), Buffer.from("data: [DONE]\n\n")],
    fault: { kind: "stall", afterBytes: BEGINNING.length },
  }));
  const { body } = await fetch(`http://127.0.0.1:${gateway.port}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sk-client" },
    body: JSON.stringify({ model: "gpt-5", stream: true, messages: [] }),
  });
  const answer = body?.getReader();
  expect(String(Buffer.from((await answer?.read())?.value ?? []))).toBe(BEGINNING);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const closed = gateway.close();
  expect((await vitals.read()).parts["shutdown"]?.state).toBe("failed");
  vi.advanceTimersByTime(DRAIN_MS_MAX);
  vi.useRealTimers();
  await closed;
  await expect(answer?.read()).rejects.toThrow("terminated");
  const spool = openSpoolReader(log, { spoolDir: join(dataDir, "spool"), metrics: vitals.metrics });
  const events = spool.readBatch(10).records.flatMap((item) => (item.record === "event" ? [item.event] : []));
  expect(events).toMatchObject([{ terminated_by: "gateway", usage_source: "estimated" }]);
  await replay.close();
  rmSync(dataDir, { recursive: true });
});
