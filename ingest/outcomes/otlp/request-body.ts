// The body of an export request: of one of the two encodings, packed or not, and never more than a limit, before and after unpacking.

import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Context } from "hono";
import { refuse, type IntakeEnv } from "../intake-parts.ts";

/** Of what is sent, and of what it unpacks to. Batches of the clients' exporters are some hundred kilobytes. */
export const BODY_BYTES_MAX = 4 * 1024 * 1024;

const unpack = promisify(gunzip);

/** @throws AppError `bad_request`, `too_large` */
export async function readBody(context: Context<IntakeEnv>): Promise<Uint8Array> {
  const encoding = context.req.header("content-encoding")?.trim().toLowerCase() ?? "identity";
  const sent = new Uint8Array(await context.req.arrayBuffer());
  if (encoding === "identity" || encoding === "") return sent;
  if (encoding !== "gzip")
    throw refuse(context, "malformed", "A body may be packed with gzip, or not at all.");
  try {
    return await unpack(sent, { maxOutputLength: BODY_BYTES_MAX });
  } catch (error) {
    const isTooLarge =
      error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    throw isTooLarge ? refuse(context, "too_large") : refuse(context, "malformed", "The body is no gzip.");
  }
}
