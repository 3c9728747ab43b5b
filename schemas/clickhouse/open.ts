// The one opener of ClickHouse: a server where an address is given, else chDB, the same engine in this process. Behind both
// stands the same `@clickhouse/client`, so that everything above runs the same SQL through the same code.
//
// Always holds: an operation waits for a free connection in a bounded queue; every operation sends the same settings, so
// that what one sets can't change the next (a chDB connection keeps what it was last told); a failure is one AppError,
// whose `retry` says whether the same operation may succeed later.

import { z } from "zod";
import { toClusterStatements } from "./cluster.ts";
import { openEmbeddedConnections } from "./embedded.ts";
import { toAppError } from "./errors.ts";
import { createLendingPool, type LendingPool } from "./lending-pool.ts";
import { openServerConnections, toDatabaseName } from "./server.ts";
import { QUERY_SECONDS_MAX, settings, STATEMENT_SECONDS_MAX } from "./settings.ts";
import type { ClickHouseStore, QueryDefinition, StatementDefinition } from "./store.ts";
import type { ClickHouseConnections, StoreConnection } from "./connections.ts";

/** Operations that wait for a connection; the next one is refused as `unavailable`, so that waiting can't grow for ever. */
const WAITING_MAX = 256;
/** Rows of one INSERT. Between 1,000 and 5,000 chDB is at its fastest and holds up the event loop for 15 ms or less. */
const INSERT_ROWS_MAX = 5000;

export interface OpenClickHouseOptions {
  /** `http://user:password@host:8123/database`; the database is `assay` where the address names none. */
  url?: string | undefined;
  /** Where chDB keeps its files, in the folder `clickhouse`, when there is no `url`. */
  dataDir: string;
  /** The cluster that the server at `url` belongs to, where the tables are replicated and sharded. */
  cluster?: string | undefined;
}

/**
 * Opens the store; `migrateClickHouse` then brings its tables up to date.
 * @throws AppError `data_directory_locked` when another process has the chDB directory open, `unavailable` (retry) when
 * the server can't be reached, `bad_configuration` when it refuses the credentials
 */
export async function openClickHouse({
  url,
  dataDir,
  cluster,
}: OpenClickHouseOptions): Promise<ClickHouseStore> {
  if (url === undefined) return createStore(await openEmbeddedConnections(dataDir), (sql) => [sql]);
  const database = toDatabaseName(url);
  return createStore(await openServerConnections(url, cluster), (sql) =>
    cluster === undefined ? [sql] : toClusterStatements(sql, { name: cluster, database }),
  );
}

/** @param toStatements what a statement that makes or changes a table is where the tables are */
function createStore(
  connections: ClickHouseConnections,
  toStatements: (sql: string) => readonly string[],
): ClickHouseStore {
  const inserts = createLendingPool(connections.inserting, WAITING_MAX);
  const statements = createLendingPool(connections.executing, WAITING_MAX);
  const reads = createLendingPool(connections.reading, WAITING_MAX);

  async function runAll<Params extends z.ZodObject>(
    client: Client,
    definition: StatementDefinition<Params>,
    params: z.input<Params>,
  ): Promise<void> {
    for (const sql of toStatements(definition.sql)) await run(client, { ...definition, sql }, params);
  }

  return {
    query: (definition, params) => lend(reads, ({ client }) => readAll(client, definition, params)),
    stream: (definition, params) => readStream(reads, definition, params),
    execute: (definition, params) => lend(statements, ({ client }) => run(client, definition, params)),
    define: (name, sql) =>
      lend(statements, ({ client }) => runAll(client, { name, sql, params: z.object({}) }, {})),
    remove: ({ table, where, ...definition }, params) =>
      lend(statements, ({ client }) =>
        runAll(client, { ...definition, sql: `ALTER TABLE ${table} DELETE WHERE ${where}` }, params),
      ),
    insert: (table, rows) => lend(inserts, ({ client }) => insertAll(client, table, rows)),
    ping: () => lend(reads, ({ client }) => ping(client)),
    close: () => connections.close(),
  };
}

async function lend<Value>(
  pool: LendingPool<StoreConnection>,
  use: (connection: StoreConnection) => Promise<Value>,
): Promise<Value> {
  const loan = await pool.borrow();
  try {
    return await use(loan.item);
  } catch (error) {
    throw toAppError(error);
  } finally {
    loan.giveBack();
  }
}

type Client = StoreConnection["client"];

async function readAll<Params extends z.ZodObject, Row extends z.ZodObject>(
  client: Client,
  definition: QueryDefinition<Params, Row>,
  params: z.input<Params>,
): Promise<z.output<Row>[]> {
  const result = await client.query({
    query: definition.sql,
    query_params: definition.params.parse(params),
    format: "JSONEachRow",
    clickhouse_settings: settings(definition.name, QUERY_SECONDS_MAX),
  });
  const rows = await result.json<unknown>();
  return rows.map((row) => definition.row.parse(row));
}

async function* readStream<Params extends z.ZodObject, Row extends z.ZodObject>(
  pool: LendingPool<StoreConnection>,
  definition: QueryDefinition<Params, Row>,
  params: z.input<Params>,
): AsyncGenerator<z.output<Row>> {
  const loan = await pool.borrow();
  try {
    const result = await loan.item.streamingClient.query({
      query: definition.sql,
      query_params: definition.params.parse(params),
      format: "JSONEachRow",
      clickhouse_settings: settings(definition.name, STATEMENT_SECONDS_MAX),
    });
    // Leaving the loop early, for whatever reason, destroys the stream and with it the query.
    for await (const rows of result.stream<unknown>()) {
      for (const row of rows) yield definition.row.parse(row.json());
    }
  } catch (error) {
    throw toAppError(error);
  } finally {
    loan.giveBack();
  }
}

async function run<Params extends z.ZodObject>(
  client: Client,
  definition: StatementDefinition<Params>,
  params: z.input<Params>,
): Promise<void> {
  await client.command({
    query: definition.sql,
    query_params: definition.params.parse(params),
    clickhouse_settings: settings(definition.name, STATEMENT_SECONDS_MAX, "sequential"),
  });
}

async function insertAll(
  client: Client,
  table: string,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += INSERT_ROWS_MAX) {
    await client.insert({
      table,
      values: rows.slice(start, start + INSERT_ROWS_MAX),
      format: "JSONEachRow",
      clickhouse_settings: settings(`insert ${table}`, QUERY_SECONDS_MAX),
    });
  }
}

async function ping(client: Client): Promise<void> {
  const answer = await client.ping({ select: true });
  if (!answer.success) throw answer.error;
}
