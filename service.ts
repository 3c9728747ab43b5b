// The service process: owns the stores, and runs what works on them: sink, analytics, dashboard, and the commands that other
// terminals hand over. Gateways live without it; what they record meanwhile waits in the spool.

import { once } from "node:events";
import { join } from "node:path";
import type { Logger } from "pino";
import { startAnalysis } from "./analytics/watch.ts";
import { listenForCommands, type RunInvocation } from "./control.ts";
import { createFirstOwner } from "./dashboard/server/first-owner.ts";
import { startIdentitySnapshot } from "./dashboard/server/identity-snapshot.ts";
import { toLocalUrl } from "./dashboard/server/addresses.ts";
import { startDashboard } from "./dashboard/server/listen.ts";
import { createPricer } from "./ingest/sink/price.ts";
import { startSink } from "./ingest/sink/sink.ts";
import { createSpoolReader } from "./ingest/spool/reader.ts";
import { migrateClickHouse } from "./schemas/clickhouse/migrate.ts";
import { openClickHouse } from "./schemas/clickhouse/open.ts";
import {
  defineCommand,
  EXIT,
  type ProcessCommand,
  type StoreCommand,
  type Stores,
} from "./schemas/command.ts";
import type { Config } from "./schemas/config.ts";
import { lockDataDirectory, makeDataDirectory } from "./schemas/data-directory.ts";
import { createLog } from "./schemas/log.ts";
import { startEmbeddedPostgres } from "./schemas/postgres/embedded.ts";
import { migratePostgres } from "./schemas/postgres/migrate.ts";
import { openPostgres } from "./schemas/postgres/open.ts";
import { tellParent } from "./schemas/process-messages.ts";

/** Made with the function that runs the commands which other terminals hand over. */
export function serviceCommand(runInvocation: RunInvocation): ProcessCommand {
  return defineCommand<ProcessCommand>({
    kind: "process",
    name: "service",
    summary: "Run sink, analytics and dashboard; a part of start",
    usage: "",
    options: {},
    async run(_args, io, config) {
      await runService(createLog("service", io.stderr), config, runInvocation, io.signal);
      return EXIT.done;
    },
  });
}

export const migrateCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "migrate",
  summary: "Bring both stores up to date; done by the others on start, too",
  usage: "",
  options: {},
  async run({ values }, io, stores) {
    const applied = await migrate(stores);
    if (values["json"] === true) io.stdout.write(`${JSON.stringify(applied)}\n`);
    else
      io.stderr.write(
        applied.length === 0 ? "Both stores are up to date.\n" : `Applied ${applied.join(", ")}.\n`,
      );
    return EXIT.done;
  },
});

async function runService(
  log: Logger,
  config: Config,
  runInvocation: RunInvocation,
  signal: AbortSignal,
): Promise<void> {
  const { stores, close } = await openStores(log, config);
  const now = (): Date => new Date();
  const snapshot = await startIdentitySnapshot({
    postgres: stores.postgres,
    dataDir: config.dataDir,
    now,
    log,
  });
  const sink = startSink(
    log,
    stores.clickhouse,
    createSpoolReader(log, { spoolDir: join(config.dataDir, "spool") }),
    {
      price: createPricer(),
      retentionDays: config.retentionDays.events,
      deadLettersDir: join(config.dataDir, "dead-letters"),
      now,
    },
  );
  const analysis = startAnalysis({ store: stores.clickhouse, config, clock: now, log });
  const gatewayUrl = toLocalUrl(config.host, config.gatewayPort);
  const dashboard = await startDashboard({ stores, config, gatewayUrl, now, log });
  const control = await listenForCommands(config.dataDir, stores, runInvocation);
  const firstOwner = await createFirstOwner(stores.postgres, config, now());
  tellParent({ type: "ready", ...firstOwner });
  try {
    const stopped = signal.aborted ? undefined : once(signal, "abort");
    // A sink that can't go on is a process that can't go on: it is started again.
    await Promise.race([stopped, sink.failed]);
  } finally {
    await control.close();
    await dashboard.close();
    await analysis.stop();
    await sink.close();
    await snapshot.stop();
    await close();
  }
}

export interface OpenStores {
  stores: Stores;
  close(): Promise<void>;
}

/**
 * Opens both stores and brings them up to date. Where DATABASE_URL is not set, this process starts the embedded Postgres, and
 * owns the data directory meanwhile.
 */
export async function openStores(log: Logger, config: Config): Promise<OpenStores> {
  makeDataDirectory(config.dataDir);
  const closers: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const closeNext of closers.toReversed()) await closeNext();
  };
  try {
    let databaseUrl = config.databaseUrl;
    if (databaseUrl === undefined) {
      closers.push(lockDataDirectory(config.dataDir));
      const server = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
      closers.push(() => server.stop());
      databaseUrl = server.url;
    }
    const postgres = await openPostgres({ url: databaseUrl });
    closers.push(() => postgres.close());
    const url = config.clickhouseUrl;
    const clickhouse = await openClickHouse({
      dataDir: config.dataDir,
      ...(url === undefined ? {} : { url }),
    });
    closers.push(() => clickhouse.close());
    const stores = { clickhouse, postgres };
    await migrate(stores);
    return { stores, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function migrate({ clickhouse, postgres }: Stores): Promise<string[]> {
  return [...(await migratePostgres(postgres)), ...(await migrateClickHouse(clickhouse))];
}
