// The spool: how much of it waits for the next stage, for how long the oldest record has been waiting, and how near the limit is.

import { join } from "node:path";
import { spoolFacts, type SpoolFacts } from "../spool/facts.ts";
import { fault, ok, warning, type Deployment, type Finding } from "./finding.ts";

/** The sink looks every 100 ms. Minutes mean that it is behind; a quarter of an hour, that it stands still. */
const WAITING_MS_LOW = 60_000;
const WAITING_MS_MAX = 15 * 60_000;
/** Of the limit. */
const FULL_SHARE_LOW = 0.8;

export async function checkSpool({
  config: { dataDir, spoolBytesMax },
  now,
}: Deployment): Promise<Finding[]> {
  const facts = await spoolFacts(join(dataDir, "spool"));
  const findings = [...judgeWaiting(facts, now()), ...judgeSize(facts, spoolBytesMax)];
  if (findings.length > 0) return findings;
  const writers = facts.livingWriters + facts.deadWriters;
  return [
    ok(writers === 0 ? "Nothing waits in it." : `${writers} gateways write to it, and the sink keeps up.`),
  ];
}

function judgeWaiting({ waitingBytes, oldestAtMs }: SpoolFacts, now: number): Finding[] {
  if (oldestAtMs === undefined || now - oldestAtMs < WAITING_MS_LOW) return [];
  const sentence = `${toMegabytes(waitingBytes)} wait for the sink, the oldest record since ${new Date(oldestAtMs).toISOString()}.`;
  const remedy =
    "Start Assay if it does not run. Else look at its log for what keeps ClickHouse from taking them; nothing is lost meanwhile.";
  return [now - oldestAtMs < WAITING_MS_MAX ? warning(sentence, remedy) : fault(sentence, remedy)];
}

function judgeSize({ bytes }: SpoolFacts, bytesMax: number): Finding[] {
  if (bytes < bytesMax * FULL_SHARE_LOW) return [];
  const sentence = `It takes ${toMegabytes(bytes)} of the ${toMegabytes(bytesMax)} of ASSAY_SPOOL_MAX_MB.`;
  const remedy =
    "See what keeps its records from being taken, or raise the limit. Beyond it calls are not counted, or refused with ASSAY_STRICT=1.";
  return [bytes < bytesMax ? warning(sentence, remedy) : fault(sentence, remedy)];
}

function toMegabytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}
