// Connections to a ClickHouse server over HTTP. One client holds them all; the three purposes are limits of how many of its
// sockets each may use.

import { createClient, type ClickHouseClient } from "@clickhouse/client";
import { AppError } from "../app-error.ts";
import { SILENT, type ClickHouseConnections, type StoreConnection } from "./connections.ts";
import { toAppError } from "./errors.ts";

const DATABASE = "assay";
const INSERTING = 4;
const EXECUTING = 4;
const READING = 8;
/** Longer than any operation may take in the server, so that it is the server that ends one, and says so. */
const REQUEST_TIMEOUT_MS = 1_000_000;

/** The database that an address names, or ours where it names none. */
export function toDatabaseName(address: string): string {
  return decodeURIComponent(new URL(address).pathname.slice(1)) || DATABASE;
}

export async function openServerConnections(
  address: string,
  cluster?: string,
): Promise<ClickHouseConnections> {
  const url = new URL(address);
  const database = toDatabaseName(address);
  // The client would take the name from the path as it stands, and not decode it.
  url.pathname = "/";
  await ensureDatabase(url, database, cluster);
  const client = createServerClient(url, database);
  const connection: StoreConnection = { client, streamingClient: client };
  const connections = (count: number) => Array.from({ length: count }, () => connection);
  return {
    inserting: connections(INSERTING),
    executing: connections(EXECUTING),
    reading: connections(READING),
    close: () => client.close(),
  };
}

function createServerClient(url: URL, database: string): ClickHouseClient {
  return createClient({
    url,
    database,
    application: "assay",
    max_open_connections: INSERTING + EXECUTING + READING,
    request_timeout: REQUEST_TIMEOUT_MS,
    log: SILENT,
    compression: { request: true, response: true },
  });
}

/** Every request names the database, so it has to be there before the first. Who can see it need not be able to make it. */
async function ensureDatabase(url: URL, database: string, cluster: string | undefined): Promise<void> {
  const client = createServerClient(url, "default");
  try {
    const found = await client.query({
      query: "SELECT name FROM system.databases WHERE name = {database:String}",
      query_params: { database },
      format: "JSONEachRow",
    });
    const rows = await found.json();
    if (rows.length > 0) return;
    await client.command({
      query: `CREATE DATABASE IF NOT EXISTS {database:Identifier}${cluster === undefined ? "" : ` ON CLUSTER '${cluster}'`}`,
      query_params: { database },
    });
  } catch (error) {
    const reason = toAppError(error);
    if (!(reason instanceof AppError) || !reason.retry) throw reason;
    const message = `No ClickHouse answers at ${url.origin}. Start it, or correct CLICKHOUSE_URL.`;
    throw new AppError("unavailable", message, { retry: true, cause: error });
  } finally {
    await client.close();
  }
}
