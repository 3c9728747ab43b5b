// The fault campaign in short: some of everything that can break, within seconds of each other, and nothing is lost, doubled or made
// up. `npm run fault` does the same for minutes, with three brokers and every kind of fault.

import { expect, it } from "vitest";
import { runCampaign } from "../fault/campaign.ts";
import { planFaults, type FaultKind } from "../fault/fault-plan.ts";
import { formatResult } from "../fault/report.ts";
import { needsOwnServers } from "../fault/servers.ts";
import { createRandom } from "../simulation/random.ts";

const PATIENCE_MS = 600_000;
/** Beyond it a machine under load is given up on; an idle one needs a few seconds. */
const SETTLE_MS_MAX = 240_000;
const DURATION_MS = 12_000;
/** Always the same here; `npm run fault` draws others. */
const SEED = "1";

/** Each strikes once. */
const KINDS: readonly FaultKind[] = [
  { action: "kill", subject: "worker", secondsMin: 0.5, secondsMax: 1 },
  { action: "kill", subject: "shipper", secondsMin: 0.5, secondsMax: 1 },
  { action: "kill", subject: "sink", secondsMin: 0.5, secondsMax: 1 },
  { action: "kill", subject: "broker", secondsMin: 0.5, secondsMax: 1 },
  { action: "pause", subject: "Postgres", secondsMin: 1, secondsMax: 2 },
  { action: "cut", subject: "ClickHouse", secondsMin: 1, secondsMax: 2 },
  { action: "swallow", subject: "Kafka", secondsMin: 0, secondsMax: 0 },
];

it(
  "calls are counted once through kills, lost answers and broken networks",
  { ...needsOwnServers, timeout: PATIENCE_MS },
  async () => {
    const result = await runCampaign({
      deployment: { brokers: 1, gateways: 1, workersPerGateway: 2, sinks: 2, isStrict: true },
      plan: (counts) =>
        planFaults(createRandom(SEED), {
          kinds: KINDS,
          counts,
          durationMs: DURATION_MS,
          calmMs: 500,
          gapMs: [1000, 1500],
        }),
      durationMs: DURATION_MS,
      callsPerSecond: 20,
      settleMsMax: SETTLE_MS_MAX,
      tell: () => undefined,
      progress: () => undefined,
      signal: new AbortController().signal,
    });
    const told = formatResult(SEED, result);
    expect(result.hasSettled, told).toBe(true);
    expect(result.verdict.violations, told).toEqual([]);
    expect(result.ledger.count("answered"), told).toBeGreaterThan(0);
    expect(result.faults.length, told).toBeGreaterThan(KINDS.length / 2);
  },
);
