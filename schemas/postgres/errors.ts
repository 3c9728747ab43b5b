// What went wrong in Postgres, as the one error of the rest of the code. The server's own errors have a code of five
// characters, the first two of which are its class: https://www.postgresql.org/docs/current/errcodes-appendix.html

import { DrizzleQueryError } from "drizzle-orm/errors";
import { DatabaseError } from "pg";
import { AppError } from "../app-error.ts";

/** Connection exceptions, too many connections or too little memory, a server that shuts down, crashed or starts. */
const PASSING_CODES = /^(08...|53...|57P0[1-3])$/;
/** A deadlock, a lock that was not free in time, a statement that took too long. */
const TOO_SLOW_CODES: ReadonlySet<string> = new Set(["40P01", "55P03", "57014"]);
/** Who may log in; a database that does not exist. */
const REFUSED_CODES = /^(28|3D)...$/;

/**
 * An error of a statement. What is neither the server's nor the connection's state is a defect, and stays what it is.
 * Whether a statement took place whose connection broke, nobody knows.
 */
export function toAppError(error: unknown): unknown {
  const own = error instanceof DrizzleQueryError ? error.cause : error;
  if (own instanceof AppError) return own;
  if (own instanceof DatabaseError) {
    const code = own.code ?? "";
    if (PASSING_CODES.test(code)) return unavailable(error);
    if (TOO_SLOW_CODES.has(code))
      return new AppError("timeout", "Postgres took too long, or others held what was needed.", {
        retry: true,
        cause: error,
      });
    return error;
  }
  // Of a connection that broke, the driver or the system tells in an error of no class of its own.
  const isOfConnection = error instanceof DrizzleQueryError && own?.constructor === Error;
  return isOfConnection ? unavailable(error) : error;
}

/** An error of making a connection. */
export function toConnectError(
  error: unknown,
  { host, database }: { host: string; database: string },
): AppError {
  if (error instanceof DatabaseError && REFUSED_CODES.test(error.code ?? "")) {
    const message = `Postgres at ${host} refuses the user, password or database (${database}) of DATABASE_URL.`;
    return new AppError("bad_configuration", message, { cause: error });
  }
  const message = `No Postgres answers at ${host}. Start it, or correct DATABASE_URL.`;
  return new AppError("unavailable", message, { retry: true, cause: error });
}

function unavailable(cause: unknown): AppError {
  return new AppError("unavailable", "The connection to Postgres broke.", { retry: true, cause });
}
