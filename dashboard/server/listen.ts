// Serves the dashboard over HTTP.

import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { listenError } from "../../schemas/ports.ts";
import { createDashboard } from "./app.ts";
import type { Dashboard } from "./dashboard.ts";

/** Requests under way get so long to end when the server closes. */
const DRAIN_MS_MAX = 5000;
const HEADERS_MS_MAX = 10_000;
const REQUEST_MS_MAX = 30_000;

export interface DashboardServer {
  /** The port in use, also where 0 was asked for. */
  port: number;
  /** Takes no new requests, and resolves when those under way have ended or their time is up. */
  close(): Promise<void>;
}

/**
 * Starts serving on the host and port of the configuration; port 0 means any that is free.
 * @throws AppError `conflict` (retry) when the address is taken, or is none of this machine's
 */
export async function startDashboard(dashboard: Dashboard): Promise<DashboardServer> {
  const handle = getRequestListener(createDashboard(dashboard).fetch);
  const limits = { headersTimeout: HEADERS_MS_MAX, requestTimeout: REQUEST_MS_MAX };
  const server = createServer(limits, (incoming, outgoing) => void handle(incoming, outgoing));
  const { host, dashboardPort } = dashboard.config;
  await listen(server, { host, port: dashboardPort });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : dashboardPort;
  return { port, close: () => close(server) };
}

async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject);
  server.listen(port, host, listening.resolve);
  try {
    await listening.promise;
  } catch (error) {
    throw listenError(error, { host, port, setting: "ASSAY_DASHBOARD_PORT" });
  } finally {
    server.off("error", listening.reject);
  }
}

async function close(server: Server): Promise<void> {
  const closed = Promise.withResolvers<void>();
  server.close(() => closed.resolve());
  server.closeIdleConnections();
  const deadline = setTimeout(() => server.closeAllConnections(), DRAIN_MS_MAX);
  await closed.promise;
  clearTimeout(deadline);
}
