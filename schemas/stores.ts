// Opens both stores and brings them up to date: those of servers, or embedded ones, or one of each.

import type { Logger } from "pino";
import { AppError } from "./app-error.ts";
import { migrateClickHouse } from "./clickhouse/migrate.ts";
import { openClickHouse } from "./clickhouse/open.ts";
import type { Stores } from "./command.ts";
import type { Config } from "./config.ts";
import { lockDataDirectory, makeDataDirectory } from "./data-directory.ts";
import { keepTrying } from "./keep-trying.ts";
import { startEmbeddedPostgres } from "./postgres/embedded.ts";
import { migratePostgres } from "./postgres/migrate.ts";
import { openPostgres } from "./postgres/open.ts";
import { checkReachable, type Vitals } from "./vitals.ts";

export interface OpenStores {
  stores: Stores;
  close: () => Promise<void>;
}

/** Where DATABASE_URL is not set, this process starts the embedded Postgres, and owns the data directory meanwhile. */
export async function openStores(log: Logger, config: Config): Promise<OpenStores> {
  makeDataDirectory(config.dataDir);
  await using opening = new AsyncDisposableStack();
  let databaseUrl = config.databaseUrl;
  if (databaseUrl === undefined) {
    opening.defer(lockDataDirectory(config.dataDir));
    const server = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
    opening.defer(() => server.stop());
    databaseUrl = server.url;
  }
  const postgres = await openPostgres({ url: databaseUrl });
  opening.defer(() => postgres.close());
  const { clickhouseUrl: url, clickhouseCluster: cluster, dataDir } = config;
  const clickhouse = await openClickHouse({ url, cluster, dataDir });
  opening.defer(() => clickhouse.close());
  const stores = { clickhouse, postgres };
  await migrateStores(stores);
  const opened = opening.move();
  return { stores, close: () => opened.disposeAsync() };
}

export interface AwaitStoresOptions {
  config: Config;
  vitals: Vitals;
  signal: AbortSignal;
}

/**
 * Opens the stores for a process that stays: it waits for servers that are away, and from then on its vitals tell of them.
 * Undefined when `signal` is aborted before.
 */
export async function awaitStores(
  log: Logger,
  { config, vitals, signal }: AwaitStoresOptions,
): Promise<OpenStores | undefined> {
  vitals.watch("stores", () => ({ state: "failed", reason: "They are not open yet; the log says why." }));
  const opened = await keepTrying(log, signal, () => openStores(log, config));
  if (!opened) return undefined;
  const { clickhouse, postgres } = opened.stores;
  vitals.watch("stores", () => ({ state: "ok" }));
  vitals.watch(
    "ClickHouse",
    checkReachable(() => clickhouse.ping()),
  );
  vitals.watch(
    "Postgres",
    checkReachable(() => postgres.pool.query("SELECT 1")),
  );
  return opened;
}

/**
 * For a process that works on servers alone: an embedded store belongs to `assay start`.
 * @throws AppError `bad_configuration` when one of them is not set
 */
export function requireServers(command: string, { clickhouseUrl, databaseUrl }: Config): void {
  if (clickhouseUrl !== undefined && databaseUrl !== undefined) return;
  const message = `assay ${command} needs servers: set CLICKHOUSE_URL and DATABASE_URL, or run \`assay start\`, which brings its own.`;
  throw new AppError("bad_configuration", message);
}

/** The names of what was applied now. */
export async function migrateStores({ clickhouse, postgres }: Stores): Promise<string[]> {
  return [...(await migratePostgres(postgres)), ...(await migrateClickHouse(clickhouse))];
}
