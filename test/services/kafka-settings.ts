// How the brokers of tests are set: small, quick to notice a loss, and as locked as a test wants them to be.

import { randomBytes } from "node:crypto";
import type { BrokerPorts } from "./kafka-broker.ts";

const CLUSTER_ID_BYTES = 16;
const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;
const SCRAM_MECHANISMS: readonly string[] = ["SCRAM-SHA-256", "SCRAM-SHA-512"];

export interface SaslUser {
  username: string;
  password: string;
}

export interface BrokerSecurity {
  /** The one user that may sign in, by PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512. Default: everybody may connect. */
  sasl?: SaslUser;
  /** Certificate and key (PEM) that the brokers show. */
  tls?: { certificate: string; key: string };
}

/** The tools would take a hyphen at its beginning for an option. */
export function makeClusterId(): string {
  return randomBytes(CLUSTER_ID_BYTES).toString("base64url").replace(/^-/, "A");
}

export interface NodePlace {
  nodeId: number;
  own: BrokerPorts;
  /** Of all nodes, in the order of their ids. */
  ports: readonly BrokerPorts[];
  /** What clients are told. */
  address: string;
}

/** Of one node, as `server.properties` has them. */
export function brokerSettings(
  { nodeId, own, ports, address }: NodePlace,
  options: BrokerSecurity,
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
    "min.insync.replicas": 1,
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

const LOGIN_MODULE = "org.apache.kafka.common.security";

/** PLAIN has its users here, SCRAM has them among the cluster's metadata. */
function saslSettings({ sasl }: BrokerSecurity): Record<string, string> {
  if (sasl === undefined) return {};
  const user = `user_${sasl.username}="${sasl.password}"`;
  const scram = `${LOGIN_MODULE}.scram.ScramLoginModule required;`;
  return {
    "sasl.enabled.mechanisms": ["PLAIN", ...SCRAM_MECHANISMS].join(","),
    "listener.name.clients.plain.sasl.jaas.config": `${LOGIN_MODULE}.plain.PlainLoginModule required ${user};`,
    "listener.name.clients.scram-sha-256.sasl.jaas.config": scram,
    "listener.name.clients.scram-sha-512.sasl.jaas.config": scram,
  };
}

/** Options of `kafka.tools.StorageTool format`. */
export function scramUsers({ sasl }: BrokerSecurity): string[] {
  if (sasl === undefined) return [];
  const user = `[name=${sasl.username},password=${sasl.password}]`;
  return SCRAM_MECHANISMS.flatMap((mechanism) => ["--add-scram", `${mechanism}=${user}`]);
}

/** PEM in one line, as a file of properties wants it. */
function tlsSettings({ tls }: BrokerSecurity): Record<string, string> {
  if (tls === undefined) return {};
  return {
    "ssl.keystore.type": "PEM",
    "ssl.keystore.certificate.chain": tls.certificate.replaceAll("\n", "\\n"),
    "ssl.keystore.key": tls.key.replaceAll("\n", "\\n"),
  };
}
