// What a handler takes out of a request, checked: a body, a query string. A mistake is told with the name of its field.

import type { Context } from "hono";
import type { z } from "zod";
import { AppError } from "../../../schemas/app-error.ts";

export async function parseBody<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  return parsePart(await readJson(context), schema, "body");
}

export function parseQuery<Schema extends z.ZodType>(context: Context, schema: Schema): z.output<Schema> {
  return parsePart(context.req.query(), schema, "query");
}

async function readJson(context: Context): Promise<unknown> {
  try {
    return await context.req.json();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new AppError("bad_request", "The request's body is not JSON.", { cause: error });
  }
}

function parsePart<Schema extends z.ZodType>(part: unknown, schema: Schema, where: string): z.output<Schema> {
  const parsed = schema.safeParse(part);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${[where, ...path].join(".")}: ${message}`);
  throw new AppError("bad_request", `The request is not right. ${faults.join("; ")}.`);
}
