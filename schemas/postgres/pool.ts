// The pool of connections, with a limit for every wait. A connection that can't be had is an AppError; what the server
// itself says stays as it is, until errors.ts turns it into one.

import { callbackify } from "node:util";
import { Pool, type PoolClient } from "pg";
import { AppError } from "../app-error.ts";
import { toConnectError } from "./errors.ts";
import { ACTING_AS, SYSTEM } from "./tables.ts";

/** For a connection, be it a new one or one that others use. */
export const CONNECT_MS_MAX = 5000;
const IDLE_MS_MAX = 30_000;
const STATEMENT_MS_MAX = 30_000;
const LOCK_MS_MAX = 10_000;
/** A transaction that its code forgot holds its locks no longer than this. */
const IDLE_IN_TRANSACTION_MS_MAX = 60_000;

export interface PoolOptions {
  url: string;
  connectionsMax: number;
}

export function createPool({ url, connectionsMax }: PoolOptions): Pool {
  const { host, pathname } = new URL(url);
  const pool = new BoundedPool(
    {
      connectionString: actingAsSystem(url),
      application_name: "assay",
      max: connectionsMax,
      connectionTimeoutMillis: CONNECT_MS_MAX,
      idleTimeoutMillis: IDLE_MS_MAX,
      statement_timeout: STATEMENT_MS_MAX,
      lock_timeout: LOCK_MS_MAX,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS_MAX,
    },
    (error) => toConnectError(error, { host, database: pathname.slice(1) }),
  );
  // A connection broke, most likely because the server went away. Whoever has a statement on it learns that from the
  // statement; the pool has dropped an unused one already. Without both listeners the process would end: the pool's own
  // leaves a connection as long as somebody uses it.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** Said as the connection starts, so that it costs no round trip. Options of the operator's own stay. */
function actingAsSystem(url: string): string {
  const address = new URL(url);
  const given = address.searchParams.get("options");
  const own = `-c ${ACTING_AS}=${SYSTEM}`;
  address.searchParams.set("options", given === null ? own : `${given} ${own}`);
  return address.href;
}

type Connected = (
  error: Error | undefined,
  client: PoolClient | undefined,
  release: (failed?: Error | boolean) => void,
) => void;

/** Says of a connection that can't be had why that is so. The driver's own error of a full pool has no code to know it by. */
class BoundedPool extends Pool {
  readonly #toError: (error: unknown) => AppError;
  readonly #connectionsMax: number | undefined;

  constructor(options: ConstructorParameters<typeof Pool>[0], toError: (error: unknown) => AppError) {
    super(options);
    this.#toError = toError;
    this.#connectionsMax = options?.max;
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<PoolClient> | void {
    if (callback === undefined) return this.#connect();
    callbackify(() => this.#connect())((error, client) => {
      callback(error ?? undefined, client, (failed) => client?.release(failed));
    });
  }

  async #connect(): Promise<PoolClient> {
    if (this.ending)
      throw new AppError("internal", "The pool of connections to Postgres was used after its end.");
    const isFull = this.totalCount === this.#connectionsMax && this.idleCount === 0;
    try {
      return await super.connect();
    } catch (error) {
      if (!isFull || this.totalCount < (this.#connectionsMax ?? 0)) throw this.#toError(error);
      const message = `All ${this.#connectionsMax} connections to Postgres have been in use for too long. Look for what holds them: a slow statement, or a lock.`;
      throw new AppError("unavailable", message, { retry: true, cause: error });
    }
  }
}
