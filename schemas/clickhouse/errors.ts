// What went wrong in ClickHouse, as the one error of the rest of the code. ClickHouse numbers its errors, and the numbers
// never change: https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp

import { z } from "zod";
import { AppError } from "../app-error.ts";

/** Errors of the server's state: the same operation may succeed when it has passed. */
const PASSING_CODES: ReadonlySet<string> = new Set([
  "202", // TOO_MANY_SIMULTANEOUS_QUERIES
  "209", // SOCKET_TIMEOUT
  "210", // NETWORK_ERROR
  "225", // NO_ZOOKEEPER
  "236", // ABORTED
  "241", // MEMORY_LIMIT_EXCEEDED
  "242", // TABLE_IS_READ_ONLY
  "243", // NOT_ENOUGH_SPACE
  "252", // TOO_MANY_PARTS
  "279", // ALL_CONNECTION_TRIES_FAILED
  "285", // TOO_FEW_LIVE_REPLICAS
  "286", // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
  "289", // REPLICA_IS_NOT_IN_QUORUM
  "319", // UNKNOWN_STATUS_OF_INSERT
  "341", // UNFINISHED
  "369", // ALL_REPLICAS_ARE_STALE
  "999", // KEEPER_EXCEPTION
]);
const TIMEOUT_EXCEEDED = "159";
/** WRONG_PASSWORD, ACCESS_DENIED (to the database), AUTHENTICATION_FAILED. */
const CREDENTIAL_CODES: ReadonlySet<string> = new Set(["193", "497", "516"]);

/** Errors that the value of a row causes, whatever the state of the server. */
const VALUE_CODES: ReadonlySet<string> = new Set([
  "6", // CANNOT_PARSE_TEXT
  "25", // CANNOT_PARSE_ESCAPE_SEQUENCE
  "26", // CANNOT_PARSE_QUOTED_STRING
  "27", // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  "38", // CANNOT_PARSE_DATE
  "41", // CANNOT_PARSE_DATETIME
  "69", // ARGUMENT_OUT_OF_BOUND
  "70", // CANNOT_CONVERT_TYPE
  "72", // CANNOT_PARSE_NUMBER
  "117", // INCORRECT_DATA
  "130", // CANNOT_READ_ARRAY_FROM_TEXT
  "131", // TOO_LARGE_STRING_SIZE
  "321", // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  "349", // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  "376", // CANNOT_PARSE_UUID
  "407", // DECIMAL_OVERFLOW
  "469", // VIOLATED_CONSTRAINT
]);

/** The client and chDB's package each have a class of their own for an error of ClickHouse; its fields are the same. */
const clickHouseErrorSchema = z.object({ code: z.string().regex(/^\d+$/), type: z.string().optional() });

/**
 * An error without a number comes from the way to the server: nobody knows whether the operation took place, and trying
 * again is right, because every insert may be repeated. A row that its schema refuses is a bug and stays what it is.
 */
export function toAppError(error: unknown): unknown {
  if (error instanceof AppError || error instanceof z.ZodError) return error;
  const known = clickHouseErrorSchema.safeParse(error);
  if (!known.success) {
    return new AppError("unavailable", "ClickHouse can't be reached.", { retry: true, cause: error });
  }
  const { code, type } = known.data;
  if (PASSING_CODES.has(code)) {
    const message = `ClickHouse can't do it now (${code} ${type}).`;
    return new AppError("unavailable", message, { retry: true, cause: error });
  }
  if (code === TIMEOUT_EXCEEDED) {
    return new AppError("timeout", "ClickHouse took longer than the operation may.", { cause: error });
  }
  if (CREDENTIAL_CODES.has(code)) {
    const message = "ClickHouse refuses the user, password or grants of CLICKHOUSE_URL.";
    return new AppError("bad_configuration", message, { cause: error });
  }
  return new AppError("internal", `ClickHouse refused the operation (${code} ${type}).`, { cause: error });
}

/** Whether ClickHouse refused an operation for a value that was given to it. */
export function isRefusedValue(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  const known = clickHouseErrorSchema.safeParse(error.cause);
  return known.success && VALUE_CODES.has(known.data.code);
}
