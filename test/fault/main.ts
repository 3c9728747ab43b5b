// `npm run fault -- --minutes N --seed N`: breaks a distributed deployment under load, as the seed says, and then holds ClickHouse against
// what clients and provider saw. Exits 1 when anything was lost, doubled or made up, and keeps the logs then.
//
//   --plant commit-before-insert   puts a sink in place that forgets what it has not stored yet: the campaign must fail
//   --rate N                       calls a second
//
// Everything that was started ends with this program, also by Ctrl-C.

import { parseArgs } from "node:util";
import { runCampaign } from "./campaign.ts";
import { FAULT_KINDS } from "./fault-plan.ts";
import { formatResult, isSound, keepEvidence } from "./report.ts";

const SETTLE_MS_MAX = 180_000;
const CALM_MS = 5000;
const GAP_MS = [2000, 8000] as const;
const PLANTS: Readonly<Record<string, string>> = {
  "commit-before-insert": "../services/commit-before-insert-process.ts",
};

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "2" },
    seed: { type: "string", default: String(Date.now()) },
    rate: { type: "string", default: "30" },
    plant: { type: "string" },
  },
});
process.exitCode = await main();

async function main(): Promise<number> {
  const [minutes, callsPerSecond] = [Number(values.minutes), Number(values.rate)];
  const plant = values.plant === undefined ? undefined : PLANTS[values.plant];
  if (!(minutes > 0) || !(callsPerSecond > 0) || (values.plant !== undefined && plant === undefined)) {
    console.error(
      `--minutes and --rate must be above 0, and --plant one of: ${Object.keys(PLANTS).join(", ")}.`,
    );
    return 2;
  }
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  process.once("SIGTERM", () => stop.abort());
  const beganAt = performance.now();
  const at = (): string => `${((performance.now() - beganAt) / 1000).toFixed(1).padStart(7)} s`;
  console.log(`seed ${values.seed}, ${minutes} minutes, ${callsPerSecond} calls a second`);
  try {
    const result = await runCampaign({
      seed: values.seed,
      deployment: {
        brokers: 3,
        gateways: 2,
        workersPerGateway: 2,
        sinks: 2,
        isStrict: true,
        ...(plant !== undefined && { sinkProgram: new URL(plant, import.meta.url).pathname }),
      },
      kinds: FAULT_KINDS,
      durationMs: minutes * 60_000,
      calmMs: CALM_MS,
      gapMs: GAP_MS,
      callsPerSecond,
      settleMsMax: SETTLE_MS_MAX,
      tell: (line) => console.log(`${at()}  ${line}`),
      progress: showProgress,
      signal: stop.signal,
    });
    console.log(`\n${formatResult(values.seed, result)}`);
    if (isSound(result)) return 0;
    console.error(`What happened is in ${keepEvidence(values.seed, result)}`);
    return 1;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    console.error("Ended early; nothing was judged.");
    return 130;
  }
}

/** On a terminal alone; a line that the next one replaces. */
function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${line}`);
}
