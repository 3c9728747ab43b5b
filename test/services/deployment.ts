// docker-compose.yml without Docker: its own services as plain processes, from an image's files, with the commands and the
// environment that the file gives them. What is translated is only where things are: host names, ports, /data and /run/secrets.
// Kafka is a real one with the file's settings; ClickHouse and Postgres are those of the tests, behind the file's secrets.

import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { startTestClickHouse } from "./clickhouse-http.ts";
import {
  makeSecrets,
  readCompose,
  readDockerfile,
  secretFiles,
  type Compose,
  type ComposeService,
} from "./compose.ts";
import { assembleImage } from "./image.ts";
import { findBrokerPorts, KafkaBroker, type BrokerPorts } from "./kafka-broker.ts";
import { findKafkaPrograms } from "./kafka-programs.ts";
import { startTestPostgres } from "./postgres.ts";

const POLL_MS = 50;
const LOG_CHARS_SHOWN = 4000;
/** The dashboard names the gateway's port on its pages, so that one stays for it. */
const FREE_PORTS: Readonly<Record<string, Record<string, string>>> = {
  gateway: { ASSAY_GATEWAY_PORT: "0" },
  dashboard: { ASSAY_DASHBOARD_PORT: "0" },
};
const portsSchema = z.object({
  gateway: z.number().optional(),
  dashboard: z.number().optional(),
  metrics: z.number().optional(),
});
export type ServicePorts = z.infer<typeof portsSchema>;

export interface ServiceProcess {
  /** Waits until it has told a port. */
  port(name: keyof ServicePorts): Promise<number>;
  /** As Compose does, and how it ended. */
  stop(): Promise<{ exitCode: number | null; signal: string | null }>;
}

export interface Deployment {
  /** A container that stays. `settings` are those of an override. */
  start(service: string, settings?: Readonly<Record<string, string>>): ServiceProcess;
  /** `docker compose run` or `exec`: to its end. Returns what it printed. */
  run(service: string, ...argv: string[]): Promise<string>;
  close(): Promise<void>;
}

export async function openDeployment(): Promise<Deployment> {
  const folder = mkdtempSync(join(tmpdir(), "assay-deployment-"));
  await using open = new AsyncDisposableStack();
  open.defer(() => rmSync(folder, { recursive: true, force: true }));
  const compose = readCompose();
  const image = readDockerfile();
  const secretsFolder = join(folder, "secrets");
  const kafkaAddress = await startStores(open, compose, secretsFolder);
  const app = assembleImage(join(folder, "image"), "linked");
  const children: Child[] = [];
  open.defer(async () => {
    await Promise.all(children.map((child) => child.kill()));
  });
  const copies = new Map<string, number>();

  function launch(name: string, argv: readonly string[], settings: Readonly<Record<string, string>>): Child {
    const service = compose.services[name];
    if (!service) throw new Error(`docker-compose.yml has no service ${name}`);
    const copy = (copies.get(name) ?? 0) + 1;
    copies.set(name, copy);
    const dataDir = join(folder, "data", `${name}-${copy}`);
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const files = secretFiles(compose, service, secretsFolder);
    const environment = {
      PATH: process.env["PATH"],
      ...image.environment,
      ...withFiles(service, files),
      ASSAY_DATA: dataDir,
      ASSAY_HOST: "127.0.0.1",
      ...FREE_PORTS[argv[0] ?? ""],
      ASSAY_METRICS_PORT: "0",
      KAFKA_BROKERS: kafkaAddress,
      ...settings,
    };
    const child = new Child({ name, program: join(app, "main.ts"), argv, environment, dataDir });
    children.push(child);
    return child;
  }

  const resources = open.move();
  return {
    start: (name, settings = {}) => launch(name, compose.services[name]?.command ?? [], settings),
    run: (name, ...argv) =>
      launch(name, argv.length > 0 ? argv : (compose.services[name]?.command ?? []), {}).result(),
    close: () => resources.disposeAsync(),
  };
}

/** Makes the secrets, and starts what they lead to. Returns the brokers' address. */
async function startStores(
  open: AsyncDisposableStack,
  { services }: Compose,
  secretsFolder: string,
): Promise<string> {
  const [postgres, clickhouse] = await Promise.all([startTestPostgres(), startTestClickHouse()]);
  open.defer(() => postgres.stop());
  open.defer(() => clickhouse.stop());
  // The script leaves what is there, as it does for servers that somebody else runs.
  mkdirSync(secretsFolder);
  writeFileSync(join(secretsFolder, "database-url"), postgres.url);
  writeFileSync(join(secretsFolder, "clickhouse-url"), clickhouse.url);
  makeSecrets(secretsFolder);
  const { broker, address } = await startKafka(services["kafka"]?.environment ?? {}, secretsFolder);
  open.defer(() => broker.remove());
  return address;
}

function withFiles(
  { environment }: ComposeService,
  files: ReadonlyMap<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, files.get(value) ?? value]),
  );
}

interface RunningKafka {
  broker: KafkaBroker;
  address: string;
}

/** The image's way from variables to settings: `KAFKA_NODE_ID` is `node.id`. */
async function startKafka(
  environment: Readonly<Record<string, string>>,
  secretsFolder: string,
): Promise<RunningKafka> {
  const programs = await findKafkaPrograms();
  if ("absence" in programs) throw new Error(programs.absence);
  const ports = await findBrokerPorts();
  const settings = Object.fromEntries(
    Object.entries(environment)
      .filter(([name]) => name.startsWith("KAFKA_") && !name.endsWith("_OPTS"))
      .map(([name, value]) => [
        name.slice("KAFKA_".length).toLowerCase().replaceAll("_", "."),
        here(value, ports),
      ]),
  );
  // What stands between the file's braces, for both listeners; the image gives Java the whole file.
  const jaas = readFileSync(join(secretsFolder, "kafka-jaas.conf"), "utf8");
  const signIn = jaas
    .slice(jaas.indexOf("{") + 1, jaas.lastIndexOf("}"))
    .replaceAll(/\s+/g, " ")
    .trim();
  const broker = new KafkaBroker({
    programs,
    clusterId: environment["CLUSTER_ID"] ?? "",
    settings: {
      ...settings,
      "listener.name.sasl_plaintext.plain.sasl.jaas.config": signIn,
      "listener.name.controller.plain.sasl.jaas.config": signIn,
    },
    formatOptions: [],
    port: ports.clients,
  });
  await broker.format();
  await broker.start();
  return { broker, address: `127.0.0.1:${ports.clients}` };
}

function here(value: string, { clients, controllers }: BrokerPorts): string {
  return value
    .replaceAll(/(?:kafka)?:9092/g, `127.0.0.1:${clients}`)
    .replaceAll(/(?:kafka)?:9093/g, `127.0.0.1:${controllers}`);
}

interface ChildOptions {
  name: string;
  program: string;
  argv: readonly string[];
  environment: NodeJS.ProcessEnv;
  dataDir: string;
}

class Child implements ServiceProcess {
  readonly #name: string;
  readonly #dataDir: string;
  readonly #process: ChildProcessByStdio<null, Readable, Readable>;
  readonly #exited: Promise<{ exitCode: number | null; signal: string | null }>;
  readonly #printed: Promise<string>;
  #log = "";

  constructor({ name, program, argv, environment, dataDir }: ChildOptions) {
    this.#name = name;
    this.#dataDir = dataDir;
    this.#process = spawn(process.execPath, [program, ...argv], {
      cwd: join(program, ".."),
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#exited = once(this.#process, "exit").then(([exitCode, signal]) => ({ exitCode, signal }));
    this.#printed = text(this.#process.stdout);
    this.#process.stderr.on("data", (chunk: Buffer) => {
      this.#log = (this.#log + chunk.toString()).slice(-LOG_CHARS_SHOWN);
    });
  }

  async port(name: keyof ServicePorts): Promise<number> {
    const file = join(this.#dataDir, "ports.json");
    for (;;) {
      const port = existsSync(file)
        ? portsSchema.parse(JSON.parse(readFileSync(file, "utf8")))[name]
        : undefined;
      if (port !== undefined) return port;
      if (this.#process.exitCode !== null) throw this.#failure();
      await wait(POLL_MS);
    }
  }

  async result(): Promise<string> {
    const { exitCode } = await this.#exited;
    if (exitCode !== 0) throw this.#failure();
    return this.#printed;
  }

  async stop(): Promise<{ exitCode: number | null; signal: string | null }> {
    this.#process.kill("SIGTERM");
    return this.#exited;
  }

  /** The processes below it end with it. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#exited;
  }

  #failure(): Error {
    return new Error(`${this.#name} ended with ${this.#process.exitCode}. It said:\n${this.#log}`);
  }
}
