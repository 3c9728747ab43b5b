// Estimates the tokens of a call whose usage nobody reported, because it broke off. Made in a thread of its own that starts
// with the first estimate; bounded in number and time, and given up rather than waited for.

import { Worker } from "node:worker_threads";
import type { Logger } from "pino";
import type { TokenCounts } from "../providers/provider.ts";

const WAITING_MAX = 64;
const ESTIMATE_MS_MAX = 5000;

export interface EstimateQuestion {
  id: number;
  model: string;
  /** The request's body; undefined where it was not kept. */
  request: Uint8Array | undefined;
  /** The decoded answer, as far as it came. */
  answer: Uint8Array;
}

export interface EstimateAnswer {
  id: number;
  input_tokens: number | null;
  output_tokens: number;
}

export interface Estimator {
  /** Undefined where no estimate could be had in time. Never rejects. */
  estimate(question: Omit<EstimateQuestion, "id">): Promise<TokenCounts | undefined>;
  close(): Promise<void>;
}

export function createEstimator(log: Logger): Estimator {
  const waiting = new Map<number, (answer: TokenCounts | undefined) => void>();
  let worker: Worker | undefined;
  let lastId = 0;

  function start(): Worker {
    const started = new Worker(new URL("worker.ts", import.meta.url));
    started.unref();
    started.on("message", ({ id, ...tokens }: EstimateAnswer) => waiting.get(id)?.(tokens));
    started.on("error", (error) => {
      log.error({ err: error }, "the estimating thread failed");
      worker = undefined;
      for (const give of waiting.values()) give(undefined);
    });
    return started;
  }

  return {
    estimate(question) {
      if (waiting.size >= WAITING_MAX) return Promise.resolve(undefined);
      worker ??= start();
      lastId++;
      const id = lastId;
      return new Promise((resolve) => {
        const giveUp = setTimeout(() => waiting.get(id)?.(undefined), ESTIMATE_MS_MAX);
        waiting.set(id, (tokens) => {
          clearTimeout(giveUp);
          waiting.delete(id);
          resolve(tokens);
        });
        worker?.postMessage({ id, ...question });
      });
    },
    async close() {
      await worker?.terminate();
    },
  };
}
