// How the two ends of the spool do, for readiness and metrics.

import type { PartHealth, Vitals } from "../../schemas/vitals.ts";
import { spoolFacts } from "./facts.ts";
import type { SpoolState } from "./writer.ts";

/** Whether a gateway can record calls. One that must record them and can't is no gateway. */
export function describeWriter(
  { failingSince, lostRecords, syncLateMs }: SpoolState,
  { isStrict }: { isStrict: boolean },
): PartHealth {
  const lost = { lost_records: lostRecords };
  if (failingSince !== undefined) {
    const since = new Date(failingSince).toISOString();
    const reason = isStrict
      ? `The spool can't be written since ${since}: calls are refused.`
      : `The spool can't be written since ${since}: calls go on, and are not counted.`;
    return { state: isStrict ? "failed" : "impaired", reason, ...lost };
  }
  if (syncLateMs > 0) {
    const seconds = Math.round(syncLateMs / 1000);
    const reason = `The disk has not kept what was written for ${seconds} s; a power cut would lose it.`;
    return { state: "impaired", reason, ...lost };
  }
  return { state: "ok", ...lost };
}

export interface WatchSpoolOptions {
  spoolDir: string;
  now: () => number;
}

/** For the process that reads the spool: the size of it, and for how long its oldest record has waited. */
export function watchSpool(vitals: Vitals, { spoolDir, now }: WatchSpoolOptions): void {
  vitals.watch("spool", async () => {
    const { bytes, waitingBytes, oldestAtMs, livingWriters, deadWriters } = await spoolFacts(spoolDir);
    const oldestSeconds = oldestAtMs === undefined ? 0 : Math.max(0, (now() - oldestAtMs) / 1000);
    vitals.metrics.spoolBytes.set(bytes);
    vitals.metrics.spoolOldestSeconds.set(oldestSeconds);
    return {
      state: "ok",
      bytes,
      waiting_bytes: waitingBytes,
      oldest_seconds: Math.round(oldestSeconds),
      living_writers: livingWriters,
      dead_writers: deadWriters,
    };
  });
}
