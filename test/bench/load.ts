// The load generator, a process of its own. It carries out one order at a time:
//
// - At saturation, each connection sends its next call when it has the answer to the last.
// - At a fixed rate, calls begin when their time has come, whether the ones before are answered or not, and a call's latency
//   counts from the moment at which it was meant to begin: a proxy that stalls pays for all that had to wait.

import { setTimeout as sleep } from "node:timers/promises";
import { Connection } from "./load-connection.ts";
import type { LoadOrder, LoadResult } from "./load-order.ts";
import { PROFILES, requestOf } from "./profiles.ts";

const CONNECTIONS_MAX = 512;
/** Timers are late by up to a millisecond, so the end of a pause is waited out. */
const SPIN_MS = 1.2;

process.once("disconnect", () => process.exit());
process.on("message", (order: LoadOrder) => {
  void carryOut(order).then((result) => process.send?.(result));
});
process.send?.("ready");

function carryOut(order: LoadOrder): Promise<LoadResult> {
  const profile = PROFILES.find(({ name }) => name === order.profile);
  if (!profile) throw new Error(`There is no profile ${order.profile}.`);
  const request = requestOf(profile, order.headers);
  return order.mode === "saturation" ? saturate(order, request) : keepRate(order, request);
}

async function saturate(
  { port, calls, connections }: Extract<LoadOrder, { mode: "saturation" }>,
  request: Buffer,
): Promise<LoadResult> {
  let left = calls;
  let failures = 0;
  const run = async (): Promise<void> => {
    const connection = new Connection(port);
    while (left > 0 && connection.isOpen) {
      left--;
      const status = await new Promise<number>((resolve) => {
        connection.send(request, (answer) => resolve(answer.status));
      });
      if (status !== 200) failures++;
    }
    connection.close();
  };
  const beganAt = performance.now();
  await Promise.all(Array.from({ length: connections }, run));
  return { calls, failures: failures + left, seconds: (performance.now() - beganAt) / 1000, latencies: [] };
}

async function keepRate(
  { port, calls, callsPerSecond }: Extract<LoadOrder, { mode: "rate" }>,
  request: Buffer,
): Promise<LoadResult> {
  const idle: Connection[] = [];
  const all: Connection[] = [];
  const latencies: LoadResult["latencies"][number][] = [];
  const pending: Promise<void>[] = [];
  let failures = 0;
  const beganAt = performance.now();
  for (let call = 0; call < calls; call++) {
    const intendedAt = beganAt + ((call + 1) * 1000) / callsPerSecond;
    await waitUntil(intendedAt);
    const connection = idle.pop() ?? (all.length < CONNECTIONS_MAX ? new Connection(port) : undefined);
    if (!connection) {
      failures++;
      continue;
    }
    if (!all.includes(connection)) all.push(connection);
    pending.push(
      new Promise((resolve) => {
        connection.send(request, ({ status, firstByteAt, endedAt }) => {
          if (status === 200)
            latencies.push({ firstByteMs: firstByteAt - intendedAt, endMs: endedAt - intendedAt });
          else failures++;
          if (connection.isOpen) idle.push(connection);
          resolve();
        });
      }),
    );
  }
  await Promise.all(pending);
  for (const connection of all) connection.close();
  return { calls, failures, seconds: (performance.now() - beganAt) / 1000, latencies };
}

async function waitUntil(at: number): Promise<void> {
  const pauseMs = at - performance.now() - SPIN_MS;
  if (pauseMs > 0) await sleep(pauseMs);
  while (performance.now() < at);
}
