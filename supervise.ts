// Keeps one child process of `assay start` running.

import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { Logger } from "pino";
import { AppError } from "./schemas/app-error.ts";
import { processMessageSchema, type ProcessMessage } from "./schemas/process-messages.ts";

const RESTART_MS_MIN = 200;
const RESTART_MS_MAX = 5000;
/** A child that lived this long was well; its next pause is the shortest again. */
const WELL_AFTER_MS = 30_000;
/** For a child to drain and end by itself; a gateway allows its calls 8 seconds. */
const STOP_MS_MAX = 9000;

export interface SupervisedProcess {
  /** The first time that it serves. Rejects when it ends before it ever did: trying again would not help. */
  readonly ready: Promise<ProcessMessage>;
  stop(): Promise<void>;
}

/** Starts `assay COMMAND`, and starts it again whenever it ends. */
export function superviseProcess(
  log: Logger,
  command: string,
  environment: NodeJS.ProcessEnv,
): SupervisedProcess {
  const first = Promise.withResolvers<ProcessMessage>();
  let wasReady = false;
  let child: ChildProcess;
  let isStopping = false;
  let pauseMs = RESTART_MS_MIN;
  let restart: NodeJS.Timeout | undefined;

  function launch(): void {
    const launchedAt = performance.now();
    child = fork(join(import.meta.dirname, "main.ts"), [command], {
      env: environment,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    child.on("message", (message) => {
      const parsed = processMessageSchema.safeParse(message);
      if (!parsed.success) return;
      wasReady = true;
      first.resolve(parsed.data);
    });
    child.once("exit", (code, signal) => {
      if (isStopping) return;
      if (!wasReady) {
        first.reject(
          new AppError(
            "unavailable",
            `The ${command} process could not start (${signal ?? `exit ${code}`}). What it wrote above says why.`,
          ),
        );
        return;
      }
      if (performance.now() - launchedAt > WELL_AFTER_MS) pauseMs = RESTART_MS_MIN;
      log.error({ command, code, signal, restartInMs: pauseMs }, "a process ended and is started again");
      restart = setTimeout(launch, pauseMs);
      pauseMs = Math.min(pauseMs * 2, RESTART_MS_MAX);
    });
  }

  launch();
  return {
    ready: first.promise,
    async stop() {
      isStopping = true;
      clearTimeout(restart);
      if (child.exitCode !== null || child.signalCode !== null) return;
      await new Promise<void>((resolve) => {
        const kill = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
        child.once("exit", () => {
          clearTimeout(kill);
          resolve();
        });
        child.kill("SIGTERM");
      });
    },
  };
}
