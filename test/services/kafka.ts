// A real Apache Kafka for a test file: the one that KAFKA_BROKERS names, or else brokers of its own (kafka-broker.ts), with or
// without a password, TLS and a network between them and their clients that the test can break (tcp-proxy.ts).

import assert from "node:assert/strict";
import { needing } from "./absence.ts";
import { findBrokerPorts, KafkaBroker, type BrokerPorts } from "./kafka-broker.ts";
import { prepareClassArchive } from "./kafka-class-archive.ts";
import { findKafkaPrograms } from "./kafka-programs.ts";
import {
  brokerSettings,
  makeClusterId,
  scramUsers,
  type BrokerSecurity,
  type SaslUser,
} from "./kafka-settings.ts";
import { startTcpProxy, type Inspect, type TcpProxy } from "./tcp-proxy.ts";

/** For hooks that start brokers and tests that wait for them, on a machine that does much else. */
export const KAFKA_MS_MAX = 60_000;
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

export interface TestKafkaOptions extends BrokerSecurity {
  /** Each is a controller as well; three of them survive the loss of any one. */
  brokers?: number;
  /** Clients come through a proxy before each broker, which `inspect` may look into. */
  proxied?: boolean | { inspect: Inspect };
  /** Settings of the brokers beside ours. */
  settings?: Readonly<Record<string, string | number>>;
}

export interface TestKafkaNode {
  /** host:port that clients are told. */
  address: string;
  broker: KafkaBroker;
  /** host:port of the listener for other brokers, which asks for no password. */
  innerAddress: string;
  /** Undefined unless `proxied`. */
  proxy: TcpProxy | undefined;
}

export interface TestKafka {
  /** host:port of each, for KAFKA_BROKERS. */
  brokers: string[];
  /** Empty where the brokers are not ours. `nodes[0]` has the id 1. */
  nodes: TestKafkaNode[];
  /** The one with this id: 1, 2, … */
  node(id: number): TestKafkaNode;
  /** Gives a user another password for SCRAM-SHA-512, as an operator does while everything runs. */
  changePassword(user: SaslUser): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestKafka(options: TestKafkaOptions = {}): Promise<TestKafka> {
  if (given !== undefined) return toTestKafka(given, []);
  if (programs === undefined || "absence" in programs) throw new Error(`There is no Kafka: ${kafkaAbsence}`);
  await prepareClassArchive(programs);
  const clusterId = makeClusterId();
  const ports = await Promise.all(Array.from({ length: options.brokers ?? 1 }, findBrokerPorts));
  const nodes = await Promise.all(
    ports.map(async (own, at): Promise<TestKafkaNode> => {
      const proxy = options.proxied === undefined ? undefined : await startProxy(own, options.proxied);
      const address = `127.0.0.1:${proxy?.port ?? own.clients}`;
      const settings = {
        ...brokerSettings({ nodeId: at + 1, own, ports, address }, options),
        ...options.settings,
      };
      const formatOptions = scramUsers(options);
      const broker = new KafkaBroker({ programs, clusterId, settings, formatOptions, port: own.clients });
      await broker.format();
      return { address, broker, innerAddress: `127.0.0.1:${own.brokers}`, proxy };
    }),
  );
  await Promise.all(nodes.map(({ broker }) => broker.start()));
  const addresses = nodes.map(({ address }) => address);
  return toTestKafka(addresses, nodes);
}

function toTestKafka(brokers: string[], nodes: TestKafkaNode[]): TestKafka {
  function node(id: number): TestKafkaNode {
    const found = nodes[id - 1];
    assert(found !== undefined, `no node ${id}`);
    return found;
  }
  return {
    brokers,
    nodes,
    node,
    async changePassword({ username, password }) {
      const { broker, innerAddress } = node(1);
      const user = ["--entity-type", "users", "--entity-name", username];
      const credential = ["--add-config", `SCRAM-SHA-512=[password=${password}]`];
      const change = ["--bootstrap-server", innerAddress, "--alter", ...user, ...credential];
      await broker.runTool("kafka.admin.ConfigCommand", change);
    },
    async stop() {
      await Promise.all(nodes.map(({ broker, proxy }) => Promise.all([broker.remove(), proxy?.close()])));
    },
  };
}

function startProxy({ clients }: BrokerPorts, proxied: boolean | { inspect: Inspect }): Promise<TcpProxy> {
  return startTcpProxy({ targetPort: clients, ...(typeof proxied === "object" && proxied) });
}
