// What the two ways to ClickHouse have in common: connections by purpose, so that a long statement holds up neither an
// insert nor a page.

import { ClickHouseLogLevel, type ClickHouseClient } from "@clickhouse/client";

export interface StoreConnection {
  client: ClickHouseClient;
  /** Its answers arrive piece by piece. With a server this is the client itself. */
  streamingClient: ClickHouseClient;
}

export interface ClickHouseConnections {
  inserting: readonly StoreConnection[];
  executing: readonly StoreConnection[];
  reading: readonly StoreConnection[];
  close(): Promise<void>;
}

/** The client would print each error to the terminal. It is thrown as well, and logged once where it is handled. */
export const SILENT = { level: ClickHouseLogLevel.OFF };
