// Whom a fault strikes: finds the processes and the network that the plan names.

import { setTimeout as wait } from "node:timers/promises";
import type { DistributedProcess } from "../services/distributed.ts";
import type { Deployment } from "./deployment.ts";
import type { PlannedFault } from "./fault-plan.ts";
import { signalAll, type Network, type Subject } from "./servers.ts";

const POLL_MS = 50;
const COME_BACK_MS_MAX = 180_000;

type Target = Pick<PlannedFault, "subject" | "number">;

/** The gateway that a fault of this target disturbs, if any. */
export function gatewayOf(
  deployment: Deployment,
  { subject, number }: Target,
): DistributedProcess | undefined {
  const isOfGateway = subject === "worker" || subject === "gateway" || subject === "shipper";
  return isOfGateway ? at(deployment.gateways, number) : undefined;
}

export function subjectOf(deployment: Deployment, target: Target): Subject {
  const { subject, number } = target;
  switch (subject) {
    case "worker":
    case "shipper":
      return childOf(at(deployment.gateways, number), subject, deployment);
    case "gateway":
      return toSubject(at(deployment.gateways, number), () => untilWhole(deployment, number));
    case "sink":
      return toSubject(at(deployment.sinks, number));
    case "analyze":
      return toSubject(deployment.analyze);
    case "broker":
      return at(deployment.kafka.nodes, number);
    case "ClickHouse":
      return deployment.clickhouse.subject;
    case "Postgres":
      return deployment.postgres.subject;
    case "Kafka":
      throw new Error("All brokers together have a network, and no process.");
    default:
      return subject satisfies never;
  }
}

export function networkOf(deployment: Deployment, { subject, number }: Target): Network {
  switch (subject) {
    case "broker":
      return at(deployment.kafka.nodes, number).network;
    case "Kafka":
      return deployment.kafka.network;
    case "ClickHouse":
      return deployment.clickhouse.subject.network;
    case "Postgres":
      return deployment.postgres.subject.network;
    case "worker":
    case "gateway":
    case "shipper":
    case "sink":
    case "analyze":
      throw new Error(`There is no network before ${subject}.`);
    default:
      return subject satisfies never;
  }
}

export function workersOf(gateway: DistributedProcess): number[] {
  return childrenOf(gateway, "worker");
}

/** Until a gateway has all its children, and says that it can forward and record. */
export async function untilWhole(deployment: Deployment, number: number): Promise<void> {
  const gateway = at(deployment.gateways, number);
  const isWhole = async (): Promise<boolean> =>
    workersOf(gateway).length === deployment.workersPerGateway &&
    childrenOf(gateway, "shipper").length === 1 &&
    (await isReady(gateway));
  for (let waitedMs = 0; !(await isWhole()); waitedMs += POLL_MS) {
    if (waitedMs > COME_BACK_MS_MAX) throw new Error(`${gateway.name} does not become ready again.`);
    await wait(POLL_MS);
  }
}

/** What is done to a child, its gateway mends by itself. */
function childOf(gateway: DistributedProcess, kind: "worker" | "shipper", deployment: Deployment): Subject {
  const number = deployment.gateways.indexOf(gateway) + 1;
  const [pid] = childrenOf(gateway, kind);
  if (pid === undefined) throw new Error(`${gateway.name} has no ${kind}.`);
  return {
    kill: async () => signalAll([pid], "SIGKILL"),
    start: () => untilWhole(deployment, number),
    pause: () => signalAll([pid], "SIGSTOP"),
    resume: () => signalAll([pid], "SIGCONT"),
  };
}

function toSubject(single: DistributedProcess, untilBack?: () => Promise<void>): Subject {
  let goOn: (() => void) | undefined;
  return {
    kill: () => single.kill(),
    async start() {
      await single.start();
      await untilBack?.();
    },
    pause() {
      goOn = single.pause();
    },
    resume: () => goOn?.(),
  };
}

const COMMANDS = { worker: / gateway-worker /, shipper: / shipper$/ } as const;

function childrenOf(gateway: DistributedProcess, kind: keyof typeof COMMANDS): number[] {
  const found = gateway.descendants().filter(({ command }) => COMMANDS[kind].test(command));
  return found.map(({ pid }) => pid).toSorted((one, other) => one - other);
}

async function isReady(gateway: DistributedProcess): Promise<boolean> {
  try {
    const { ok } = await fetch(`${gateway.url}/readyz`, { signal: AbortSignal.timeout(COME_BACK_MS_MAX) });
    return ok;
  } catch {
    return false;
  }
}

/** Numbers begin at 1. */
function at<Item>(items: readonly Item[], number: number): Item {
  const item = items[number - 1];
  if (item === undefined) throw new Error(`There is no number ${number}.`);
  return item;
}
