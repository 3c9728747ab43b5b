// How a batch is delivered when the next stage may be away: again and again, with growing pauses, for as long as it takes. The log
// says when that begins, once a minute that it lasts, and when it is over.

import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import { errorMessage } from "../../schemas/app-error.ts";
import type { PartHealth } from "../../schemas/vitals.ts";

const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 10_000;
const REMINDER_MS = 60_000;

export interface AttemptOptions {
  /** Ends the trying; what is under way is waited for. */
  signal: AbortSignal;
  /** Said with each failure. */
  about: Readonly<Record<string, unknown>>;
}

export interface DeliveryRetries {
  /** Resolves to whether an attempt succeeded, rather than was told to stop. */
  untilDone(attempt: () => Promise<void>, options: AttemptOptions): Promise<boolean>;
  health(): PartHealth;
}

/** @param onRetry called for each try that failed and will be followed by another */
export function createDeliveryRetries(log: Logger, onRetry?: () => void): DeliveryRetries {
  /** Of the last attempt; undefined when it succeeded. */
  let failure: unknown;
  let failures = 0;
  let saidAt = Number.NEGATIVE_INFINITY;

  function succeed(about: AttemptOptions["about"]): void {
    if (failures > 0) log.info({ ...about, failures }, "a batch could be delivered in the end");
    failure = undefined;
    failures = 0;
  }

  function fail(error: unknown, about: AttemptOptions["about"]): void {
    failure = error;
    failures++;
    if (failures > 1 && performance.now() - saidAt < REMINDER_MS) return;
    saidAt = performance.now();
    log.error({ err: error, ...about, failures }, "a batch could not be delivered; trying again");
  }

  return {
    async untilDone(attempt, { signal, about }) {
      for (let delayMs = RETRY_MS_MIN; !signal.aborted; delayMs = Math.min(delayMs * 2, RETRY_MS_MAX)) {
        try {
          await attempt();
          succeed(about);
          return true;
        } catch (error) {
          fail(error, about);
          onRetry?.();
          await pause(delayMs, signal);
        }
      }
      return false;
    },
    health: () =>
      failure === undefined ? { state: "ok" } : { state: "impaired", reason: errorMessage(failure) },
  };
}

/** Resolves early, and does not reject, when the signal is given. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return wait(milliseconds, undefined, { signal }).catch(() => undefined);
}
