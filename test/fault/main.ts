// `npm run fault -- --minutes N --seed N`: breaks a distributed deployment under load, as the seed says, and then holds ClickHouse against
// what clients and provider saw. Exits 1 when anything was lost, doubled or made up, and keeps the logs then.
//
//   --scenario NAME                campaign, backpressure (ClickHouse away for N minutes) or full-disk (scenarios.ts)
//   --rate N                       calls a second
//   --plant commit-before-insert   puts a sink in place that forgets what it has not stored yet: the campaign must fail
//
// Everything that was started ends with this program, also by Ctrl-C.

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runCampaign } from "./campaign.ts";
import { formatLatency, formatResult, isSound, keepEvidence } from "./report.ts";
import { SCENARIOS } from "./scenarios.ts";

const SETTLE_MS_MAX = 180_000;
/** What a planted defect has lost does not come in three minutes either. */
const PLANTED_SETTLE_MS_MAX = 60_000;
const PLANTS: Readonly<Record<string, string>> = {
  "commit-before-insert": "../services/commit-before-insert-process.ts",
};

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "2" },
    seed: { type: "string", default: String(Date.now()) },
    scenario: { type: "string", default: "campaign" },
    rate: { type: "string", default: "30" },
    plant: { type: "string" },
  },
});
process.exitCode = await main();

async function main(): Promise<number> {
  const [minutes, callsPerSecond] = [Number(values.minutes), Number(values.rate)];
  const scenario = SCENARIOS[values.scenario]?.(values.seed, minutes);
  const plant = values.plant === undefined ? undefined : PLANTS[values.plant];
  if (!(minutes > 0) || !(callsPerSecond > 0)) return refuse("--minutes and --rate must be above 0.");
  if (!scenario) return refuse(`--scenario must be one of: ${Object.keys(SCENARIOS).join(", ")}.`);
  if (values.plant !== undefined && plant === undefined)
    return refuse(`--plant must be one of: ${Object.keys(PLANTS).join(", ")}.`);
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  process.once("SIGTERM", () => stop.abort());
  const beganAt = performance.now();
  const at = (): string => `${((performance.now() - beganAt) / 1000).toFixed(1).padStart(7)} s`;
  console.log(
    `${values.scenario}, seed ${values.seed}, ${minutes} minutes, ${callsPerSecond} calls a second`,
  );
  try {
    const result = await runCampaign({
      ...scenario,
      deployment: {
        ...scenario.deployment,
        ...(plant !== undefined && { sinkProgram: fileURLToPath(new URL(plant, import.meta.url)) }),
      },
      callsPerSecond,
      settleMsMax: plant === undefined ? SETTLE_MS_MAX : PLANTED_SETTLE_MS_MAX,
      tell: (line) => console.log(`${at()}  ${line}`),
      progress: showProgress,
      signal: stop.signal,
    });
    if (values.scenario === "backpressure") console.log(`\n${formatLatency(result)}`);
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

function refuse(sentence: string): number {
  console.error(sentence);
  return 2;
}

/** On a terminal alone; a line that the next one replaces. */
function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${line}`);
}
