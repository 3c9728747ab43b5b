// Where the dashboard and the gateway are reached. A port of 0 in the settings means any that was free; which one it became
// stands in `ports.json` in the data directory once everything has started.

import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../../../schemas/app-error.ts";
import type { Config } from "../../../schemas/config.ts";
import { readIfPresent } from "../../../schemas/data-directory.ts";

const PORTS_FILE = "ports.json";
const portsSchema = z.object({ dashboard: z.int(), gateway: z.int() });
/** Listening on every address is no address that one could open. */
const EVERY_ADDRESS: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** The dashboard's address, without a slash at its end: the public one, else the one that it listens on. */
export function toDashboardUrl(config: Config): string {
  if (config.publicUrl !== undefined) return config.publicUrl.replace(/\/+$/, "");
  const host = EVERY_ADDRESS.has(config.host) ? "127.0.0.1" : config.host;
  return toUrl(host, config.dashboardPort || readPorts(config).dashboard);
}

/**
 * Where clients are pointed.
 * @param hostname the name under which the reader has reached the dashboard, in case the gateway listens on every address
 */
export function toGatewayUrl(config: Config, hostname: string): string {
  const host = EVERY_ADDRESS.has(config.host) ? hostname : config.host;
  return toUrl(host, config.gatewayPort || readPorts(config).gateway);
}

/** Where the processes of this data directory tell of themselves; undefined where none of them does. */
export function toMetricsUrl(config: Config): string | undefined {
  const content = readIfPresent(join(config.dataDir, PORTS_FILE));
  const { metrics } = z.object({ metrics: z.int().optional() }).parse(JSON.parse(content ?? "{}"));
  if (metrics === undefined) return undefined;
  return toUrl(EVERY_ADDRESS.has(config.host) ? "127.0.0.1" : config.host, metrics);
}

function toUrl(host: string, port: number): string {
  const isBareIpv6 = host.includes(":") && !host.startsWith("[");
  return `http://${isBareIpv6 ? `[${host}]` : host}:${port}`;
}

function readPorts({ dataDir }: Config): z.infer<typeof portsSchema> {
  const content = readIfPresent(join(dataDir, PORTS_FILE));
  if (content === undefined)
    throw new AppError("unavailable", "Assay is just starting. Try again in a few seconds.", { retry: true });
  return portsSchema.parse(JSON.parse(content));
}
