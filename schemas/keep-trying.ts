// Tries until it works: for processes that go on while a server they need is away, and wait for it.

import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import { AppError } from "./app-error.ts";

const PAUSE_MS_MIN = 200;
const PAUSE_MS_MAX = 5000;

/**
 * The result of `attempt`, as soon as it succeeds; undefined when `signal` is aborted before.
 * @throws AppError of an attempt, where trying again can't help: a refused password, an edited migration
 */
export async function keepTrying<Result>(
  log: Logger,
  signal: AbortSignal,
  attempt: () => Promise<Result>,
): Promise<Result | undefined> {
  for (let pauseMs = PAUSE_MS_MIN; !signal.aborted; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
    try {
      return await attempt();
    } catch (error) {
      // A server that goes away half-way throws whatever its driver makes of it; only what we foresaw says that it is for good.
      if (error instanceof AppError && !error.retry) throw error;
      log.warn({ err: error, tryAgainInMs: pauseMs }, "what this process needs is away; trying again");
    }
    await wait(pauseMs, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}
