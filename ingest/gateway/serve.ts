// A gateway process: opens its spool and snapshot, listens, and drains when it is told to stop.

import { getRequestListener } from "@hono/node-server";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Logger } from "pino";
import { Agent, Pool } from "undici";
import type { Config } from "../../schemas/config.ts";
import { SNAPSHOT_FILE } from "../../schemas/identity-snapshot.ts";
import { listenError } from "../../schemas/ports.ts";
import type { PartHealth, Vitals } from "../../schemas/vitals.ts";
import { describeWriter } from "../spool/health.ts";
import { SpoolWriter } from "../spool/writer.ts";
import { GatewayEnds } from "./breaking-off.ts";
import { createDrains } from "./drains.ts";
import { createEstimator } from "./estimate/estimator.ts";
import { openFeatures } from "./features/open-features.ts";
import { createGatewayApp, type Gateway } from "./gateway.ts";
import { openSnapshot, type SnapshotReader } from "./identity/snapshot.ts";
import { createTrustedNetworks } from "./identity/trusted-networks.ts";
import { createConnections } from "./websocket/connections.ts";
import { isWebSocketUpgrade } from "./websocket/upgrade-headers.ts";
import { createUpgradeListener, type UpgradeParts } from "./websocket/upgrade.ts";

/** To one provider. More calls than this wait for a connection; each holds about 30 KB. */
const UPSTREAM_CONNECTIONS_MAX = 4096;
/** Below what providers keep their side open for, so that no call meets a connection that is just closing. */
const UPSTREAM_KEEP_ALIVE_MS = 4000;
/** Clients give up after 10 minutes by default; a reasoning model may take nearly that long to begin. */
const UPSTREAM_SILENCE_MS_MAX = 15 * 60_000;
const REQUEST_MS_MAX = 10 * 60_000;
const HEADER_BYTES_MAX = 64 * 1024;
export const DRAIN_MS_MAX = 8000;

/** Of connections to providers. */
const UPSTREAM = {
  connections: UPSTREAM_CONNECTIONS_MAX,
  pipelining: 1,
  keepAliveTimeout: UPSTREAM_KEEP_ALIVE_MS,
  headersTimeout: UPSTREAM_SILENCE_MS_MAX,
  bodyTimeout: UPSTREAM_SILENCE_MS_MAX,
  maxHeaderSize: HEADER_BYTES_MAX,
};

export interface RunningGateway {
  port: number;
  /** Takes no new calls, lets those under way end for up to DRAIN_MS_MAX, and closes the spool. */
  close(): Promise<void>;
}

export async function serveGateway(log: Logger, config: Config, vitals: Vitals): Promise<RunningGateway> {
  const spool = new SpoolWriter(log, {
    spoolDir: join(config.dataDir, "spool"),
    writerId: `gateway-${randomUUID()}`,
    bytesMax: config.spoolBytesMax,
    metrics: vitals.metrics,
  });
  const snapshot = openSnapshot(log, {
    file: join(config.dataDir, SNAPSHOT_FILE),
    ageMsMax: config.snapshotAgeMsMax,
    now: Date.now,
  });
  const estimator = createEstimator(log);
  const { features, hashBody } = openFeatures(log, config, { spool, metrics: vitals.metrics });
  const pools = new Map<string, Pool>();
  const underWay = new Set<Promise<void>>();
  const describeSpool = (): PartHealth => describeWriter(spool.state, { isStrict: config.strict });
  const gateway: Gateway = {
    log,
    metrics: vitals.metrics,
    spool,
    upstreams: config.upstreams,
    callers: {
      log,
      metrics: vitals.metrics,
      snapshot,
      trustedHeadersOf: createTrustedNetworks(config.trustedHeaders),
      auth: config.auth,
      now: Date.now,
    },
    hashBody,
    strict: config.strict,
    now: Date.now,
    isReady: () => snapshot.isCurrent() && describeSpool().state !== "failed" && !vitals.isDraining,
    estimator,
    features,
    drains: createDrains(),
    underWay,
    dispatcherOf: ({ name, url }) => {
      const pool = pools.get(name) ?? new Pool(new URL(url).origin, UPSTREAM);
      pools.set(name, pool);
      return pool;
    },
  };
  const upgrades = { connections: createConnections(), upgrader: new Agent({ ...UPSTREAM, allowH2: false }) };
  const server = createGatewayServer(gateway, upgrades);
  const port = await listen(server, config);
  vitals.watch("identity snapshot", () => describeSnapshot(snapshot));
  vitals.watch("spool", describeSpool);
  async function breakOff(): Promise<void> {
    upgrades.connections.breakOff();
    const dispatchers = [...pools.values(), upgrades.upgrader];
    await Promise.all(dispatchers.map((dispatcher) => dispatcher.destroy(new GatewayEnds())));
  }
  return {
    port,
    async close() {
      vitals.drain();
      upgrades.connections.drain();
      await drain(server, breakOff);
      // Also providers that are still being heard out. These calls are recorded before the spool is closed.
      await breakOff();
      await Promise.allSettled(underWay);
      await estimator.close();
      await features.close();
      snapshot.close();
      await spool.close();
    },
  };
}

function describeSnapshot(snapshot: SnapshotReader): PartHealth {
  if (snapshot.isCurrent()) return { state: "ok" };
  return {
    state: "failed",
    reason: "Keys are not known, or not since ASSAY_SNAPSHOT_MAX_AGE: Assay keys are refused.",
  };
}

function createGatewayServer(gateway: Gateway, upgrades: UpgradeParts): Server {
  const listener = getRequestListener(createGatewayApp(gateway).fetch, {
    overrideGlobalObjects: false,
    autoCleanupIncoming: false,
  });
  const server = createServer(
    {
      requestTimeout: REQUEST_MS_MAX,
      maxHeaderSize: HEADER_BYTES_MAX,
      shouldUpgradeCallback: isWebSocketUpgrade,
    },
    (incoming, outgoing) => {
      void listener(incoming, outgoing);
    },
  );
  return server.on("upgrade", createUpgradeListener(gateway, upgrades));
}

/** Several workers share one port; the kernel spreads the connections over them. */
async function listen(server: Server, { gatewayPort, gatewayWorkers, host }: Config): Promise<number> {
  const listening = once(server, "listening");
  server.listen({ port: gatewayPort, host, reusePort: gatewayWorkers > 1 });
  try {
    await listening;
  } catch (error) {
    throw listenError(error, { host, port: gatewayPort, setting: "ASSAY_GATEWAY_PORT" });
  }
  const address: AddressInfo | string | null = server.address();
  return typeof address === "object" && address !== null ? address.port : gatewayPort;
}

/** Calls that are still under way after the time allowed are broken off; their clients see it, and they are on record. */
async function drain(server: Server, breakOff: () => Promise<void>): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => void breakOff().then(() => server.closeAllConnections()), DRAIN_MS_MAX);
  await closed;
  clearTimeout(timer);
}
