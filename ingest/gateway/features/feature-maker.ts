// Has the features of calls made in a thread of its own. Calls wait in a queue of bounded length and size; what does not fit, takes too
// long or breaks the thread is dropped and counted, and the call itself knows nothing of it.
//
// One thread, one job at a time: it keeps up with hundreds of calls a second, which is more than agents make of one process; it gives
// way to calls where both want the processor; and what is lost with it is one job. Gateways scale by processes.

import { Worker } from "node:worker_threads";
import type { Logger } from "pino";
import type { CallFeatures } from "../../../schemas/call-features.ts";
import type { Metrics } from "../../../schemas/metrics.ts";
import type { TokenEvent } from "../../../schemas/token-event.ts";
import { contentReaderOf } from "../content/all-interfaces.ts";
import { toFeatureJob, type FeatureJob, type KeptAnswer } from "./feature-job.ts";
import type { FeatureReply, FeatureSecrets } from "./worker.ts";

export const QUEUE_JOBS_MAX = 512;
export const QUEUE_BYTES_MAX = 64 * 1024 * 1024;
/** Takes some 300 ms. A larger request is nearly all images, files, or something that no client sends. */
export const JOB_BYTES_MAX = 16 * 1024 * 1024;
const JOB_MS_MAX = 5000;
/** After a thread has broken down, so that requests made to break it cost no more than one start a second. */
const REST_MS = 1000;
/** A gateway has a second left when its calls have ended or were broken off. */
const CLOSE_MS_MAX = 500;
const HEAP_MB_MAX = 512;

/** Why a call has no features: the words of the metric. */
export type DropReason = "queue_full" | "too_large" | "failed" | "timed_out" | "crashed" | "closing";

export interface FeatureMaker {
  /**
   * Takes a call that is on record. Returns at once; the call's texts are let go when its features are made.
   * @param request without its content encoding; undefined where it was not kept
   * @param answer undefined where there was none
   */
  take(event: TokenEvent, request: Buffer | undefined, answer: KeptAnswer | undefined): void;
  /** Takes no more, lets what waits end for up to CLOSE_MS_MAX, and drops the rest: all, where the thread has not yet begun. */
  close(): Promise<void>;
}

export interface FeatureMakerOptions {
  secrets: FeatureSecrets;
  metrics: Pick<Metrics, "droppedFeatures">;
  write: (features: CallFeatures) => void;
  /** The thread's program. */
  program?: URL;
  jobMsMax?: number;
  closeMsMax?: number;
}

export function createFeatureMaker(log: Logger, options: FeatureMakerOptions): FeatureMaker {
  return new ThreadedFeatureMaker(log, options);
}

class ThreadedFeatureMaker implements FeatureMaker {
  readonly #log: Logger;
  readonly #options: FeatureMakerOptions;
  readonly #queue: FeatureJob[] = [];
  #queuedBytes = 0;
  #worker: Worker | undefined;
  /** A thread takes its time to begin, which is not its first job's. */
  #isReady = false;
  #underWay: { timer: NodeJS.Timeout } | undefined;
  #restTimer: NodeJS.Timeout | undefined;
  /** Set from the call of `close` on: to be called when nothing waits any more. */
  #whenEmpty: (() => void) | undefined;

  constructor(log: Logger, options: FeatureMakerOptions) {
    this.#log = log;
    this.#options = options;
  }

  take(event: TokenEvent, request: Buffer | undefined, answer: KeptAnswer | undefined): void {
    if (!contentReaderOf(event.api)) return;
    if (this.#whenEmpty) this.#drop("closing");
    else if (this.#queue.length === QUEUE_JOBS_MAX) this.#drop("queue_full");
    else this.#enqueue(toFeatureJob(event, request, answer));
  }

  #enqueue(job: FeatureJob): void {
    const bytes = sizeOf(job);
    if (bytes > JOB_BYTES_MAX) this.#drop("too_large");
    else if (this.#queuedBytes + bytes > QUEUE_BYTES_MAX) this.#drop("queue_full");
    else {
      this.#queuedBytes += bytes;
      // Not in this turn of the event loop: other calls may be about to get their last bytes in it.
      if (this.#queue.push(job) === 1) setImmediate(() => this.#next());
    }
  }

  async close(): Promise<void> {
    const empty = Promise.withResolvers<void>();
    this.#whenEmpty = empty.resolve;
    const timer = setTimeout(empty.resolve, this.#options.closeMsMax ?? CLOSE_MS_MAX);
    if (this.#isReady) this.#next();
    else empty.resolve();
    await empty.promise;
    clearTimeout(timer);
    clearTimeout(this.#restTimer);
    if (this.#underWay) this.#end("closing");
    for (const _ of this.#queue.splice(0)) this.#drop("closing");
    await this.#stopWorker();
  }

  /** Gives the thread its next job, where it has none. */
  #next(): void {
    if (this.#underWay || this.#restTimer) return;
    if (this.#queue.length === 0) this.#whenEmpty?.();
    else this.#worker ??= this.#startWorker();
    const job = this.#worker && this.#isReady ? this.#queue.shift() : undefined;
    if (!job) return;
    this.#queuedBytes -= sizeOf(job);
    const timer = setTimeout(() => this.#breakDown("timed_out"), this.#options.jobMsMax ?? JOB_MS_MAX);
    this.#underWay = { timer };
    // Copies: the provider's connection may still hold the request, and what is handed over must belong to nobody else.
    const request = job.request && new Uint8Array(job.request);
    const answer = job.answer && new Uint8Array(job.answer);
    const owned = [request, answer].flatMap((bytes) => (bytes ? [bytes.buffer] : []));
    this.#worker?.postMessage({ ...job, request, answer }, owned);
  }

  #startWorker(): Worker {
    const { secrets, program = new URL("worker.ts", import.meta.url) } = this.#options;
    const worker = new Worker(program, {
      workerData: secrets,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
    });
    worker.unref();
    worker.on("message", (reply: FeatureReply) => {
      if (worker === this.#worker) this.#take(reply);
    });
    // Of an error only its name: its message may quote what was read.
    worker.on("error", (error) => {
      const name = error instanceof Error ? error.name : typeof error;
      if (worker === this.#worker) this.#breakDown("crashed", name);
    });
    worker.on("exit", () => {
      if (worker === this.#worker) this.#breakDown("crashed", "exit");
    });
    return worker;
  }

  #take(reply: FeatureReply): void {
    if ("isReady" in reply) {
      this.#isReady = true;
    } else if ("errorName" in reply) {
      this.#log.error({ error: reply.errorName }, "the features of a call could not be made");
      this.#end("failed");
    } else {
      this.#end(undefined);
      if (reply.features) this.#options.write(reply.features);
    }
    this.#next();
  }

  /** The thread is of no more use, and its job is lost. */
  #breakDown(reason: DropReason, error?: string): void {
    this.#log.error({ reason, error }, "the thread that makes features is started again");
    void this.#stopWorker();
    if (this.#underWay) this.#end(reason);
    this.#restTimer = setTimeout(() => {
      this.#restTimer = undefined;
      this.#next();
    }, REST_MS);
  }

  async #stopWorker(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#isReady = false;
    await worker?.terminate();
  }

  #end(dropped: DropReason | undefined): void {
    clearTimeout(this.#underWay?.timer);
    this.#underWay = undefined;
    if (dropped) this.#drop(dropped);
  }

  #drop(reason: DropReason): void {
    this.#options.metrics.droppedFeatures.inc({ reason });
  }
}

function sizeOf({ request, answer }: FeatureJob): number {
  return (request?.length ?? 0) + (answer?.length ?? 0);
}
