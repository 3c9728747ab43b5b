// Keeps one child process running, and asks it how it does.
//
// Always holds: the child ends when this process does, because the channel between them ends (main.ts). It is stopped over that channel
// too, because a signal may be meant for the whole group, and children are stopped in an order (process-tree.ts). A child that never came
// to serve is tried again only where that can help; one that served once is started again whenever it ends, with a growing pause.

import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Logger } from "pino";
import { AppError } from "./schemas/app-error.ts";
import type { Metrics } from "./schemas/metrics.ts";
import {
  childMessageSchema,
  type ChildMessage,
  type ParentMessage,
  type ReadyMessage,
} from "./schemas/process-messages.ts";
import { createQuestions } from "./supervise-questions.ts";
import type { PartHealth } from "./schemas/vitals.ts";
import type { ChildReport } from "./schemas/vitals-server.ts";

const RESTART_MS_MIN = 200;
const RESTART_MS_MAX = 5000;
/** A child that lived this long was well; its next pause is the shortest again. */
const WELL_AFTER_MS = 30_000;
/**
 * What keeps a child from its first start may be about to end: a process of an Assay that was killed. It has as long for that
 * (END_MS_MAX of main.ts).
 */
const FIRST_START_MS_MAX = 60_000;
/** For a child to drain and end by itself; a gateway allows its calls 8 seconds. */
export const STOP_MS_MAX = 9000;

/** Who brings records is stopped before who takes them on. */
export const STOP_ORDER = ["gateway-worker", "shipper", "service"] as const;

export interface ChildOptions {
  /** Of `assay`. */
  command: (typeof STOP_ORDER)[number];
  /** Among the processes of this machine. */
  name: string;
  /** Asked at each start. */
  environment: () => NodeJS.ProcessEnv;
  metrics: Metrics;
  isVital: boolean;
}

/** One `assay COMMAND`, started again whenever it ends. */
export class SupervisedProcess {
  readonly options: ChildOptions;
  /** The first time that it serves. Rejects when it ended before it ever did, and trying again would not help. */
  readonly ready: Promise<ReadyMessage>;
  readonly #log: Logger;
  readonly #first = Promise.withResolvers<ReadyMessage>();
  readonly #firstLaunchAt = performance.now();
  readonly #questions = createQuestions();
  #child: ChildProcess;
  #wasReady = false;
  #isServing = false;
  /** What it said at its end. */
  #isWorthRetrying = false;
  #isStopping = false;
  #launchedAt = 0;
  /** How often it ended since it last lived for WELL_AFTER_MS. */
  #ends = 0;
  #pauseMs = RESTART_MS_MIN;
  #restart: NodeJS.Timeout | undefined;

  constructor(log: Logger, options: ChildOptions) {
    this.#log = log;
    this.options = options;
    this.ready = this.#first.promise;
    // Nobody may be waiting for it any more, when the others are being stopped already.
    this.ready.catch(() => undefined);
    this.#child = this.#launch();
  }

  /** What it says of itself; without an answer in time, that there was none. */
  async report(): Promise<ChildReport> {
    const { name, metrics, isVital } = this.options;
    const self = this.#describe();
    if (!this.#isServing) return { process: name, parts: { process: self }, metrics: "", isVital };
    const report = await this.#questions.ask((question) => this.#tell({ type: "report", question }));
    if (report) return { ...report, parts: { process: self, ...report.parts }, isVital };
    metrics.unanswered.inc({ child: name });
    const silent = { state: "failed", reason: "It does not answer." } as const;
    return { process: name, parts: { process: silent }, metrics: "", isVital };
  }

  /** Tells it that it will be stopped in a moment. From here on it is not started again. */
  drain(): void {
    this.#isStopping = true;
    this.#tell({ type: "drain" });
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    this.#tell({ type: "stop" });
    const kill = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
    await ended;
    clearTimeout(kill);
  }

  #launch(): ChildProcess {
    const { command, name, environment } = this.options;
    const args = command === "gateway-worker" ? [command, "--name", name] : [command];
    this.#launchedAt = performance.now();
    this.#isWorthRetrying = false;
    const child = fork(join(import.meta.dirname, "main.ts"), args, {
      env: environment(),
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    child.on("message", (message) => this.#hear(childMessageSchema.safeParse(message).data));
    child.once("exit", (code, signal) => this.#onExit(code, signal));
    return child;
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null): void {
    const { name, metrics } = this.options;
    this.#isServing = false;
    this.#questions.giveUp();
    if (this.#isStopping) return;
    if (!this.#wasReady && signal === null && !this.#mayTryAgain()) {
      const message = `The ${name} process could not start (exit ${code}). What it wrote above says why.`;
      this.#first.reject(new AppError("unavailable", message));
      return;
    }
    if (this.#isWell()) [this.#pauseMs, this.#ends] = [RESTART_MS_MIN, 0];
    this.#ends++;
    metrics.restarts.inc({ child: name });
    const restartInMs = this.#pauseMs;
    this.#log.error({ child: name, code, signal, restartInMs }, "a process ended and is started again");
    this.#restart = setTimeout(() => (this.#child = this.#launch()), restartInMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, RESTART_MS_MAX);
  }

  #hear(message: ChildMessage | undefined): void {
    switch (message?.type) {
      case "ready":
        this.#wasReady = true;
        this.#isServing = true;
        this.#first.resolve(message);
        return;
      case "failed":
        this.#isWorthRetrying = message.retry;
        return;
      case "report":
        this.#questions.answer(message.question, message.report);
        return;
      case undefined:
        return;
      default:
        message satisfies never;
    }
  }

  #mayTryAgain(): boolean {
    return this.#isWorthRetrying && performance.now() - this.#firstLaunchAt < FIRST_START_MS_MAX;
  }

  #tell(message: ParentMessage): void {
    // It may have ended a moment ago; its exit is heard of next.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** One end may happen; a child that ends again and again says so until it has lived for a while. */
  #describe(): PartHealth {
    const ends = this.#ends;
    if (!this.#isServing && ends === 0) return { state: "failed", reason: "It is starting." };
    if (!this.#isServing) return { state: "failed", reason: "It has ended, and is started again.", ends };
    if (ends <= 1 || this.#isWell()) return { state: "ok" };
    return { state: "impaired", reason: "It ended again and again.", ends };
  }

  #isWell(): boolean {
    return performance.now() - this.#launchedAt > WELL_AFTER_MS;
  }
}
