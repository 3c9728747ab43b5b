// Carries out one fault of a plan: begins it, ends it after its time, and waits until what it struck serves again.

import { setTimeout as wait } from "node:timers/promises";
import type { DistributedProcess } from "../services/distributed.ts";
import { fillDisk } from "../services/full-disk.ts";
import type { Deployment } from "./deployment.ts";
import type { NetworkAction, PlannedFault } from "./fault-plan.ts";
import { signalAll, type Network } from "./servers.ts";
import { gatewayOf, networkOf, subjectOf, untilWhole, workersOf } from "./subjects.ts";

/** Of each piece of an answer; a TLS handshake over the ocean takes as long. */
const DELAY_MS = 300;

/** Milliseconds since 1970. */
export interface StruckFault {
  plan: PlannedFault;
  fromMs: number;
  /** When nothing was done to it any more; infinite until then. */
  healedMs: number;
  /** When it served again; infinite until then. */
  backMs: number;
  /** What a gateway counted as not written meanwhile. */
  unrecorded: Unrecorded;
}

export interface Unrecorded {
  intents: number;
  events: number;
}

export interface StrikeOptions {
  /** Told when it begins, with what is filled in later. */
  onBegin: (fault: StruckFault) => void;
  /** Ends it early. It is healed then, too: nothing stays behind that is held up and hears no other signal. */
  signal: AbortSignal;
}

export async function strike(
  deployment: Deployment,
  plan: PlannedFault,
  { onBegin, signal }: StrikeOptions,
): Promise<void> {
  const [healedMs, backMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const fault: StruckFault = {
    plan,
    fromMs: Date.now(),
    healedMs,
    backMs,
    unrecorded: { intents: 0, events: 0 },
  };
  onBegin(fault);
  const heal = await begin(deployment, fault);
  await wait(plan.forMs, undefined, { signal }).catch(() => undefined);
  fault.healedMs = Date.now();
  await heal();
  fault.backMs = Date.now();
}

/** Returns how to end it; that resolves when what was struck serves again. */
async function begin(deployment: Deployment, fault: StruckFault): Promise<() => Promise<void>> {
  const { plan } = fault;
  const { action } = plan;
  switch (action) {
    case "kill": {
      const subject = subjectOf(deployment, plan);
      await subject.kill();
      return () => subject.start();
    }
    case "pause": {
      const subject = subjectOf(deployment, plan);
      subject.pause();
      return async () => {
        subject.resume();
        if (gatewayOf(deployment, plan)) await untilWhole(deployment, plan.number);
      };
    }
    case "fill":
      return fillDiskOf(deployment, fault);
    case "cut":
    case "hold":
    case "delay":
    case "reset":
    case "swallow": {
      const network = networkOf(deployment, plan);
      breakNetwork(network, action);
      return async () => network.heal();
    }
    default:
      return action satisfies never;
  }
}

function breakNetwork(network: Network, action: NetworkAction): void {
  if (action === "delay") network.delay(DELAY_MS);
  else network[action]();
}

/** For the workers of a gateway no file grows any more. */
async function fillDiskOf(deployment: Deployment, fault: StruckFault): Promise<() => Promise<void>> {
  const gateway = gatewayOf(deployment, fault.plan);
  if (!gateway) throw new Error("Only a gateway's disk can be filled.");
  const before = await readUnrecorded(gateway);
  const makeRoom = workersOf(gateway).map((pid) => fillDisk(1, pid));
  return async () => {
    for (const make of makeRoom) make();
    await untilWhole(deployment, fault.plan.number);
    const after = await readUnrecorded(gateway);
    fault.unrecorded = { intents: after.intents - before.intents, events: after.events - before.events };
  };
}

/** Of all workers together, since each was started. */
async function readUnrecorded(gateway: DistributedProcess): Promise<Unrecorded> {
  const response = await fetch(`${gateway.metricsUrl}/metrics`);
  const lines = (await response.text()).split("\n");
  const sum = (record: string): number =>
    lines
      .filter(
        (line) => line.startsWith("assay_unrecorded_records_total{") && line.includes(`record="${record}"`),
      )
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(" "))), 0);
  return { intents: sum("intent"), events: sum("event") };
}

/** Ends every worker once, so that calls whose end was never written down come out of the spool. */
export async function replaceWorkers(deployment: Deployment): Promise<void> {
  for (const [index, gateway] of deployment.gateways.entries()) {
    signalAll(workersOf(gateway), "SIGKILL");
    await untilWhole(deployment, index + 1);
  }
}
