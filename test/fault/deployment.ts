// The deployment that a campaign breaks: Kafka, ClickHouse and Postgres behind networks that can be broken, gateways, sinks and
// analytics as processes, a provider, and people with keys.

import { createKey } from "../../dashboard/server/keys/keys.ts";
import { importPeople } from "../../dashboard/server/people/people.ts";
import { parsePeopleFile } from "../../dashboard/server/people/people-file.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { readConfig, type KafkaConfig } from "../../schemas/config.ts";
import { migratePostgres } from "../../schemas/postgres/migrate.ts";
import { openPostgres } from "../../schemas/postgres/open.ts";
import { people } from "../../schemas/postgres/tables.ts";
import { startDistributed, type Distributed } from "../services/distributed.ts";
import type { CallLedger } from "./call-ledger.ts";
import { startNumberedProvider } from "./numbered-calls.ts";
import { startClickHouse, startKafka, startPostgres, type KafkaServers, type Server } from "./servers.ts";

const PEOPLE = 8;
/** The topic's default, which no test needs that many of. */
const PARTITIONS = 4;

export interface DeploymentOptions {
  ledger: CallLedger;
  brokers: number;
  gateways: number;
  workersPerGateway: number;
  sinks: number;
  /** ASSAY_STRICT: whether gateways refuse what they can't record. */
  isStrict: boolean;
  /** In place of `assay sink`. */
  sinkProgram?: string;
}

export interface Deployment extends Distributed {
  kafka: KafkaServers;
  clickhouse: Server;
  postgres: Server;
  /** ClickHouse, past the network. */
  store: ClickHouseStore;
  kafkaConfig: KafkaConfig;
  workersPerGateway: number;
  /** What callers show, one of each person. */
  keys: readonly string[];
}

export async function startDeployment(options: DeploymentOptions): Promise<Deployment> {
  const { ledger, workersPerGateway, isStrict, sinkProgram, ...counts } = options;
  await using starting = new AsyncDisposableStack();
  const [kafka, clickhouse, postgres, provider] = await startServers(starting, options.brokers, ledger);
  const keys = await createKeys(postgres.directUrl);
  const settings = {
    ASSAY_AUTH: "required",
    ASSAY_STRICT: isStrict ? "1" : "0",
    ASSAY_UPSTREAM_OPENAI_KEY: "sk-provider",
    ASSAY_UPSTREAM_ANTHROPIC_KEY: "sk-provider",
    KAFKA_PARTITIONS: String(PARTITIONS),
  };
  const distributed = await startDistributed({
    ...counts,
    workersPerGateway,
    databaseUrl: postgres.url,
    clickhouseUrl: clickhouse.url,
    kafkaBrokers: kafka.brokers,
    upstreamUrl: provider.url,
    settings,
    ...(sinkProgram !== undefined && { sinkProgram }),
  });
  starting.defer(() => distributed.stop());
  const store = await openClickHouse({ url: clickhouse.directUrl, dataDir: "" });
  starting.defer(() => store.close());
  const { kafka: kafkaConfig } = readConfig({ ...settings, KAFKA_BROKERS: kafka.brokers.join(",") });
  if (!kafkaConfig) throw new Error("KAFKA_BROKERS was not understood.");
  const started = starting.move();
  return {
    ...distributed,
    kafka,
    clickhouse,
    postgres,
    store,
    kafkaConfig,
    workersPerGateway,
    keys,
    stop: () => started.disposeAsync(),
  };
}

/** What has started is stopped with the stack, also when another one fails to start. */
async function startServers(starting: AsyncDisposableStack, brokers: number, ledger: CallLedger) {
  const keep = async <Item>(opening: Promise<Item>, close: (item: Item) => Promise<void>): Promise<Item> => {
    const item = await opening;
    starting.defer(() => close(item));
    return item;
  };
  return Promise.all([
    keep(startKafka(brokers), (kafka) => kafka.stop()),
    keep(startClickHouse(), (clickhouse) => clickhouse.stop()),
    keep(startPostgres(), (postgres) => postgres.stop()),
    keep(startNumberedProvider(ledger), (provider) => provider.close()),
  ]);
}

/** Before gateways start, so that they know them from their first snapshot on. */
async function createKeys(databaseUrl: string): Promise<string[]> {
  const postgres = await openPostgres({ url: databaseUrl });
  try {
    await migratePostgres(postgres);
    const now = new Date();
    const lines = Array.from({ length: PEOPLE }, (_, index) => `p${index}@example.com,Person ${index},,,`);
    await importPeople(
      postgres,
      parsePeopleFile(`email,name,team,manager_email,role\n${lines.join("\n")}\n`),
      now,
    );
    const everybody = await postgres.db.select({ personId: people.personId }).from(people);
    const secrets: string[] = [];
    for (const { personId } of everybody) {
      const key = {
        kind: "person",
        name: "Fault",
        workloadClass: null,
        expiresAt: null,
        actorId: null,
      } as const;
      secrets.push((await createKey(postgres, { ...key, personId }, now)).secret);
    }
    return secrets;
  } finally {
    await postgres.close();
  }
}
