// chDB, the ClickHouse engine in this process, behind the client that talks to servers. The client takes any connection of
// its own shape; chDB's package has one, and this file changes two things about it:
//
// * Settings and parameters. The package binds parameters in a state of the whole process and therefore runs one query with
//   parameters at a time. Here each connection sets them in its own session first, as the client for terminals does, so that
//   they run side by side. A value is only ever the text of a literal: it can't become SQL. All are set by one statement,
//   where the package has one for each setting, and the engine reads the whole text again for every statement of a text.
// * Streams. The package reads an answer whole before it hands it on. `query` of a streaming client hands on the engine's
//   blocks as they come. Starting such a query works on the caller's thread, so only `stream()` of the store does it.
//
// A directory has one owning process; within it each connection runs one operation at a time, on a thread of libuv's pool.
// The process therefore has to be started with UV_THREADPOOL_SIZE=16 or so: with the default of 4, long queries would hold
// up every file and name look-up. Importing the engine costs 220 MB of memory, so it is imported on first use.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createClient, parseError, type ClickHouseClientConfigOptions } from "@clickhouse/client";
import type { ChdbConnection } from "chdb/connection";
import { AppError } from "../app-error.ts";
import { readIfPresent } from "../data-directory.ts";
import { SILENT, type ClickHouseConnections, type StoreConnection } from "./connections.ts";

const INSERTING = 1;
const EXECUTING = 1;
const READING = 3;

type Connection = NonNullable<ClickHouseClientConfigOptions["connection"]>;
type QueryParams = Parameters<Connection["query"]>[0];

export async function openEmbeddedConnections(dataDir: string): Promise<ClickHouseConnections> {
  const path = join(dataDir, "clickhouse");
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const { createChdbConnection } = await import("chdb/connection");
  const opened: StoreConnection[] = [];
  const open = (count: number) =>
    Array.from({ length: count }, () => {
      const connection = toStoreConnection(openEngine(createChdbConnection, path));
      opened.push(connection);
      return connection;
    });
  return {
    inserting: open(INSERTING),
    executing: open(EXECUTING),
    reading: open(READING),
    close: async () => {
      for (const { client } of opened) await client.close();
    },
  };
}

/** The engine tells its caller only that it could not open; who has the directory open stands in its file `status`. */
function openEngine(createConnection: (options: { path: string }) => ChdbConnection, path: string) {
  try {
    return createConnection({ path });
  } catch (error) {
    const owner = Number(/^PID: (\d+)$/m.exec(readIfPresent(join(path, "status")) ?? "")?.[1]);
    if (owner > 0 && owner !== process.pid && isRunning(owner)) {
      const message = `Process ${owner} has ${path} open. Stop it, or set ASSAY_DATA to another directory.`;
      throw new AppError("data_directory_locked", message, { cause: error });
    }
    throw new AppError("internal", `chDB can't open ${path}; its reason stands above in the log.`, {
      cause: error,
    });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function toStoreConnection(engine: ChdbConnection): StoreConnection {
  // The package declares the client's shape with classes of its own copy, which TypeScript holds to be different.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const whole = engine as unknown as Connection;
  // A stream that its reader left is ended on this thread, which waits for whatever runs on the connection by then. So
  // nothing may start on it before: a query of a minute would hold up the whole process for a minute.
  let streamEnded: Promise<unknown> = Promise.resolve();
  const afterStream =
    <Params, Result>(operation: (params: Params) => Promise<Result>) =>
    async (params: Params) => {
      await streamEnded;
      return operation(params);
    };
  const connection: Connection = {
    query: afterStream((params) => whole.query(setFirst(params))),
    command: afterStream((params) => whole.command(setFirst(params))),
    exec: afterStream((params) => whole.exec(setFirst(params))),
    // With the settings in front of its rows, an insert would take twice as long.
    insert: afterStream(async ({ clickhouse_settings = {}, ...params }) => {
      await whole.command(setFirst({ clickhouse_settings, query: "SELECT 1" }));
      return whole.insert(params);
    }),
    ping: afterStream((params) => whole.ping(params)),
    close: () => whole.close(),
  };
  const streamingQuery: Connection["query"] = async (params) => {
    // The engine streams one statement at a time, so the settings and parameters go ahead in a call of their own.
    const { query_id } = await connection.command({ ...params, query: "SELECT 1" });
    const stream = Readable.from(readBlocks(engine, params.query), { objectMode: false });
    streamEnded = new Promise((resolve) => stream.once("close", resolve));
    return { stream, query_id, response_headers: {} };
  };
  return {
    client: createClient({ connection, log: SILENT }),
    streamingClient: createClient({ connection: { ...connection, query: streamingQuery }, log: SILENT }),
  };
}

async function* readBlocks(engine: ChdbConnection, sql: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const block of engine.chdb.queryStream(sql)) yield block.raw();
  } catch (error) {
    // Reads the engine's number of the error out of the form that it gives all of them.
    throw error instanceof Error ? parseError(error) : error;
  }
}

/** A statement that sets settings and parameters in the connection's session, and then the query. */
function setFirst<Params extends QueryParams>(params: Params): Params & QueryParams {
  const settings = Object.entries(params.clickhouse_settings ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} = ${quote(String(value))}`);
  const parameters = Object.entries(params.query_params ?? {}).map(
    ([name, value]) => `param_${name} = ${quote(toParameterText(value))}`,
  );
  const all = [...settings, ...parameters];
  if (all.length === 0) return params;
  const query = `SET ${all.join(", ")}; ${params.query}`;
  return { ...params, clickhouse_settings: {}, query_params: {}, query };
}

/** A value in the text form that ClickHouse reads a parameter from, which is that of a field of its tab-separated format. */
function toParameterText(value: unknown): string {
  if (value === null) return "\\N";
  // A number is a time in every zone; text is one in the server's.
  if (value instanceof Date) return (value.getTime() / 1000).toFixed(3);
  if (Array.isArray(value)) return `[${value.map(toArrayElement).join(",")}]`;
  if (typeof value === "string") return escape(value);
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  throw new AppError("internal", `A query parameter can't be a ${typeof value}.`);
}

function toArrayElement(value: unknown): string {
  return typeof value === "string" ? quote(value) : toParameterText(value);
}

function quote(text: string): string {
  return `'${escape(text).replaceAll("'", "\\'")}'`;
}

function escape(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll("\t", "\\t")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\0", "\\0");
}
