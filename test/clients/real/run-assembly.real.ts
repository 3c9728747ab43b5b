// Runs are found by what is said alone. The clients' own traffic, of several people each, without anything in which a client names a
// session, a run or an agent, is sent again through two gateways at once, every call to the other one than the call before it, all
// conversations interleaved; then the runs are compared with those that there really were.

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { runAnalysis } from "../../../analytics/job.ts";
import { migrateClickHouse } from "../../../schemas/clickhouse/migrate.ts";
import { openClickHouse } from "../../../schemas/clickhouse/open.ts";
import { defineQuery, type ClickHouseStore } from "../../../schemas/clickhouse/store.ts";
import { createRandom } from "../../simulation/random.ts";
import { issueKey } from "../../services/assay-keys.ts";
import { startTestGateway } from "../../services/gateway.ts";
import { startReplayProvider } from "../../services/replay-provider.ts";
import { startBusSink } from "../../services/sink.ts";
import { startScriptedProvider } from "../scripted/scripted-provider.ts";
import { CLIENTS } from "./all-clients.ts";
import { toAnonymousCalls, type AnonymousCall } from "./anonymous.ts";
import { isInstalled } from "./packages.ts";
import { measurePairs, type Assignment } from "./pairwise.ts";
import { runClient } from "./real-client.ts";
import { readAttributedCalls, type AttributedCall } from "./run-tree.ts";
import { toMethod } from "../../../schemas/method.ts";

const PEOPLE = 3;
const SEED = "20261121";
const PRECISION_MIN = 0.98;
const RECALL_MIN = 0.95;
const ARRIVAL_MS_MAX = 60_000;
const PROVIDER_KEY = "the-key-of-the-provider";

const installed = CLIENTS.filter((client) => isInstalled(client.package));
const root = mkdtempSync(join(tmpdir(), "assay-assembly-"));
/** By name: of one client and one person. */
const sessions = new Map<string, AnonymousCall[]>();
/** By the id of an answer: the run that the call was of, as it is known where the client says it. */
const trueRuns = new Map<string, string>();

beforeAll(async () => {
  const provider = await startScriptedProvider();
  for (const client of installed) {
    provider.play(client.tasks, client.name);
    await runClient(client, join(root, client.name), { url: provider.url, key: PROVIDER_KEY }, (step) =>
      provider.answered(step),
    );
    for (let person = 1; person <= PEOPLE; person += 1) {
      const name = `${client.name} ${person}`;
      const calls = toAnonymousCalls(provider.calls, sessions.size + 1);
      sessions.set(name, calls);
      for (const { place, responseId } of calls)
        trueRuns.set(responseId, `${name}, run ${runOf(client.runTree, place)}`);
    }
  }
  await provider.close();
}, 600_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.skipIf(installed.length === 0).each([
  ["one key for all of them", () => 0],
  ["a key for each person", (session: string) => Number(session.split(" ")[1]) - 1],
] as const)("without any id, with %s", (_name, keyOf) => {
  it("finds the runs by what is said alone", async () => {
    const calls = await sendThroughTwoGateways(keyOf);
    const assignments = calls.map(({ response_id, run_id, run_source }, at): Assignment => ({
      truth: trueRuns.get(response_id ?? "") ?? "",
      // What is put together by time alone counts as not put together.
      found: run_source === "chain" ? run_id : `alone ${at}`,
    }));
    const { precision, recall } = measurePairs(assignments);
    console.log(`seed ${SEED}: ${calls.length} calls, precision ${precision}, recall ${recall}`);
    for (const name of new Set(trueRuns.values())) console.log(describeRun(name, assignments));
    expect(calls).toHaveLength(trueRuns.size);
    expect(precision).toBeGreaterThanOrEqual(PRECISION_MIN);
    expect(recall).toBeGreaterThanOrEqual(RECALL_MIN);
  });
});

/** Which of a client's runs a step is of, as its tree says. */
function runOf(runTree: string, place: string): number {
  return runTree.split(/^run/m).findIndex((run) => run.split(/\s/).includes(place));
}

/** Into how many parts a run was cut. */
function describeRun(name: string, assignments: readonly Assignment[]): string {
  const own = assignments.filter(({ truth }) => truth === name);
  const sizes = [...Map.groupBy(own, ({ found }) => found).values()].map(({ length }) => length);
  const isShared = assignments.some(
    ({ truth, found }) => truth !== name && own.some((each) => each.found === found),
  );
  return `${name}: ${sizes.toSorted((left, right) => right - left).join(" + ")}${isShared ? ", with others" : ""}`;
}

async function sendThroughTwoGateways(keyOf: (session: string) => number): Promise<AttributedCall[]> {
  const issued = Array.from({ length: PEOPLE }, () => issueKey());
  const answers: AnonymousCall[] = [];
  const replay = await startReplayProvider({ isKeeping: false });
  replay.respond(({ headers }) => answers[Number(headers[INDEX_HEADER])]?.answer);
  const settings = {
    ASSAY_SKETCH_SECRET: randomBytes(32).toString("base64url"),
    ASSAY_UPSTREAM_OPENAI_KEY: PROVIDER_KEY,
    ASSAY_UPSTREAM_ANTHROPIC_KEY: PROVIDER_KEY,
    ASSAY_UPSTREAM_GEMINI_KEY: PROVIDER_KEY,
  };
  const keys = issued.map(({ key }) => key);
  const gateways = [
    await startTestGateway({ upstreamUrl: replay.url, keys, settings }),
    await startTestGateway({ upstreamUrl: replay.url, keys, settings }),
  ];
  const dataDir = mkdtempSync(join(root, "store-"));
  const store = await openClickHouse({ dataDir });
  await migrateClickHouse(store);
  const sinks = gateways.map((gateway) => startBusSink(store, { ASSAY_DATA: gateway.dataDir }));
  try {
    for (const [index, { session, call }] of interleave().entries()) {
      answers[index] = call;
      const url = gateways[index % gateways.length]?.url ?? "";
      await sendCall(url + call.url, call, index, issued[keyOf(session)]?.secret ?? "");
    }
    await vi.waitFor(() => expectFeatures(store, answers.length), { timeout: ARRIVAL_MS_MAX, interval: 200 });
    const config = {
      timezone: "UTC",
      retentionDays: { sketches: 14, events: 30, runs: 90, weeks: 180, dismissed: 30 },
      method: toMethod(),
    };
    await runAnalysis({ store, config, clock: () => new Date(), log: { info() {} } });
    return await readAttributedCalls(store, "2000-01-01T00:00:00Z");
  } finally {
    for (const sink of sinks) await sink.close();
    for (const gateway of gateways) await gateway.close();
    await store.close();
    await replay.close();
  }
}

const INDEX_HEADER = "x-recorded-call";

/** All sessions at once, each in its own order. */
function interleave(): { session: string; call: AnonymousCall }[] {
  const random = createRandom(SEED);
  const left = [...sessions].map(([session, calls]) => ({ session, calls: [...calls] }));
  const order: { session: string; call: AnonymousCall }[] = [];
  while (left.length > 0) {
    const at = random.integer(0, left.length - 1);
    const chosen = left[at];
    const call = chosen?.calls.shift();
    if (chosen && call) order.push({ session: chosen.session, call });
    else left.splice(at, 1);
  }
  return order;
}

async function sendCall(url: string, call: AnonymousCall, index: number, key: string): Promise<void> {
  const { method, body } = call;
  const headers = { ...call.headers, [INDEX_HEADER]: String(index), "x-assay-key": key };
  const response = await fetch(url, { method, body, headers });
  await response.arrayBuffer();
  expect(response.status).toBe(200);
}

const countFeatures = defineQuery({
  name: "test: count features",
  sql: "SELECT count() AS features FROM call_features FINAL WHERE started_at >= {from:DateTime64(3)}",
  params: z.object({ from: z.string() }),
  row: z.object({ features: z.coerce.number() }),
});

async function expectFeatures(store: ClickHouseStore, calls: number): Promise<void> {
  const [row] = await store.query(countFeatures, { from: "2000-01-01 00:00:00" });
  expect(row?.features).toBe(calls);
}
