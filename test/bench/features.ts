// `npm run bench:features`: how long it takes to make the features of a call, on recorded agent traffic; and what the gateway's callers
// feel of it, beside the same gateway without features, in one run. It reports and is no gate: it fails only when something broke.

import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { quantile } from "simple-statistics";
import { contentOf } from "../../ingest/gateway/clients/all-clients.ts";
import { extractFeatures } from "../../ingest/gateway/features/extract.ts";
import { createLinkHash, createSketchKeys } from "../../ingest/gateway/features/keys.ts";
import { agentTraffic, hasRecordings, type AgentCall, type AgentTraffic } from "./agent-calls.ts";
import { startAssay } from "./assay.ts";
import { measureProfile, startLoad } from "./measure.ts";
import { PROFILES } from "./profiles.ts";
import { Programs } from "./program.ts";
import { describeMachine, formatProfile } from "./report.ts";
import { startUpstream } from "./targets.ts";

const WARM_UP_CALLS = 300;
const ROUNDS = 5;
const RATE_SECONDS = 2;

const PARTS = {
  keysAt: createSketchKeys("sketch secret"),
  hashTarget: createLinkHash("link secret"),
  contentOf,
  toolKinds: {},
};

const { values: options } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const { node, processor, cores, loadAverage } = describeMachine();
say(`Node ${node}, ${processor}, ${cores} cores, load ${loadAverage.toFixed(1)}`);
if (hasRecordings) reportExtraction(agentTraffic());
else say("Not measured: the recordings are not on this machine.");
if (!options.quick) await reportGateway();

function reportExtraction(traffic: readonly AgentTraffic[]): void {
  say("\nMaking the features of a call, in one thread: milliseconds (processor time: mean)");
  for (const { name, calls } of traffic) {
    for (const call of calls.slice(0, WARM_UP_CALLS)) extract(call);
    const before = process.cpuUsage();
    const tookMs = calls.map((call) => {
      const beganAt = performance.now();
      extract(call);
      return performance.now() - beganAt;
    });
    const { user, system } = process.cpuUsage(before);
    const figures = [0.5, 0.9, 0.99].map((p) => `p${100 * p} ${quantile(tookMs, p).toFixed(2)}`);
    const size =
      quantile(
        calls.map(({ request }) => request.length),
        0.5,
      ) / 1024;
    const cpuMs = (user + system) / 1000 / calls.length;
    say(
      `  ${name}: ${calls.length} calls, median ${size.toFixed(0)} KB: ${figures.join("  ")}  (${cpuMs.toFixed(2)})`,
    );
  }
}

function extract({ api, request, answer }: AgentCall): void {
  const event = {
    event_id: randomUUID(),
    started_at: new Date().toISOString(),
    person_id: null,
    client: api === "messages" ? "claude-code" : "openai-sdk",
    api,
    trigger: "unknown" as const,
  };
  extractFeatures(PARTS, { event, request, answer, isAnswerWhole: true });
}

/** The gateway without features stands where other benchmarks have the bare proxy: ratios are to it. */
async function reportGateway(): Promise<void> {
  const workDir = mkdtempSync(join(tmpdir(), "assay-bench-features-"));
  const programs = new Programs();
  try {
    const load = await startLoad(programs);
    const direct = await startUpstream(programs);
    const root = resolve(import.meta.dirname, "../..");
    const common = { root, upstreamPort: direct.port, profileDir: undefined };
    const without = await startAssay(programs, {
      ...common,
      name: "without",
      dataDir: join(workDir, "without"),
      imports: [join(import.meta.dirname, "without-features.ts")],
    });
    const withFeatures = await startAssay(programs, {
      ...common,
      name: "with",
      dataDir: join(workDir, "with"),
    });
    const targets = [direct, without, withFeatures];
    for (const profile of PROFILES.filter(({ name }) => name !== "paced")) {
      const afterRound = (): void => {
        without.countSpool();
        withFeatures.countSpool();
      };
      const run = { targets, profile, rounds: ROUNDS, rateSeconds: RATE_SECONDS, afterRound };
      say(
        `\n${formatProfile(await measureProfile(load, run))
          .join("\n")
          .replace("of bare's", "of without")}`,
      );
    }
    await programs.stop();
    for (const gateway of [without, withFeatures]) {
      const { calls, features } = gateway.countSpool();
      say(
        `\n${gateway.name}: ${calls} calls, ${features} of them with features; the others were dropped under saturation`,
      );
    }
  } finally {
    await programs.stop();
    rmSync(workDir, { recursive: true, force: true });
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
