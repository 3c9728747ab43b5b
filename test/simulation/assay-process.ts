// Assay as a child process of the demo: the real `assay start`, in a data directory of its own. Commands are handed to it
// as from another terminal.
//
// Always holds: nothing of the caller's settings reaches it, neither environment nor configuration file, so that a demo can
// never write to the stores of a real deployment. It ends when this process does, however that ends.

import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { z } from "zod";
import { runInService } from "../../control.ts";
import { AppError } from "../../schemas/app-error.ts";
import { EXIT } from "../../schemas/command.ts";
import { settingsSchema } from "../../schemas/settings.ts";

const MAIN = join(import.meta.dirname, "../../main.ts");
/** Beyond this it is killed; its own children end when it does. */
const STOP_MS_MAX = 8500;
const LOG_CHARS_SHOWN = 2000;

export interface AssayProcess {
  gatewayUrl: string;
  dashboardUrl: string;
  /** Resolves when it ends by itself. */
  ended: Promise<void>;
  /**
   * Runs a command in it with `--json`, and gives what it printed.
   * @throws AppError with what it said, when it failed
   */
  run(argv: readonly string[], input?: Iterable<string>): Promise<unknown>;
  stop(): Promise<void>;
}

export interface AssayProcessOptions {
  dataDir: string;
  /** Where its log goes. */
  logFile: string;
  settings: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

/** Starts it, and resolves when it serves. */
export async function startAssayProcess(options: AssayProcessOptions): Promise<AssayProcess> {
  const { dataDir, logFile, settings, signal } = options;
  const log = openSync(logFile, "a", 0o600);
  const child = fork(MAIN, ["start"], {
    cwd: dataDir,
    env: { ...withoutSettings(process.env), ...settings, ASSAY_DATA: dataDir },
    stdio: ["ignore", "pipe", log, "ipc"],
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    // What `start` prints first says that everything serves.
    const isServing = await Promise.race([
      once(child.stdout ?? child, "data", { signal }).then(() => true),
      ended.then(() => false),
    ]);
    if (!isServing) throw new AppError("unavailable", `Assay did not start. It says:\n${tailOf(logFile)}`);
  } catch (error) {
    await stop(child, ended);
    throw error;
  }
  child.stdout?.resume();
  const ports = portsSchema.parse(JSON.parse(readFileSync(join(dataDir, "ports.json"), "utf8")));
  return {
    gatewayUrl: `http://127.0.0.1:${ports.gateway}`,
    dashboardUrl: `http://127.0.0.1:${ports.dashboard}`,
    ended,
    run: (argv, input = []) => runCommand(dataDir, argv, { input, signal }),
    stop: () => stop(child, ended),
  };
}

const portsSchema = z.object({ gateway: z.int(), dashboard: z.int() });

async function runCommand(
  dataDir: string,
  argv: readonly string[],
  { input, signal }: { input: Iterable<string>; signal: AbortSignal },
): Promise<unknown> {
  let printed = "";
  let said = "";
  const exitCode = await runInService(dataDir, [...argv, "--json"], {
    stdin: Readable.from(input),
    stdout: collect((text) => (printed += text)),
    stderr: collect((text) => (said = (said + text).slice(-LOG_CHARS_SHOWN))),
    cwd: dataDir,
    now: () => new Date(),
    signal,
  });
  if (exitCode !== EXIT.done)
    throw new AppError("internal", `\`assay ${argv.join(" ")}\` failed. It says:\n${said}`);
  return JSON.parse(printed);
}

function collect(take: (text: string) => void): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      take(chunk.toString("utf8"));
      done();
    },
  });
}

function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(
    ([name]) => name === "ASSAY_PG_BIN" || !(name.startsWith("ASSAY_") || name in settingsSchema.shape),
  );
  return Object.fromEntries(kept);
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  const kill = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
  // As if this process were gone: nobody spreads calls over a demo who had to be told before (process-tree.ts, UNREADY_MS).
  if (child.connected) child.disconnect();
  else child.kill("SIGTERM");
  await ended;
  clearTimeout(kill);
}

function tailOf(logFile: string): string {
  return readFileSync(logFile, "utf8").slice(-LOG_CHARS_SHOWN);
}
