// The servers of a distributed deployment, each behind a network that can be broken: Kafka, ClickHouse and Postgres.
//
// Always holds: clients know the proxies' addresses alone; what is asked of a server here, to look at it, goes past them.

import { isSystemError } from "../../schemas/data-directory.ts";
import { startTestClickHouse, type ServerOutage } from "../services/clickhouse-http.ts";
import { needing } from "../services/absence.ts";
import { needsOwnKafka, startTestKafka, type TestKafka, type TestKafkaNode } from "../services/kafka.ts";
import { startTestPostgres } from "../services/postgres.ts";
import { descendantsOf } from "../services/process-tree.ts";
import { startTcpProxy, type Inspect, type Link, type TcpProxy } from "../services/tcp-proxy.ts";

const isGiven = process.env["CLICKHOUSE_URL"] !== undefined || process.env["DATABASE_URL"] !== undefined;
/** Options of a suite that breaks servers: it is skipped, and counted as such, where they are not its own. */
export const needsOwnServers = isGiven
  ? needing("stores that it may kill", "CLICKHOUSE_URL or DATABASE_URL names one to be left alone")
  : needsOwnKafka;

/** What can be done to a network. */
export interface Network {
  cut(): void;
  hold(): void;
  delay(milliseconds: number): void;
  reset(): void;
  /** What is asked next on each connection gets through, and its answer does not; then the connection breaks. */
  swallow(): void;
  /** Ends what was begun. */
  heal(): void;
}

/** What can be done to a process, or to a server with all of its processes. */
export interface Subject {
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** After `kill`; resolves when it serves again. */
  start(): Promise<void>;
  /** SIGSTOP: it holds its connections, locks and memory, and does nothing. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
}

export interface NetworkedSubject extends Subject {
  network: Network;
}

export interface Server {
  /** For clients, through the proxy. */
  url: string;
  /** Past the proxy. */
  directUrl: string;
  subject: NetworkedSubject;
  stop(): Promise<void>;
}

export interface KafkaServers {
  /** host:port of each, for KAFKA_BROKERS. */
  brokers: string[];
  nodes: readonly NetworkedSubject[];
  /** All brokers' networks as one. */
  network: Network;
  stop(): Promise<void>;
}

export async function startClickHouse(): Promise<Server> {
  const server = await startTestClickHouse();
  return throughProxy(server, server.outage, (pid) => [pid]);
}

export async function startPostgres(): Promise<Server> {
  const server = await startTestPostgres();
  return throughProxy(server, server.outage, (pid) => [pid, ...descendantsOf(pid).map((child) => child.pid)]);
}

async function throughProxy(
  server: { url: string; stop(): Promise<void> },
  outage: ServerOutage | undefined,
  pidsOf: (pid: number) => number[],
): Promise<Server> {
  if (!outage)
    throw new Error("A fault campaign needs servers of its own: unset CLICKHOUSE_URL and DATABASE_URL.");
  const links = new LinkList();
  const proxy = await startTcpProxy({ targetPort: Number(new URL(server.url).port), inspect: links.inspect });
  const url = new URL(server.url);
  url.port = String(proxy.port);
  return {
    url: url.href,
    directUrl: server.url,
    subject: {
      kill: () => outage.begin(),
      start: () => outage.end(),
      pause: () => signalAll(pidsOf(outage.pid()), "SIGSTOP"),
      resume: () => signalAll(pidsOf(outage.pid()), "SIGCONT"),
      network: toNetwork([proxy], links),
    },
    async stop() {
      await proxy.close();
      await server.stop();
    },
  };
}

export async function startKafka(brokers: number): Promise<KafkaServers> {
  const links = new LinkList();
  const kafka: TestKafka = await startTestKafka({ brokers, proxied: { inspect: links.inspect } });
  if (kafka.nodes.length === 0)
    throw new Error("A fault campaign needs brokers of its own: unset KAFKA_BROKERS.");
  const proxies = kafka.nodes.map(proxyOf);
  return {
    brokers: kafka.brokers,
    nodes: kafka.nodes.map((node) => ({
      kill: () => node.broker.kill(),
      start: () => node.broker.restart(),
      pause: () => node.broker.pause(),
      resume: () => node.broker.resume(),
      network: toNetwork([proxyOf(node)], new LinkList()),
    })),
    network: toNetwork(proxies, links),
    stop: () => kafka.stop(),
  };
}

/** To those that still run. */
export function signalAll(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if (!isSystemError(error) || error.code !== "ESRCH") throw error;
    }
  }
}

function proxyOf({ proxy }: TestKafkaNode): TcpProxy {
  if (!proxy) throw new Error("The broker has no proxy.");
  return proxy;
}

/** The connections through a proxy. */
class LinkList {
  readonly links = new Set<Link>();
  readonly inspect: Inspect = (link) => {
    this.links.add(link);
    link.client.once("close", () => this.links.delete(link));
    return () => undefined;
  };
}

function toNetwork(proxies: readonly TcpProxy[], { links }: LinkList): Network {
  const each = (act: (proxy: TcpProxy) => void) => () => proxies.forEach(act);
  return {
    cut: each((proxy) => proxy.cut()),
    hold: each((proxy) => proxy.pause()),
    delay: (milliseconds) => proxies.forEach((proxy) => proxy.delayAnswers(milliseconds)),
    reset: each((proxy) => proxy.reset()),
    swallow: () => links.forEach((link) => link.loseNextAnswer()),
    heal: each((proxy) => proxy.restore()),
  };
}
