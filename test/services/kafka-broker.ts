// One Kafka broker (and controller: KRaft, no ZooKeeper) as a child process, with a folder and ports of its own.
//
// * It takes clients on one listener, and other brokers on a second one: what a test does to its clients' connections, or asks
//   of them (TLS, a password), is not done to replication.
// * Its ports lie below those that the system gives to connections that go out, and are claimed by a lock: nobody takes one while
//   it is down.
// * It ends with the test process, however that ends: a shell between us holds our pipe, and kills it when the pipe closes.

import assert from "node:assert/strict";
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { tryLockFile } from "../../schemas/file-lock.ts";
import type { KafkaPrograms } from "./kafka-programs.ts";

const run = promisify(execFile);

const START_MS_MAX = 60_000;
const POLL_MS = 20;
const LOG_CHARS_MAX = 2000;
const PORT_MIN = 15_000;
const PORT_MAX = 31_000;
const PORT_TRIES_MAX = 50;
/** `read` fails when our end of the pipe closes without a word, as it does when we are gone. */
const GUARD = 'exec 3<&0; { read -r ended <&3 || kill -KILL $$; } & exec "$@" 3<&- </dev/null';
/** Small and quick to start; a broker of a test does little. */
const JAVA_OPTIONS = [
  "-Xms64m",
  "-Xmx256m",
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-XX:-UsePerfData",
  "-Djava.awt.headless=true",
  "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
];

export interface BrokerPorts {
  clients: number;
  brokers: number;
  controllers: number;
}

export interface BrokerOptions {
  programs: KafkaPrograms;
  clusterId: string;
  settings: Readonly<Record<string, string | number>>;
  /** More for `kafka.tools.StorageTool format`: users to begin with. */
  formatOptions: readonly string[];
  /** Where it can be reached by clients, for the wait until it can. */
  port: number;
  /** A file for the classes that it loads, written when it is stopped. */
  archiveClassesTo?: string;
}

/** A broker of a test, of which it can do with whatever an operator could. */
export class KafkaBroker {
  readonly #options: BrokerOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), "assay-kafka-"));
  readonly #settingsFile = join(this.#folder, "server.properties");
  readonly #logFile = join(this.#folder, "broker.log");
  #process: ChildProcess | undefined;

  constructor(options: BrokerOptions) {
    this.#options = options;
    const settings = { ...options.settings, "log.dirs": join(this.#folder, "data") };
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(this.#settingsFile, lines.join(""));
  }

  /** Where clients reach it without a proxy. */
  get port(): number {
    return this.#options.port;
  }

  async format(): Promise<void> {
    const { clusterId, formatOptions } = this.#options;
    const cluster = ["-t", clusterId, "-c", this.#settingsFile];
    await this.runTool("kafka.tools.StorageTool", ["format", ...cluster, ...formatOptions]);
  }

  /** One of Kafka's own programs for operators, by the name of its class. */
  async runTool(tool: string, options: readonly string[]): Promise<void> {
    const { java, classPath, classArchive } = this.#options.programs;
    const command = [`-XX:SharedArchiveFile=${classArchive}`, "-cp", classPath, tool, ...options];
    await run(java, [...JAVA_OPTIONS, ...command], { timeout: START_MS_MAX });
  }

  /** Resolves when it takes clients, which is when its controller has let it in. */
  async start(): Promise<void> {
    const { programs, port, archiveClassesTo } = this.#options;
    const classes =
      archiveClassesTo === undefined
        ? `-XX:SharedArchiveFile=${programs.classArchive}`
        : `-XX:ArchiveClassesAtExit=${archiveClassesTo}`;
    const command = [classes, "-cp", programs.classPath, "kafka.Kafka", this.#settingsFile];
    const guard = ["-c", GUARD, "assay-kafka", programs.java, ...JAVA_OPTIONS, ...command];
    const log = openSync(this.#logFile, "a");
    const child = spawn("sh", guard, { stdio: ["pipe", log, log] });
    closeSync(log);
    child.once("exit", () => child.stdin?.end("ended\n"));
    child.stdin?.on("error", () => undefined);
    this.#process = child;
    for (let waitedMs = 0; !(await canConnect(port)); waitedMs += POLL_MS) {
      if (hasEnded(child) || waitedMs > START_MS_MAX)
        throw new Error(`Kafka does not start: ${this.#lastLog()}`);
      await sleep(POLL_MS);
    }
  }

  /** Asks it to end, and waits until it has. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** kill -9: what was acknowledged is in its folder, nothing was said to anybody. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Kills it where it still runs, and starts it with what it has on disk. */
  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** It holds its connections and says nothing, like a machine that is out of breath. */
  pause(): void {
    this.#process?.kill("SIGSTOP");
  }

  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child === undefined || hasEnded(child)) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }

  #lastLog(): string {
    return readFileSync(this.#logFile, "utf8").slice(-LOG_CHARS_MAX);
  }
}

export async function findBrokerPorts(): Promise<BrokerPorts> {
  return { clients: await findPort(), brokers: await findPort(), controllers: await findPort() };
}

/** Locks of the ports that this process has, also while nothing listens on them. The system drops them with the process. */
const claims: (() => void)[] = [];

async function findPort(): Promise<number> {
  const folder = join(tmpdir(), `assay-test-ports-${userInfo().username}`);
  mkdirSync(folder, { recursive: true });
  for (let tries = 0; tries < PORT_TRIES_MAX; tries++) {
    const port = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN));
    const claim = tryLockFile(join(folder, String(port)));
    if (!claim) continue;
    claims.push(claim);
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("listening", () => resolve(true));
      server.once("error", () => resolve(false));
    });
    if (!isFree) continue;
    server.close();
    await once(server, "close");
    return port;
  }
  return assert.fail("no port is free");
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => socket.destroy());
    socket.once("connect", () => socket.destroy());
  });
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
