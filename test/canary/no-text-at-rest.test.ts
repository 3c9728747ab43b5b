// No text at rest: after calls of every kind, and after processes were killed in the middle of them, nothing of what was
// said is anywhere: no store, spool, topic, log, metric, dead letter or dump.
//
// Afterwards one canary is put where text is kept by design, a tag, to see that the search would have found the others there.

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { TestAssay, type RunningAssay } from "../services/assay.ts";
import { createTestClient, readTopic } from "../services/kafka-topic.ts";
import { needsKafka, startTestKafka, type TestKafka } from "../services/kafka.ts";
import { descendantsOf } from "../services/process-tree.ts";
import { send } from "../services/raw-client.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";
import { buildCalls, sendAll } from "./canary-calls.ts";
import { createCanaries } from "./canaries.ts";

const PATIENCE_MS = 240_000;
vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });
const WAIT = { timeout: 90_000, interval: 500 };
const TOPICS = ["events", "features", "outcomes", "dead-letters"] as const;

describe("with everything embedded", () => {
  searchAfterCalls(() => undefined);
});

describe("by way of Kafka", needsKafka, () => {
  let kafka: TestKafka;
  beforeAll(async () => {
    kafka = await startTestKafka();
  });
  afterAll(() => kafka.stop());
  searchAfterCalls(() => kafka);
});

function searchAfterCalls(kafkaOf: () => TestKafka | undefined): void {
  const canaries = createCanaries();
  let replay: ReplayProvider;
  let assay: TestAssay;
  let running: RunningAssay;
  let key: string;
  /** What the processes said on their terminal. */
  const said: Buffer[] = [];

  async function start(): Promise<void> {
    running = await assay.start();
    running.process.stdout?.on("data", (chunk: Buffer) => said.push(chunk));
    running.process.stderr?.on("data", (chunk: Buffer) => said.push(chunk));
  }

  beforeAll(async () => {
    replay = await startReplayProvider();
    assay = new TestAssay({
      ASSAY_UPSTREAM_OPENAI_URL: replay.url,
      ASSAY_UPSTREAM_ANTHROPIC_URL: replay.url,
      ASSAY_UPSTREAM_GEMINI_URL: replay.url,
      ...settingsOf(kafkaOf()),
    });
    await start();
    key = running.firstSteps?.key ?? "";
  });
  afterAll(async () => {
    await running.stop();
    assay.remove();
    await replay.close();
  });

  /** How many calls the store has. */
  async function countStored(): Promise<number> {
    const { stdout } = await assay.run("export", "events", "--reason", "to count them");
    return stdout.split("\n").filter((line) => line.startsWith("{")).length;
  }

  /** While a call is under way; resolves when its client has seen the end of it, and calls are taken again. */
  async function killDuringCall(command: RegExp): Promise<void> {
    const seen = replay.requests.length;
    replay.respond(() => ({ body: Buffer.from(canaries.make("late answer")), fault: { kind: "silent" } }));
    const call = send(`${running.gatewayUrl}/v1/chat/completions`, {
      headers: { "content-type": "application/json", "x-assay-key": key },
      body: JSON.stringify({
        model: "gpt-5",
        messages: [{ role: "user", content: canaries.make("killed") }],
      }),
    });
    await vi.waitFor(() => expect(replay.requests.length).toBeGreaterThan(seen), WAIT);
    kill(command);
    await expect(call).rejects.toMatchObject({ code: "ECONNRESET" });
    await vi.waitFor(() => expect(isListening()).resolves.toBe(true), WAIT);
  }

  function kill(command: RegExp): void {
    const victim = descendantsOf(running.process.pid ?? 0).find((child) => command.test(child.command));
    if (victim === undefined) throw new Error(`${command} is not running`);
    process.kill(victim.pid, "SIGKILL");
  }

  async function isListening(): Promise<boolean> {
    return (await send(`${running.gatewayUrl}/healthz`, { method: "GET" })).status === 200;
  }

  /** Every place where something may be left, with what was found there. */
  async function searchEverything(): Promise<string[]> {
    const files = listFiles(assay.dataDir).flatMap((file) => {
      const content = readFileSync(file);
      const keys = content.includes(key) ? ["the Assay key"] : [];
      return [...canaries.search(content), ...keys].map(
        (found) => `${relative(assay.dataDir, file)}: ${found}`,
      );
    });
    const terminal = canaries.search(Buffer.concat(said)).map((found) => `terminal: ${found}`);
    return [...files, ...terminal, ...(await searchTopics())];
  }

  async function searchTopics(): Promise<string[]> {
    const kafka = kafkaOf();
    if (kafka === undefined) return [];
    const found = await Promise.all(
      TOPICS.map(async (name) => {
        const messages = await readTopic(createTestClient(kafka.brokers), `canary.${name}`);
        return messages.flatMap(({ key: messageKey, value, headers }) =>
          canaries
            .search(Buffer.from(`${String(messageKey)} ${String(value)} ${JSON.stringify(headers)}`))
            .map((at) => `topic ${name}: ${at}`),
        );
      }),
    );
    return found.flat();
  }

  test("nothing of what was said is left anywhere", async () => {
    const calls = buildCalls(canaries, key);
    const statuses = await sendAll(running.gatewayUrl, replay, calls);
    expect(statuses).toEqual(Object.fromEntries(calls.map(({ name, status }) => [name, status])));
    await killDuringCall(/main\.ts gateway-worker /);
    kill(/main\.ts service$/);
    const answered = calls.filter(({ status }) => status !== 404 && status !== 401).length;
    await vi.waitFor(async () => expect(await countStored()).toBeGreaterThanOrEqual(answered), WAIT);
    const metrics = await send(`${running.metricsUrl}/metrics`, { method: "GET" });
    expect(canaries.search(metrics.body)).toEqual([]);
    await running.stop();
    expect(await searchEverything()).toEqual([]);
  });

  test("and the search would have found it: a tag, which is kept, is", async () => {
    await start();
    replay.respond(undefined);
    const { status } = await send(`${running.gatewayUrl}/v1/chat/completions`, {
      headers: {
        "content-type": "application/json",
        "x-assay-key": key,
        "x-assay-tags": `planted=${canaries.make("tag")}`,
      },
      body: JSON.stringify({ model: "gpt-5", messages: [] }),
    });
    expect(status).toBe(200);
    const found = await vi.waitFor(async () => {
      const places = await searchEverything();
      expect(places.some((place) => place.startsWith("clickhouse/") && place.includes("ClickHouse > "))).toBe(
        true,
      );
      return places;
    }, WAIT);
    expect(found.some((place) => place.startsWith("topic events"))).toBe(kafkaOf() !== undefined);
  });
}

function settingsOf(kafka: TestKafka | undefined): Record<string, string> {
  if (kafka === undefined) return {};
  return {
    KAFKA_BROKERS: kafka.brokers.join(","),
    KAFKA_TOPIC: "canary.events",
    KAFKA_FEATURES_TOPIC: "canary.features",
    KAFKA_OUTCOMES_TOPIC: "canary.outcomes",
    KAFKA_DEAD_LETTERS_TOPIC: "canary.dead-letters",
  };
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
