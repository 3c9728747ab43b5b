// Follows what arrives in ClickHouse while calls are made, and so how far it is behind: the oldest call that is not there yet. A fault
// is recovered from when everything that was answered before its end is there.

import { setTimeout as wait } from "node:timers/promises";
import { AppError } from "../../schemas/app-error.ts";
import type { CallLedger, LedgerCall } from "./call-ledger.ts";
import type { Deployment } from "./deployment.ts";
import { readStoredNumbers } from "./stored-calls.ts";
import type { StruckFault } from "./strike.ts";

const POLL_MS = 1000;
/** What is on its way and meets nothing broken comes within this, on a machine under load too. */
const LAST_COME_MS = 20_000;
/** Between the client's clock reading and the gateway's, on a machine under load. */
const CLOCK_SLACK_MS = 10_000;

export interface Watch {
  /** Calls that ClickHouse owes. */
  outstanding(): LedgerCall[];
  /** Resolves to whether all that ClickHouse owes came in time. Rejects when `signal` is aborted before. */
  untilStored(patience: Patience): Promise<boolean>;
  /** By the name of a fault, the seconds from when nothing was broken any more until all was there; the longest of each. */
  recoverySeconds(): Map<string, number>;
  stop(): Promise<void>;
}

export interface Patience {
  msMax: number;
  /** How many calls will never come, at the most. When no more than these are missing, they are waited for a little longer. */
  lostMax: number;
  signal: AbortSignal;
}

export function startWatch(
  deployment: Deployment,
  ledger: CallLedger,
  faults: readonly StruckFault[],
): Watch {
  const stopping = new AbortController();
  const stored = new Set<number>();
  const recovered = new Map<StruckFault, number>();

  const outstanding = (): LedgerCall[] =>
    ledger.calls.filter(
      ({ number, end, hasReachedProvider }) =>
        !stored.has(number) && (end === "answered" || hasReachedProvider),
    );

  async function look(): Promise<void> {
    const oldest = outstanding()[0];
    const atMs = Date.now();
    if (oldest) {
      const from = new Date(oldest.startedAtMs - CLOCK_SLACK_MS);
      for (const number of await readStoredNumbers(deployment.store, from)) stored.add(number);
    }
    const answered = outstanding().filter((call) => call.end === "answered" && !metFullDisk(call, faults));
    const owedSinceMs = Math.min(...answered.map(({ endedAtMs = atMs }) => endedAtMs));
    for (const fault of faults) {
      if (!recovered.has(fault) && fault.healedMs < owedSinceMs && fault.backMs <= atMs)
        recovered.set(fault, atMs);
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await look();
      } catch (error) {
        // ClickHouse is away, as the plan has it.
        if (!(error instanceof AppError) || !error.retry) throw error;
      }
      await wait(POLL_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = run();
  running.catch(() => undefined);
  return {
    outstanding,
    async untilStored({ msMax, lostMax, signal }) {
      const deadline = Date.now() + msMax;
      let [missing, changedAt] = [Number.POSITIVE_INFINITY, 0];
      for (;;) {
        const now = outstanding().length;
        if (now !== missing) [missing, changedAt] = [now, Date.now()];
        if (missing === 0 || (missing <= lostMax && Date.now() - changedAt > LAST_COME_MS)) return true;
        if (Date.now() > deadline) return false;
        await wait(POLL_MS / 4, undefined, { signal });
      }
    },
    recoverySeconds: () => toLongest(faults, recovered),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Its event may be lost; then its intent comes in its place, but not before the worker that wrote it has ended. */
function metFullDisk(call: LedgerCall, faults: readonly StruckFault[]): boolean {
  return faults.some(
    ({ plan, fromMs, backMs }) =>
      plan.action === "fill" &&
      plan.number === call.gateway &&
      call.startedAtMs <= backMs &&
      (call.endedAtMs ?? Number.POSITIVE_INFINITY) >= fromMs,
  );
}

/** Faults overlap, and nothing recovers before the last of them is over: the time counts from then. */
function toLongest(
  faults: readonly StruckFault[],
  recovered: ReadonlyMap<StruckFault, number>,
): Map<string, number> {
  const longest = new Map<string, number>();
  for (const [{ plan, healedMs }, atMs] of recovered) {
    const ends = faults.map((other) => other.healedMs).filter((endMs) => endMs <= atMs && endMs >= healedMs);
    const seconds = (atMs - Math.max(healedMs, ...ends)) / 1000;
    longest.set(plan.name, Math.max(seconds, longest.get(plan.name) ?? 0));
  }
  return longest;
}
