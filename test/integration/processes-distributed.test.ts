// A distributed deployment from nothing to a first call that is seen on the dashboard, with the real Kafka, Postgres and
// ClickHouse's HTTP interface. No log line of any process holds what a client said.

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { spoolFacts } from "../../ingest/spool/facts.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import { TestAssay } from "../services/assay.ts";
import { startDistributed, type Distributed } from "../services/distributed.ts";
import { startTestClickHouse, type TestClickHouse } from "../services/clickhouse-http.ts";
import { needsKafka, startTestKafka, type TestKafka } from "../services/kafka.ts";
import { readOutcomeCounts } from "../services/outcomes.ts";
import { startTestPostgres, type TestPostgres } from "../services/postgres.ts";
import { send, type RawAnswer } from "../services/raw-client.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

const PATIENCE_MS = 300_000;
vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });
/** Until an assertion holds; it is asked again and again. */
const WAIT = { timeout: PATIENCE_MS, interval: 50 };
/** In everything that a client sends: body, header, query string, path, and credentials of all kinds. */
const CANARY = "canary7Qx";
const SERVERS = new Set(["ClickHouse", "Postgres", "audit", "bus"]);

describe("a distributed deployment", needsKafka, () => {
  let kafka: TestKafka;
  let postgres: TestPostgres;
  let clickhouse: TestClickHouse;
  let replay: ReplayProvider;
  let assay: Distributed;
  let key: string;

  beforeAll(async () => {
    [kafka, postgres, clickhouse, replay] = await Promise.all([
      startTestKafka(),
      startTestPostgres(),
      startTestClickHouse(),
      startReplayProvider(),
    ]);
    assay = await startDistributed({
      kafkaBrokers: kafka.brokers,
      databaseUrl: postgres.url,
      clickhouseUrl: clickhouse.url,
      upstreamUrl: replay.url,
    });
  });
  afterAll(async () => {
    await assay.stop();
    await Promise.all([kafka.stop(), postgres.stop(), clickhouse.stop(), replay.close()]);
  });

  function call(path: string, more: Record<string, string> = {}): Promise<RawAnswer> {
    return send(`${gateway().url}${path}`, {
      headers: { "content-type": "application/json", "x-assay-key": key, ...more },
      body: JSON.stringify({ model: "gpt-5", stream: true, messages: [{ role: "user", content: CANARY }] }),
    });
  }

  function gateway(): Distributed["analyze"] {
    const [first] = assay.gateways;
    if (!first) throw new Error("There is no gateway.");
    return first;
  }

  it("the first owner gets in by a link that an operator makes, and a key reaches the gateway", async () => {
    const link = await assay.run("login-link", "owner@localhost");
    expect(link.stdout).toMatch(new RegExp(`^${assay.dashboard.url}/sign-in#\\S+\\n$`));
    const made = await assay.run("keys", "create", "--person", "owner@localhost");
    key = made.stdout.trim();
    await vi.waitFor(async () => expect((await call("/v1/chat/completions")).status).toBe(200), WAIT);
  });

  it("what was answered is stored once, and analysed", async () => {
    const { headers } = await call("/v1/chat/completions");
    await vi.waitFor(async () => {
      const { stdout } = await assay.run("export", "events", "--reason", "a test");
      const ids = stdout.split("\n").filter((line) => line.includes(String(headers["x-assay-event-id"])));
      expect(ids).toHaveLength(1);
    }, WAIT);
    await vi.waitFor(async () => {
      const scraped = await (await fetch(`${assay.analyze.metricsUrl}/metrics`)).text();
      expect(scraped).toMatch(/^assay_analysis_seconds_count\{.*\} [1-9]/m);
    }, WAIT);
  });

  it("an outcome that the dashboard answered is stored once, also when it is killed the moment after", async () => {
    const store = await openClickHouse({ dataDir: "", url: clickhouse.url });
    for (const [index, runId] of ["run-before", "run-killed", "run-after"].entries()) {
      const answer = await fetch(`${assay.dashboard.url}/api/v1/outcomes`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
        body: JSON.stringify({ outcomes: [{ kind: "answer_used", run_id: runId }] }),
      });
      expect(answer.status).toBe(200);
      if (index !== 1) continue;
      await assay.dashboard.kill();
      await assay.dashboard.start();
    }
    const expected = new Map([
      ["run-before", 1],
      ["run-killed", 1],
      ["run-after", 1],
    ]);
    await vi.waitFor(async () => expect(await readOutcomeCounts(store)).toEqual(expected), WAIT);
    await store.close();
  });

  it("every process is ready, and names what it depends on", async () => {
    const parts: Record<string, string[]> = {};
    for (const { metricsUrl } of [gateway(), ...assay.sinks, assay.analyze, assay.dashboard]) {
      const response = await fetch(`${metricsUrl}/readyz`);
      const text = await response.text();
      expect({ text, status: response.status }).toMatchObject({ status: 200 });
      const { processes } = JSON.parse(text);
      for (const [name, said] of Object.entries<{ parts: object }>(processes))
        parts[name] = Object.keys(said.parts);
    }
    expect(parts).toMatchObject({
      shipper: expect.arrayContaining(["Kafka"]),
      sink: expect.arrayContaining(["ClickHouse", "sink"]),
      analyze: expect.arrayContaining(["ClickHouse", "Postgres"]),
      dashboard: expect.arrayContaining(["ClickHouse", "Postgres"]),
    });
  });

  it("the doctor finds one broker and nothing else to say of the servers", async () => {
    const { stdout } = await assay.run("doctor", "--json");
    const findings: { check: string; state: string; sentence: string }[] = JSON.parse(stdout).findings;
    const told = findings.filter(({ check, state }) => SERVERS.has(check) && state !== "ok");
    expect(told.map(({ state, sentence }) => `${state}: ${sentence}`)).toEqual(
      ["events", "features", "outcomes", "dead letters"].map(() =>
        expect.stringMatching(/^warning: assay\.\S+ is kept on 1 brokers/),
      ),
    );
  });

  it("no log line holds a prompt, a key, a query string or a header of a client", async () => {
    const answers = [
      await call(`/v1/chat/completions?${CANARY}=1`, { "x-assay-session-id": CANARY }),
      await call(`/k/assay_${CANARY}/v1/chat/completions`),
      await call("/v1/chat/completions", { "x-assay-key": `assay_${CANARY}` }),
      await call(`/${CANARY}`, { authorization: `Bearer ${CANARY}` }),
    ];
    replay.respond(() => ({
      headers: [["content-type", "application/json"]],
      body: Buffer.from(`{"usage": ${CANARY}}`),
    }));
    answers.push(await call("/v1/chat/completions"));
    replay.respond(() => ({ fault: { kind: "reset-before-headers" } }));
    answers.push(await call("/v1/chat/completions", { authorization: `Bearer sk-${CANARY}` }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 404, 200, 502]);
    const all = [gateway(), ...assay.sinks, assay.analyze, assay.dashboard];
    await Promise.all(all.map((one) => one.stop()));
    const logged = all.map((one) => one.log()).join("");
    expect(logged).toContain("a call failed");
    expect(logged.split("\n").filter((line) => line.includes(CANARY) || line.includes(key))).toEqual([]);
  });

  it("assay start goes by way of Kafka too, and leaves nothing in the spool when it is stopped", async () => {
    replay.respond(undefined);
    const whole = new TestAssay({
      KAFKA_BROKERS: kafka.brokers.join(","),
      KAFKA_TOPIC: "start.events",
      KAFKA_OUTCOMES_TOPIC: "start.outcomes",
      KAFKA_FEATURES_TOPIC: "start.features",
      KAFKA_DEAD_LETTERS_TOPIC: "start.dead-letters",
      ASSAY_UPSTREAM_OPENAI_URL: replay.url,
    });
    const running = await whole.start();
    const { status, headers } = await send(`${running.gatewayUrl}/v1/chat/completions`, {
      headers: { "content-type": "application/json", "x-assay-key": running.firstSteps?.key },
      body: JSON.stringify({ model: "gpt-5", messages: [] }),
    });
    expect(status).toBe(200);
    await vi.waitFor(async () => {
      const { stdout } = await whole.run("export", "events", "--reason", "a test");
      expect(stdout).toContain(headers["x-assay-event-id"]);
    }, WAIT);
    const { processes } = JSON.parse(await (await fetch(`${running.metricsUrl}/readyz`)).text());
    expect(Object.keys(processes)).toEqual(["start", "service", "shipper", "gateway-1"]);
    expect((await running.stop()).exitCode).toBe(0);
    expect((await spoolFacts(join(whole.dataDir, "spool"))).waitingBytes).toBe(0);
    whole.remove();
  });
});
