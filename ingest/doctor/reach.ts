// The stores as the doctor finds them. Those of the service that it runs in are open; a server is tried; an embedded store
// belongs to a service, and opening it here would make what is not there.

import { AppError } from "../../schemas/app-error.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import type { Stores } from "../../schemas/command.ts";
import type { Config } from "../../schemas/config.ts";
import { openPostgres, type PostgresStore } from "../../schemas/postgres/open.ts";

export type Reached<Store> =
  | { state: "open"; store: Store }
  | { state: "failed"; sentence: string }
  | { state: "closed" };

export interface ReachedStores {
  clickhouse: Reached<ClickHouseStore>;
  postgres: Reached<PostgresStore>;
  /** Closes what was opened here. */
  close(): Promise<void>;
}

export async function reachStores(
  { clickhouseUrl, databaseUrl, dataDir }: Config,
  stores: Stores | undefined,
): Promise<ReachedStores> {
  if (stores) {
    const { clickhouse, postgres } = stores;
    return {
      clickhouse: { state: "open", store: clickhouse },
      postgres: { state: "open", store: postgres },
      close: () => Promise.resolve(),
    };
  }
  const [clickhouse, postgres] = await Promise.all([
    reach(clickhouseUrl, (url) => openClickHouse({ url, dataDir })),
    reach(databaseUrl, (url) => openPostgres({ url })),
  ]);
  return {
    clickhouse,
    postgres,
    async close() {
      if (clickhouse.state === "open") await clickhouse.store.close();
      if (postgres.state === "open") await postgres.store.close();
    },
  };
}

async function reach<Store>(
  url: string | undefined,
  open: (url: string) => Promise<Store>,
): Promise<Reached<Store>> {
  if (url === undefined) return { state: "closed" };
  try {
    return { state: "open", store: await open(url) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { state: "failed", sentence: error.message };
  }
}
