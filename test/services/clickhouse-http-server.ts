// A program that answers ClickHouse's HTTP interface with chDB, for machines on which no ClickHouse server can be installed:
// https://clickhouse.com/docs/interfaces/http. The product reaches it as it reaches a server: through the client's own HTTP
// code, in another process, which can be away.
//
// Spoken: query in the address or the body, `param_*`, settings, databases, one user's password, gzip both ways, answers in
// pieces, errors with their code, also in the middle of an answer, and /ping. Each request has a session of its own, so that
// no setting outlives it.
//
// Run by `startTestClickHouse` as: node clickhouse-http-server.ts FOLDER PORT PASSWORD [two-shards]. It sends its port to its
// parent, and ends with it.

import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { Session } from "chdb";
import { QUERY_SECONDS_MAX } from "../../schemas/clickhouse/settings.ts";
import { toShardSettings, withoutReplication, writeClusterConfig } from "./clickhouse-two-shards.ts";

const [folder = "", port = "0", password = "", kind = ""] = process.argv.slice(2);
const isSharded = kind === "two-shards";
/** Of the HTTP interface itself; everything else in an address is a setting of the query. */
const NOT_SETTINGS = new Set([
  "query",
  "query_id",
  "database",
  "default_format",
  "wait_end_of_query",
  "enable_http_compression",
]);
const STREAMABLE = /^\s*(SELECT|WITH)\b[^]*\bFORMAT\s+JSONEachRow\s*$/i;
const AUTHENTICATION_FAILED = "Code: 516. DB::Exception: Authentication failed. (AUTHENTICATION_FAILED)";

/** The engine lives as long as one of its sessions does. */
const engine = new Session(folder, { connectionArgs: isSharded ? writeClusterConfig(folder) : [] });
const server = createServer((request, response) => void answer(request, response));
server.listen(Number(port), "127.0.0.1", () => process.send?.(server.address()));
server.once("close", () => engine.close());
process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  if (pathname === "/ping") return void response.end("Ok.\n");
  const session = new Session(folder);
  try {
    const body = await readBody(request);
    if (password !== "" && request.headers.authorization !== `Basic ${btoa(`default:${password}`)}`) {
      return refuse(response, AUTHENTICATION_FAILED);
    }
    const inAddress = searchParams.get("query");
    await session.queryAsync(toSetStatements(searchParams));
    const sql = inAddress === null ? body : `${inAddress}\n${body}`;
    await run(session, isSharded ? withoutReplication(sql) : sql, searchParams, request, response);
  } catch (error) {
    refuse(response, error instanceof Error ? error.message : String(error));
  } finally {
    session.close();
  }
}

function readBody(request: IncomingMessage): Promise<string> {
  const isCompressed = request.headers["content-encoding"] === "gzip";
  return buffer(isCompressed ? request.pipe(createGunzip()) : request).then(String);
}

function toSetStatements(search: URLSearchParams): string {
  const database = search.get("database") ?? "default";
  const statements = [`USE ${quoteName(database)}`];
  for (const [name, value] of search) {
    if (!NOT_SETTINGS.has(name)) statements.push(`SET ${quoteName(name)} = ${quoteText(value)}`);
  }
  if (isSharded) statements.push(toShardSettings(database));
  return statements.join("; ");
}

function quoteName(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

function quoteText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

async function run(
  session: Session,
  sql: string,
  search: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader("x-clickhouse-query-id", search.get("query_id") ?? "");
  const tag = randomBytes(8).toString("hex");
  response.setHeader("x-clickhouse-exception-tag", tag);
  // Starting a stream works on this thread, beside whatever the engine does on others: only what may take long comes in pieces.
  const isLong = Number(search.get("max_execution_time")) > QUERY_SECONDS_MAX;
  const pieces =
    isLong && STREAMABLE.test(sql)
      ? await startStream(session, sql, tag)
      : [(await session.queryAsync(sql, { format: "TabSeparated" })).bytes()];
  const accepted = String(request.headers["accept-encoding"]);
  const isCompressed = search.get("enable_http_compression") === "1" && accepted.includes("gzip");
  if (isCompressed) response.setHeader("content-encoding", "gzip");
  await pipeline(Readable.from(pieces), ...(isCompressed ? [createGzip()] : []), response);
}

/** An error before the first piece is thrown: the status is sent when there is something to send. */
async function startStream(
  session: Session,
  sql: string,
  tag: string,
): Promise<AsyncIterable<Uint8Array | string>> {
  const blocks = session.queryStream(sql)[Symbol.asyncIterator]();
  const first = await blocks.next();
  return (async function* rest() {
    try {
      for (let next = first; !next.done; next = await blocks.next()) yield next.value.raw();
    } catch (error) {
      yield toExceptionMark(tag, error instanceof Error ? error.message : String(error));
    } finally {
      await blocks.return?.();
    }
  })();
}

/** How ClickHouse ends an answer that it can't complete, since 25.11. */
function toExceptionMark(tag: string, message: string): string {
  const text = `${message}\n`;
  const mark = "__exception__";
  return `\r\n${mark}\r\n${tag}\r\n${text}${Buffer.byteLength(text)} ${tag}\r\n${mark}\r\n`;
}

function refuse(response: ServerResponse, message: string): void {
  if (response.headersSent) return void response.destroy();
  const code = /^Code: (\d+)/.exec(message)?.[1] ?? "1002";
  response.statusCode = code === "516" ? 403 : 500;
  response.setHeader("x-clickhouse-exception-code", code);
  response.end(message);
}
