// The service process: owns the stores, and runs what works on them: sink, analytics, dashboard, and the commands that other
// terminals hand over. Gateways live without it; what they record meanwhile waits in the spool.

import { once } from "node:events";
import { join } from "node:path";
import type { Logger } from "pino";
import { startAnalysis } from "./analytics/watch.ts";
import { listenForCommands, type RunInvocation } from "./control.ts";
import { startIdentitySnapshot } from "./dashboard/server/identity-snapshot.ts";
import { toDashboardUrl } from "./dashboard/server/addresses.ts";
import { createKey } from "./dashboard/server/keys.ts";
import { startDashboard } from "./dashboard/server/listen.ts";
import { createLoginLink } from "./dashboard/server/login-links.ts";
import { createOwner } from "./dashboard/server/people.ts";
import { createPricer } from "./ingest/sink/price.ts";
import { carrySpool } from "./ingest/bus/carry-spool.ts";
import { openDeadLetters } from "./ingest/sink/dead-letters.ts";
import { createSink, SINK_BATCH_RECORDS_MAX } from "./ingest/sink/sink.ts";
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
import { createMetrics } from "./schemas/metrics.ts";
import { startEmbeddedPostgres } from "./schemas/postgres/embedded.ts";
import { migratePostgres } from "./schemas/postgres/migrate.ts";
import { openPostgres } from "./schemas/postgres/open.ts";
import { tellParent, type FirstSteps } from "./schemas/process-messages.ts";

const clock = (): Date => new Date();

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

/** Everything is closed in the order opposite to that in which it was opened, also when opening the next thing fails. */
async function runService(
  log: Logger,
  config: Config,
  runInvocation: RunInvocation,
  signal: AbortSignal,
): Promise<void> {
  await using open = new AsyncDisposableStack();
  const { stores, close } = await openStores(log, config);
  open.defer(close);
  const firstSteps = await createFirstSteps(stores, config, clock());
  const snapshot = await startIdentitySnapshot({
    postgres: stores.postgres,
    dataDir: config.dataDir,
    now: clock,
    log,
  });
  open.defer(() => snapshot.stop());
  const spool = createSpoolReader(log, { spoolDir: join(config.dataDir, "spool") });
  const { deliver } = createSink({
    store: stores.clickhouse,
    deadLetters: openDeadLetters({ folder: join(config.dataDir, "dead-letters"), now: clock }),
    metrics: createMetrics("service"),
    price: createPricer(config.prices),
    retentionDays: config.retentionDays.events,
  });
  const sink = carrySpool(log, spool, { deliver, batchRecordsMax: SINK_BATCH_RECORDS_MAX });
  open.defer(() => sink.close());
  const analysis = startAnalysis({ store: stores.clickhouse, config, clock, log });
  open.defer(() => analysis.stop());
  const dashboard = await startDashboard({ stores, config, now: clock, log });
  open.defer(() => dashboard.close());
  const control = await listenForCommands(config.dataDir, stores, runInvocation);
  open.defer(() => control.close());
  tellParent({ type: "ready", ...(firstSteps && { firstSteps }) });
  // A sink that can't go on is a process that can't go on: it ends, and is started again.
  await Promise.race([signal.aborted || once(signal, "abort"), sink.failed]);
}

/** An owner, a way in and a key, where there is nobody yet: what a newcomer needs to see a first call. */
async function createFirstSteps(
  { postgres }: Stores,
  config: Config,
  now: Date,
): Promise<FirstSteps | undefined> {
  const owner = await createOwner(postgres, now);
  if (!owner) return undefined;
  const key = {
    kind: "person",
    name: "First key",
    workloadClass: null,
    expiresAt: null,
    personId: owner.personId,
    actorId: null,
  } as const;
  const { secret } = await createKey(postgres, key, now);
  const signInLink = await createLoginLink(postgres, {
    personId: owner.personId,
    dashboardUrl: toDashboardUrl(config),
    now,
  });
  return { signInLink, key: secret };
}

export interface OpenStores {
  stores: Stores;
  close: () => Promise<void>;
}

/**
 * Opens both stores and brings them up to date. Where DATABASE_URL is not set, this process starts the embedded Postgres, and
 * owns the data directory meanwhile.
 */
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
  const url = config.clickhouseUrl;
  const clickhouse = await openClickHouse({ dataDir: config.dataDir, ...(url === undefined ? {} : { url }) });
  opening.defer(() => clickhouse.close());
  const stores = { clickhouse, postgres };
  await migrate(stores);
  const opened = opening.move();
  return { stores, close: () => opened.disposeAsync() };
}

async function migrate({ clickhouse, postgres }: Stores): Promise<string[]> {
  return [...(await migratePostgres(postgres)), ...(await migrateClickHouse(clickhouse))];
}
