// The command-line clients, as their makers publish them, do the same through Assay as without it; every call is on record with the
// provider's counts; and Assay knows which run, turn and agent each of them was of.
//
// Each client does its task twice, once directly and once through one and the same `assay start`. Runs are read when all have done
// so and Assay has ended, because the embedded store has one owner.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openClickHouse } from "../../../schemas/clickhouse/open.ts";
import { TOKEN_FIELDS } from "../../../schemas/token-event.ts";
import { TestAssay, type RunningAssay } from "../../services/assay.ts";
import { CLIENTS } from "./all-clients.ts";
import { normaliseCalls, normaliseResult } from "./compare.ts";
import { isInstalled } from "./packages.ts";
import { runClient, type ClientResult, type RealClient } from "./real-client.ts";
import { drawRunTree, readAttributedCalls, type AttributedCall } from "./run-tree.ts";
import {
  startScriptedProvider,
  type ScriptedCall,
  type ScriptedProvider,
} from "../scripted/scripted-provider.ts";

const PROVIDER_KEY = "the-key-of-the-provider";
const FROM = "2000-01-01T00:00:00Z";

interface Recording {
  results: ClientResult[];
  calls: readonly ScriptedCall[];
  others: readonly string[];
}

interface Comparison {
  direct: Recording;
  throughAssay: Recording;
}

const root = mkdtempSync(join(tmpdir(), "assay-clients-"));
const installed = CLIENTS.filter((client) => isInstalled(client.package));
const comparisons = new Map<string, Comparison>();
let provider: ScriptedProvider;
let assay: TestAssay;
let running: RunningAssay;

beforeAll(async () => {
  provider = await startScriptedProvider();
  assay = new TestAssay({
    ASSAY_UPSTREAM_OPENAI_URL: provider.url,
    ASSAY_UPSTREAM_OPENAI_KEY: PROVIDER_KEY,
    ASSAY_UPSTREAM_ANTHROPIC_URL: provider.url,
    ASSAY_UPSTREAM_ANTHROPIC_KEY: PROVIDER_KEY,
    ASSAY_UPSTREAM_GEMINI_URL: provider.url,
    ASSAY_UPSTREAM_GEMINI_KEY: PROVIDER_KEY,
  });
  running = await assay.start();
});
afterAll(async () => {
  await running.stop();
  await provider.close();
  assay.remove();
  rmSync(root, { recursive: true, force: true });
});

async function record(client: RealClient, url: string, key: string): Promise<Recording> {
  provider.play(client.tasks, client.name);
  const results = await runClient(client, join(root, client.name), { url, key }, (step) =>
    provider.answered(step),
  );
  return { results, calls: provider.calls, others: provider.others };
}

describe.each(CLIENTS)("$name", (client) => {
  const isHere = isInstalled(client.package);

  it.skipIf(!isHere)(
    "ends and prints as it does without Assay, and sends the provider the same",
    async () => {
      const direct = await record(client, provider.url, PROVIDER_KEY);
      const throughAssay = await record(client, running.gatewayUrl, running.firstSteps?.key ?? "");
      comparisons.set(client.name, { direct, throughAssay });
      expect(throughAssay.results.map(({ exitCode }) => exitCode)).toEqual(client.prompts.map(() => 0));
      expect(throughAssay.results.map(normaliseResult)).toEqual(direct.results.map(normaliseResult));
      expect(throughAssay.calls.map(({ place }) => place)).toContain(client.prompts.at(-1)?.lastStep);
      expect(normaliseCalls(throughAssay.calls)).toEqual(normaliseCalls(direct.calls));
      expect(throughAssay.others).toEqual(direct.others);
    },
  );

  it.skipIf(!isHere)("has each of its calls on record, with the counts of the provider", async () => {
    const { stdout } = await assay.run("export", "events", "--reason", "Compare with the provider");
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    for (const { place, responseId, usage } of comparisons.get(client.name)?.throughAssay.calls ?? []) {
      const found = events.filter(({ response_id }) => response_id === responseId);
      expect(found, place).toHaveLength(1);
      expect(found[0].client, place).toBe(client.name);
      for (const field of TOKEN_FIELDS)
        expect(found[0][field] ?? 0, `${place} ${field}`).toBe(usage[field] ?? 0);
    }
  });
});

describe("what Assay makes of it", () => {
  let attributed: AttributedCall[] = [];

  beforeAll(async () => {
    await assay.run("analyze");
    await running.stop();
    const store = await openClickHouse({ dataDir: assay.dataDir });
    attributed = await readAttributedCalls(store, FROM);
    await store.close();
  });

  it.each(installed)("$name: its runs, turns and agents", (client) => {
    const calls = comparisons.get(client.name)?.throughAssay.calls ?? [];
    const placed = calls.flatMap(({ place, responseId }) => {
      const call = attributed.find(({ response_id }) => response_id === responseId);
      return call ? [{ ...call, place }] : [];
    });
    expect(placed).toHaveLength(calls.length);
    expect(drawRunTree(placed)).toBe(client.runTree);
  });
});
