// The programs of the benchmark, each in a process of its own and, where the system has `taskset` and two cores, each on its
// core: load and upstream on the first, the proxies on the second. A child that loses its parent ends.

import { fork, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Server } from "node:net";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

export const CORE = { load: 0, proxy: 1 } as const;
const STOP_MS_MAX = 9000;
/** To start, or for a round of load; the slowest peer takes most of a minute. */
const WAIT_MS_MAX = 120_000;

/** Whether processes can be kept on their cores here. */
export const isPinning =
  availableParallelism() >= 2 && spawnSync("taskset", ["-c", "1", "true"]).status === 0;

export interface Program {
  child: ChildProcess;
  pid: number;
}

interface ProgramOptions {
  core: number;
  args?: readonly string[];
  /** For Node itself. */
  nodeArgs?: readonly string[];
  env?: Readonly<Record<string, string>>;
  cwd?: string;
}

/** Everything that a run has started, so that all of it is stopped, whatever happens. */
export class Programs {
  readonly #started: ChildProcess[] = [];

  /** Starts a program of Node's. Its standard error is a pipe. */
  start(file: string, options: ProgramOptions): Program {
    const { core, args = [], nodeArgs = [], env = {}, cwd = import.meta.dirname } = options;
    const child = fork(file, [...args], {
      cwd,
      env: { PATH: process.env["PATH"] ?? "", ...env },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      ...(isPinning
        ? { execPath: "taskset", execArgv: ["-c", String(core), process.execPath, ...nodeArgs] }
        : { execArgv: [...nodeArgs] }),
    });
    return this.#keep(child);
  }

  /** Starts any other program. */
  startCommand(
    command: readonly string[],
    { core, env = {} }: Pick<ProgramOptions, "core" | "env">,
  ): Program {
    const [file = "", ...args] = isPinning ? ["taskset", "-c", String(core), ...command] : command;
    const child = spawn(file, args, {
      env: { PATH: process.env["PATH"] ?? "", ...env },
      stdio: ["ignore", "ignore", "inherit"],
    });
    return this.#keep(child);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#started.map(stop));
  }

  #keep(child: ChildProcess): Program {
    if (child.pid === undefined) throw new Error(`${child.spawnfile} could not be started.`);
    this.#started.push(child);
    return { child, pid: child.pid };
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
  child.kill("SIGTERM");
  await exited;
  clearTimeout(timer);
}

/** In a child: listens on a free port of the loopback address, and tells the parent. */
export async function listenForParent(server: Server): Promise<void> {
  process.once("disconnect", () => process.exit());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  process.send?.(typeof address === "object" && address !== null ? address.port : 0);
}

/** In the parent: the port of a program that tells it. */
export async function portOf({ child }: Program): Promise<number> {
  child.stderr?.pipe(process.stderr);
  const [port]: unknown[] = await whileAlive(child, (signal) => once(child, "message", { signal }));
  if (typeof port !== "number") throw new Error(`${child.spawnargs.join(" ")} told no port.`);
  return port;
}

/**
 * Waits for something of a child; `wait` gets a signal that says when nobody waits any more.
 * @throws Error when the child ends before, or nothing comes for WAIT_MS_MAX
 */
export async function whileAlive<T>(
  child: ChildProcess,
  wait: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const { signal } = over;
  const exit = async (): Promise<never> => {
    const [code, killedBy]: unknown[] = await once(child, "exit", { signal });
    throw new Error(`${child.spawnargs.join(" ")} ended (${String(killedBy ?? code)}).`);
  };
  const silence = async (): Promise<never> => {
    await sleep(WAIT_MS_MAX, undefined, { signal });
    throw new Error(`${child.spawnargs.join(" ")} has been silent for ${WAIT_MS_MAX / 1000} seconds.`);
  };
  try {
    return await Promise.race([wait(signal), exit(), silence()]);
  } finally {
    over.abort();
  }
}
