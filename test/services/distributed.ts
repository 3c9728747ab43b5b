// A distributed deployment for tests: the real commands as processes of their own (gateways, sinks, analytics, a dashboard), each with
// its own data directory and free ports, on the Kafka, Postgres and ClickHouse that are given. Each can be killed, held up and
// started again; what it logs is in a file.
//
// Always holds: the processes end when the test's process does, also by SIGKILL, because the channel to it ends.

import { fork, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { childMessageSchema, type ReadyMessage } from "../../schemas/process-messages.ts";
import { runAssay, type CommandResult } from "./assay.ts";
import { descendantsOf, type ProcessEntry } from "./process-tree.ts";

const MAIN = join(import.meta.dirname, "../../main.ts");
const LOG_CHARS_SHOWN = 4000;

export interface DistributedOptions {
  databaseUrl: string;
  clickhouseUrl: string;
  /** host:port */
  kafkaBrokers: readonly string[];
  /** Where the known providers are. */
  upstreamUrl: string;
  gateways?: number;
  workersPerGateway?: number;
  sinks?: number;
  /** Another program in place of `assay sink`: one with a defect, for tests of tests. */
  sinkProgram?: string;
  /** Of all processes. */
  settings?: Readonly<Record<string, string>>;
}

export interface Distributed {
  gateways: readonly DistributedProcess[];
  sinks: readonly DistributedProcess[];
  analyze: DistributedProcess;
  dashboard: DistributedProcess;
  /** Runs a command on the same servers, as an operator would. */
  run(...argv: string[]): Promise<CommandResult>;
  /** Stops all of them, and removes their folders. */
  stop(): Promise<void>;
}

/** Starts all of them, one kind after the other, and resolves when each says that it is ready. */
export async function startDistributed(options: DistributedOptions): Promise<Distributed> {
  const root = mkdtempSync(join(tmpdir(), "assay-distributed-"));
  const settings = settingsOf(options);
  const started: DistributedProcess[] = [];

  async function start(
    name: string,
    argv: readonly string[],
    more = {},
    program = MAIN,
  ): Promise<DistributedProcess> {
    const child = new DistributedProcess(name, argv, {
      dataDir: join(root, name),
      settings: { ...settings, ...more },
      program,
    });
    started.push(child);
    await child.start();
    return child;
  }

  const startMany = (kind: string, count: number, more = {}, program = MAIN): Promise<DistributedProcess[]> =>
    Promise.all(
      Array.from({ length: count }, (_, index) => start(`${kind}-${index + 1}`, [kind], more, program)),
    );
  async function stop(): Promise<void> {
    await Promise.all(started.map((child) => child.stop()));
    rmSync(root, { recursive: true, force: true });
  }
  const run = (...argv: string[]): Promise<CommandResult> => {
    const dashboard = started.find(({ name }) => name === "dashboard");
    return runAssay(argv, {
      ...settings,
      ASSAY_DATA: join(root, "operator"),
      ASSAY_DASHBOARD_PORT: String(dashboard?.ports.dashboard ?? 0),
    });
  };
  try {
    // The stores are brought up to date once, as a deployment does, and not by all at the same time.
    const migrated = await run("migrate");
    if (migrated.exitCode !== 0) throw new Error(`assay migrate failed:\n${migrated.stderr}`);
    const workers = { ASSAY_GATEWAY_WORKERS: String(options.workersPerGateway ?? 1) };
    const [gateways, sinks, analyze] = await Promise.all([
      startMany("gateway", options.gateways ?? 1, workers),
      startMany("sink", options.sinks ?? 1, {}, options.sinkProgram),
      start("analyze", ["analyze", "--watch"]),
    ]);
    const gatewayPort = String(gateways[0]?.ports.gateway ?? 0);
    const dashboard = await start("dashboard", ["dashboard"], { ASSAY_GATEWAY_PORT: gatewayPort });
    return { gateways, sinks, analyze, dashboard, run, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function settingsOf(options: DistributedOptions): Readonly<Record<string, string>> {
  return {
    DATABASE_URL: options.databaseUrl,
    CLICKHOUSE_URL: options.clickhouseUrl,
    KAFKA_BROKERS: options.kafkaBrokers.join(","),
    ASSAY_SKETCH_SECRET: randomBytes(32).toString("base64url"),
    ASSAY_LINK_SECRET: randomBytes(32).toString("base64url"),
    ASSAY_GATEWAY_PORT: "0",
    ASSAY_DASHBOARD_PORT: "0",
    ASSAY_METRICS_PORT: "0",
    ASSAY_UPSTREAM_OPENAI_URL: options.upstreamUrl,
    ASSAY_UPSTREAM_ANTHROPIC_URL: options.upstreamUrl,
    ASSAY_UPSTREAM_GEMINI_URL: options.upstreamUrl,
    ...options.settings,
  };
}

interface DistributedProcessOptions {
  dataDir: string;
  settings: Readonly<Record<string, string>>;
  /** What is run. Default: the `assay` program. */
  program?: string;
}

/** One command, as a process that can end and be started again. */
export class DistributedProcess {
  readonly name: string;
  readonly dataDir: string;
  readonly #program: string;
  readonly #argv: readonly string[];
  readonly #environment: NodeJS.ProcessEnv;
  readonly #logFile: string;
  #child: ChildProcess | undefined;
  #ports: NonNullable<ReadyMessage["ports"]> = {};

  constructor(name: string, argv: readonly string[], options: DistributedProcessOptions) {
    const { dataDir, settings, program = MAIN } = options;
    this.name = name;
    this.dataDir = dataDir;
    this.#program = program;
    this.#argv = argv;
    this.#environment = {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      ...settings,
      ASSAY_DATA: dataDir,
    };
    this.#logFile = join(dataDir, "log.jsonl");
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  }

  /** Those of the last start; they are others after each. */
  get ports(): NonNullable<ReadyMessage["ports"]> {
    return this.#ports;
  }

  /** Of what it serves: calls or pages. */
  get url(): string {
    return `http://127.0.0.1:${this.#ports.gateway ?? this.#ports.dashboard}`;
  }

  get metricsUrl(): string {
    return `http://127.0.0.1:${this.#ports.metrics}`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Its children and theirs: `gateway-worker`, `shipper`. */
  descendants(): ProcessEntry[] {
    return descendantsOf(this.pid);
  }

  /** All that it and its children logged since the first start. */
  log(): string {
    return readFileSync(this.#logFile, "utf8");
  }

  /** Resolves when it says that it is ready. Whoever it waits for must be there, or come. */
  async start(): Promise<void> {
    const log = openSync(this.#logFile, "a", 0o600);
    const child = fork(this.#program, [...this.#argv], {
      env: this.#environment,
      stdio: ["ignore", log, log, "ipc"],
    });
    closeSync(log);
    this.#child = child;
    const ready = await new Promise<ReadyMessage>((resolve, reject) => {
      child.on("message", (message) => {
        const told = childMessageSchema.safeParse(message).data;
        if (told?.type === "ready") resolve(told);
      });
      child.once("exit", (code, signal) => {
        const said = this.log().slice(-LOG_CHARS_SHOWN);
        reject(new Error(`${this.name} ended (${signal ?? code}) before it was ready:\n${said}`));
      });
    });
    this.#ports = ready.ports ?? {};
  }

  /** SIGKILL of this process alone; its children notice, and end by themselves. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Holds up this process and its children, as a machine does that stands still. Returns how to let them go on. */
  pause(): () => void {
    const pids = this.#pids();
    for (const pid of pids) signalIfRunning(pid, "SIGSTOP");
    return () => {
      for (const pid of pids) signalIfRunning(pid, "SIGCONT");
    };
  }

  /** As a deployment stops it. Returns its exit code. */
  async stop(): Promise<number | null> {
    // Who is held up hears nothing.
    for (const pid of this.#pids()) signalIfRunning(pid, "SIGCONT");
    return this.#end("SIGTERM");
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  #pids(): number[] {
    return this.isRunning ? [this.pid, ...this.descendants().map(({ pid }) => pid)] : [];
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (!child || !this.isRunning) return child?.exitCode ?? null;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
    return child.exitCode;
  }
}

function signalIfRunning(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
