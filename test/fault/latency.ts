// How long calls took, minute by minute, and what was broken meanwhile.

import { quantile } from "simple-statistics";
import type { LedgerCall } from "./call-ledger.ts";
import type { StruckFault } from "./strike.ts";

const MINUTE_MS = 60_000;

export interface MinuteLatency {
  /** From the first call's beginning. */
  minute: number;
  calls: number;
  /** To the last byte, of calls that were answered. */
  p50Ms: number;
  p99Ms: number;
  /** Names of the faults that lasted in it. */
  broken: readonly string[];
}

export function latencyByMinute(
  calls: readonly LedgerCall[],
  faults: readonly StruckFault[],
): MinuteLatency[] {
  const beganAtMs = calls[0]?.startedAtMs ?? 0;
  const minutes = Map.groupBy(calls, ({ startedAtMs }) => Math.floor((startedAtMs - beganAtMs) / MINUTE_MS));
  return [...minutes].map(([minute, begun]) => {
    const fromMs = beganAtMs + minute * MINUTE_MS;
    const tookMs = begun.flatMap(({ end, startedAtMs, endedAtMs = 0 }) =>
      end === "answered" ? [endedAtMs - startedAtMs] : [],
    );
    const lasting = faults.filter((fault) => fault.fromMs < fromMs + MINUTE_MS && fault.healedMs > fromMs);
    return {
      minute: minute + 1,
      calls: begun.length,
      p50Ms: tookMs.length === 0 ? Number.NaN : quantile(tookMs, 0.5),
      p99Ms: tookMs.length === 0 ? Number.NaN : quantile(tookMs, 0.99),
      broken: lasting.map(({ plan }) => plan.name),
    };
  });
}
