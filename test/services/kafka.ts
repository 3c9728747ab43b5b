// A real Apache Kafka for a test file: the one that KAFKA_BROKERS names, or else brokers of its own (kafka-broker.ts), with or
// without a password, TLS and a network between them and their clients that the test can break (tcp-proxy.ts).

import { randomBytes } from "node:crypto";
import { needing } from "./absence.ts";
import { findBrokerPorts, KafkaBroker, type BrokerPorts } from "./kafka-broker.ts";
import { findKafkaPrograms } from "./kafka-programs.ts";
import { startTcpProxy, type Inspect, type TcpProxy } from "./tcp-proxy.ts";

/** For hooks that start brokers and tests that wait for them, on a machine that does much else. */
export const KAFKA_MS_MAX = 60_000;
const CLUSTER_ID_BYTES = 16;
const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;
const given = process.env["KAFKA_BROKERS"]?.split(",");
const programs = given === undefined ? await findKafkaPrograms() : undefined;

/** Why this machine has no Kafka for tests; undefined where it has one. */
export const kafkaAbsence: string | undefined =
  programs !== undefined && "absence" in programs ? programs.absence : undefined;
/** `describe("…", needsKafka, () => …)` is skipped, and counted as such, where there is none. */
export const needsKafka = needing("Apache Kafka", kafkaAbsence);
/** The same, for suites that kill brokers, break their network or need settings of their own. */
export const needsOwnKafka = needing(
  "an Apache Kafka that it may kill",
  given === undefined ? kafkaAbsence : "KAFKA_BROKERS names one to be left alone",
);

export interface TestKafkaOptions {
  /** Each is a controller as well; three of them survive the loss of any one. */
  brokers?: number;
  /** The one user that may sign in. Default: everybody may connect. */
  sasl?: { mechanism: "plain" | "scram-sha-256" | "scram-sha-512"; username: string; password: string };
  /** Certificate and key (PEM) that the brokers show. */
  tls?: { certificate: string; key: string };
  /** Clients come through a proxy before each broker, which `inspect` may look into. */
  proxied?: boolean | { inspect: Inspect };
  /** Settings of the brokers beside ours. */
  settings?: Readonly<Record<string, string | number>>;
}

export interface TestKafkaNode {
  /** host:port that clients are told. */
  address: string;
  broker: KafkaBroker;
  /** Undefined unless `proxied`. */
  proxy: TcpProxy | undefined;
}

export interface TestKafka {
  /** host:port of each, for KAFKA_BROKERS. */
  brokers: string[];
  /** Empty where the brokers are not ours. `nodes[0]` has the id 1. */
  nodes: TestKafkaNode[];
  stop(): Promise<void>;
}

export async function startTestKafka(options: TestKafkaOptions = {}): Promise<TestKafka> {
  if (given !== undefined) return { brokers: given, nodes: [], stop: async () => undefined };
  if (programs === undefined || "absence" in programs) throw new Error(`There is no Kafka: ${kafkaAbsence}`);
  const clusterId = randomBytes(CLUSTER_ID_BYTES).toString("base64url").replace(/^-/, "A");
  const ports = await Promise.all(Array.from({ length: options.brokers ?? 1 }, findBrokerPorts));
  const nodes = await Promise.all(
    ports.map(async (own, at): Promise<TestKafkaNode> => {
      const proxy = options.proxied === undefined ? undefined : await startProxy(own, options.proxied);
      const address = `127.0.0.1:${proxy?.port ?? own.clients}`;
      const settings = {
        ...brokerSettings({ nodeId: at + 1, own, ports, address }, options),
        ...options.settings,
      };
      const formatOptions = scramUser(options);
      const broker = new KafkaBroker({ programs, clusterId, settings, formatOptions, port: own.clients });
      await broker.format();
      return { address, broker, proxy };
    }),
  );
  await Promise.all(nodes.map(({ broker }) => broker.start()));
  return {
    brokers: nodes.map(({ address }) => address),
    nodes,
    async stop() {
      await Promise.all(nodes.map(({ broker, proxy }) => Promise.all([broker.remove(), proxy?.close()])));
    },
  };
}

function startProxy({ clients }: BrokerPorts, proxied: boolean | { inspect: Inspect }): Promise<TcpProxy> {
  return startTcpProxy({ targetPort: clients, ...(typeof proxied === "object" && proxied) });
}

interface NodePlace {
  nodeId: number;
  own: BrokerPorts;
  /** Of all nodes, in the order of their ids. */
  ports: readonly BrokerPorts[];
  /** What clients are told. */
  address: string;
}

function brokerSettings(
  { nodeId, own, ports, address }: NodePlace,
  options: TestKafkaOptions,
): Record<string, string | number> {
  const replicas = Math.min(ports.length, 3);
  const security = `${options.sasl ? "SASL_" : ""}${options.tls ? "SSL" : "PLAINTEXT"}`;
  return {
    "process.roles": "broker,controller",
    "node.id": nodeId,
    "controller.quorum.voters": ports
      .map(({ controllers }, at) => `${at + 1}@127.0.0.1:${controllers}`)
      .join(","),
    "controller.listener.names": "CONTROLLERS",
    listeners: `CLIENTS://127.0.0.1:${own.clients},BROKERS://127.0.0.1:${own.brokers},CONTROLLERS://127.0.0.1:${own.controllers}`,
    "advertised.listeners": `CLIENTS://${address},BROKERS://127.0.0.1:${own.brokers}`,
    "listener.security.protocol.map": `CLIENTS:${security},BROKERS:PLAINTEXT,CONTROLLERS:PLAINTEXT`,
    "inter.broker.listener.name": "BROKERS",
    // A topic that is missing is to be missed, and a cluster of tests has few of everything.
    "auto.create.topics.enable": "false",
    "num.partitions": 1,
    "default.replication.factor": replicas,
    "min.insync.replicas": replicas > 1 ? 2 : 1,
    "offsets.topic.replication.factor": replicas,
    "offsets.topic.num.partitions": 1,
    "transaction.state.log.replication.factor": replicas,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 1,
    "message.max.bytes": MESSAGE_BYTES_MAX,
    "num.network.threads": 2,
    "num.io.threads": 4,
    "log.cleaner.dedupe.buffer.size": MESSAGE_BYTES_MAX,
    // A broker that comes back is let in once its former self has timed out.
    "broker.session.timeout.ms": 1500,
    "broker.heartbeat.interval.ms": 300,
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 1000,
    ...saslSettings(options),
    ...tlsSettings(options),
  };
}

function saslSettings({ sasl }: TestKafkaOptions): Record<string, string> {
  if (sasl === undefined) return {};
  const mechanism = sasl.mechanism.toUpperCase();
  const kind = sasl.mechanism === "plain" ? "plain.Plain" : "scram.Scram";
  // SCRAM has its users among the cluster's metadata, PLAIN here.
  const users = sasl.mechanism === "plain" ? ` user_${sasl.username}="${sasl.password}"` : "";
  return {
    "sasl.enabled.mechanisms": mechanism,
    [`listener.name.clients.${sasl.mechanism}.sasl.jaas.config`]: `org.apache.kafka.common.security.${kind}LoginModule required${users};`,
  };
}

function scramUser({ sasl }: TestKafkaOptions): string[] {
  if (sasl === undefined || sasl.mechanism === "plain") return [];
  const user = `[name=${sasl.username},password=${sasl.password}]`;
  return ["--add-scram", `${sasl.mechanism.toUpperCase()}=${user}`];
}

/** PEM in one line, as a file of properties wants it. */
function tlsSettings({ tls }: TestKafkaOptions): Record<string, string> {
  if (tls === undefined) return {};
  return {
    "ssl.keystore.type": "PEM",
    "ssl.keystore.certificate.chain": tls.certificate.replaceAll("\n", "\\n"),
    "ssl.keystore.key": tls.key.replaceAll("\n", "\\n"),
  };
}
