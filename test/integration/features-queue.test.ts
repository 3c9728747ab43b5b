// Features may be lost, and a loss is counted; nothing else depends on them.

import { Writable } from "node:stream";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  createFeatureMaker,
  JOB_BYTES_MAX,
  QUEUE_BYTES_MAX,
  QUEUE_JOBS_MAX,
  type FeatureMaker,
} from "../../ingest/gateway/features/feature-maker.ts";
import { createMetrics, type Metrics } from "../../schemas/metrics.ts";
import { buildTokenEvent } from "../builders/token-event.ts";

const PATIENCE = { timeout: 20_000 };

let maker: FeatureMaker;
let metrics: Metrics;
let made: string[];
let logged: string;

function start(jobMsMax?: number): FeatureMaker {
  const stream = new Writable({
    write(line: Buffer, _encoding, done) {
      logged += line.toString();
      done();
    },
  });
  return createFeatureMaker(pino(stream), {
    secrets: { sketchSecret: "s", linkSecret: "l", toolKinds: {} },
    metrics,
    write: ({ event_id }) => made.push(event_id),
    program: new URL("../services/feature-thread.ts", import.meta.url),
    closeMsMax: 50,
    ...(jobMsMax !== undefined && { jobMsMax }),
  });
}

beforeEach(() => {
  metrics = createMetrics("test");
  made = [];
  logged = "";
  maker = start();
});
afterEach(() => maker.close());

/** @returns the id of the call */
function take(client: string, request = Buffer.from("{}")): string {
  const event = buildTokenEvent({ client, api: "chat" });
  maker.take(event, request, undefined);
  return event.event_id;
}

async function dropped(): Promise<Record<string, number>> {
  const { values } = await metrics.droppedFeatures.get();
  return Object.fromEntries(values.map(({ labels, value }) => [labels.reason, value]));
}

describe("calls that wait for their features", () => {
  it("are made in their order, and each once", async () => {
    const taken = Array.from({ length: 20 }, () => take("well"));
    await vi.waitFor(() => expect(made).toEqual(taken), PATIENCE);
    expect(await dropped()).toEqual({});
  });

  it("beyond the queue's length are dropped and counted", async () => {
    for (let at = 0; at < QUEUE_JOBS_MAX + 3; at++) take("hang");
    expect(await dropped()).toEqual({ queue_full: 3 });
  });

  it("beyond the queue's size are dropped, and so is one that is too large by itself", async () => {
    const large = Buffer.alloc(JOB_BYTES_MAX);
    for (let at = 0; at < QUEUE_BYTES_MAX / JOB_BYTES_MAX + 2; at++) take("hang", large);
    take("hang", Buffer.alloc(JOB_BYTES_MAX + 1));
    expect(await dropped()).toEqual({ queue_full: 2, too_large: 1 });
  });

  it("leave the caller's bytes as they are", async () => {
    const request = Buffer.from('{"messages":[]}');
    take("well", request);
    await vi.waitFor(() => expect(made).toHaveLength(1), PATIENCE);
    expect(request.toString()).toBe('{"messages":[]}');
  });
});

describe("a thread", () => {
  it("that crashes costs one call's features, is started again, and its words are not logged", async () => {
    const before = take("well");
    take("crash");
    const after = take("well");
    await vi.waitFor(() => expect(made).toEqual([before, after]), PATIENCE);
    expect(await dropped()).toEqual({ crashed: 1 });
    expect(logged).toContain("started again");
    expect(logged).not.toContain("prompt");
  });

  it("that can't make a call's features goes on with the next", async () => {
    take("fail");
    take("well");
    await vi.waitFor(() => expect(made).toHaveLength(1), PATIENCE);
    expect(await dropped()).toEqual({ failed: 1 });
  });

  it("that does not end is ended, and another takes its place", async () => {
    await maker.close();
    maker = start(500);
    take("hang");
    await vi.waitFor(async () => {
      // On a loaded machine even this may take longer than it may; then the next one is offered.
      take("well");
      expect(made.length).toBeGreaterThan(0);
      expect((await dropped())["timed_out"]).toBeGreaterThan(0);
    }, PATIENCE);
  });
});

it("what still waits at the end is dropped within bounded time, and nothing is taken afterwards", async () => {
  take("hang");
  take("well");
  await maker.close();
  take("well");
  expect(made).toEqual([]);
  expect(await dropped()).toEqual({ closing: 3 });
});
