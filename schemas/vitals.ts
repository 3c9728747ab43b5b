// What a process says of itself: its metrics, and how each of its parts does. Processes that serve a port of their own answer
// with it at /metrics and /readyz (vitals-server.ts); children of `assay start` and `assay gateway` tell their parent
// (process-messages.ts), which answers for all of them.
//
// Always holds: a check takes a limited time; one that fails or takes too long is an answer, and no error.

import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { errorMessage } from "./app-error.ts";
import { createMetrics, type Metrics } from "./metrics.ts";

const CHECK_MS_MAX = 2000;

/** `impaired`: the process does its work, but something is not as it should be. `failed`: it can't do its work. */
const partSchema = z
  .object({ state: z.enum(["ok", "impaired", "failed"]), reason: z.string().optional() })
  .catchall(z.union([z.string(), z.number(), z.boolean(), z.null()]));
export type PartHealth = z.infer<typeof partSchema>;

export const reportSchema = z.object({
  /** The process's name among those of its machine: `gateway-1`, `sink`. */
  process: z.string(),
  parts: z.record(z.string(), partSchema),
  /** In Prometheus' text format. */
  metrics: z.string(),
});
export type Report = z.infer<typeof reportSchema>;

export type PartCheck = () => PartHealth | Promise<PartHealth>;

export interface Vitals {
  name: string;
  metrics: Metrics;
  /** Names a part of this process, and how to see how it does. Asked at every scrape, so it must be cheap. */
  watch(part: string, check: PartCheck): void;
  /** From now on the process is not ready, because it is ending. */
  drain(): void;
  readonly isDraining: boolean;
  read(): Promise<Report>;
}

export function createVitals(name: string): Vitals {
  const metrics = createMetrics(name);
  const checks = new Map<string, PartCheck>();
  let isDraining = false;
  return {
    name,
    metrics,
    watch: (part, check) => void checks.set(part, check),
    drain() {
      isDraining = true;
      checks.set("shutdown", () => ({ state: "failed", reason: "It is about to end." }));
    },
    get isDraining() {
      return isDraining;
    },
    async read() {
      const asked = [...checks].map(async ([part, check]) => [part, await runCheck(check)] as const);
      const parts = await Promise.all(asked);
      for (const [part, { state }] of parts) metrics.partOk.set({ part }, state === "ok" ? 1 : 0);
      return { process: name, parts: Object.fromEntries(parts), metrics: await metrics.registry.metrics() };
    },
  };
}

/** A check of something that answers or does not: a server. */
export function checkReachable(ask: () => Promise<unknown>): PartCheck {
  return async () => {
    await ask();
    return { state: "ok" };
  };
}

export type ProcessStatus = "ready" | "degraded" | "not ready";

/** What the parts of a process come to. */
export function statusOf({ parts }: Pick<Report, "parts">): ProcessStatus {
  const states = new Set(Object.values(parts).map(({ state }) => state));
  if (states.has("failed")) return "not ready";
  return states.has("impaired") ? "degraded" : "ready";
}

async function runCheck(check: PartCheck): Promise<PartHealth> {
  const done = new AbortController();
  const tooLong = wait(CHECK_MS_MAX, undefined, { signal: done.signal }).then(
    () => ({ state: "failed", reason: `No answer within ${CHECK_MS_MAX / 1000} s.` }) as const,
  );
  tooLong.catch(() => undefined);
  try {
    return await Promise.race([check(), tooLong]);
  } catch (error) {
    return { state: "failed", reason: errorMessage(error) };
  } finally {
    done.abort();
  }
}
