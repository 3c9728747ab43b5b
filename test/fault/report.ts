// What a campaign found, for people; and where it failed, a folder with all that is needed to find out why.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CampaignResult } from "./campaign.ts";
import { latencyByMinute } from "./latency.ts";

const OUTPUT = join(import.meta.dirname, "..", "output");

/** Whether everything was as promised. */
export function isSound({ verdict, hasSettled }: CampaignResult): boolean {
  return hasSettled && verdict.violations.length === 0;
}

export function formatResult(seed: string, result: CampaignResult): string {
  const { ledger, verdict, recoverySeconds, faults, unrecorded } = result;
  const recoveries = [...recoverySeconds]
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, seconds]) => `  ${name.padEnd(20)} ${seconds.toFixed(1)} s`);
  return [
    `seed ${seed}: ${faults.length} faults`,
    `calls made ${ledger.calls.length}, answered ${ledger.count("answered")}, refused ${ledger.count("refused")}, ` +
      `broken ${ledger.count("broken")}, without an end ${ledger.count("under way")}`,
    `in ClickHouse ${result.stored}, of them interrupted ${verdict.interrupted}`,
    `lost ${verdict.lost}, doubled ${verdict.doubled}, dead letters ${result.deadLetters}`,
    `not written on full disks, and counted: ${unrecorded.intents} intents, ${unrecorded.events} events`,
    `delivered again: ${result.repeatedInKafka} messages of Kafka, at least ${result.repeatedInClickHouse} rows of ClickHouse`,
    `${result.hasSettled ? "settled" : "NOT SETTLED"} after ${result.settleSeconds.toFixed(1)} s`,
    "longest until all was stored, counted from when nothing was broken any more:",
    ...recoveries,
    ...verdict.violations.flatMap(({ rule, count, examples }) => [
      `VIOLATED, ${count} times: ${rule}`,
      ...examples.map((example) => `  ${example}`),
    ]),
    "",
  ].join("\n");
}

/** A line a minute, so that the minutes of a fault can be held against those before and after it. */
export function formatLatency({ ledger, faults }: CampaignResult): string {
  const lines = latencyByMinute(ledger.calls, faults).map(
    ({ minute, calls, p50Ms, p99Ms, broken }) =>
      `  ${String(minute).padStart(3)}  ${String(calls).padStart(6)} calls  p50 ${p50Ms.toFixed(0)} ms  p99 ${p99Ms.toFixed(0)} ms  ${broken.join(", ")}`,
  );
  return ["minute by minute, to the last byte:", ...lines, ""].join("\n");
}

/** Writes the logs of every process, the faults with their times, and every call. Returns the folder. */
export function keepEvidence(seed: string, result: CampaignResult): string {
  const folder = join(OUTPUT, `fault-${seed}`);
  mkdirSync(folder, { recursive: true });
  for (const [name, log] of result.logs) writeFileSync(join(folder, `${name}.jsonl`), log);
  writeFileSync(join(folder, "faults.json"), JSON.stringify(result.faults, undefined, 2));
  writeFileSync(join(folder, "violations.json"), JSON.stringify(result.verdict, undefined, 2));
  const calls = result.ledger.calls.map((call) => JSON.stringify(call));
  writeFileSync(join(folder, "calls.jsonl"), `${calls.join("\n")}\n`);
  return folder;
}
