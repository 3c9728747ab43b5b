// What a handler takes out of a request, checked: a body, a query string. A mistake is told with the name of its field.

import type { Context } from "hono";
import { z } from "zod";
import { AppError } from "../../../schemas/app-error.ts";

export async function parseBody<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  return parsePart(await readJson(context), schema, "body");
}

/**
 * A name that the schema does not know, or one that is there twice, is refused: a misspelt filter would otherwise show everything.
 * @param schema undefined where a route takes nothing
 */
export function parseQuery(context: Context, schema: z.ZodType | undefined): unknown {
  const given = context.req.queries();
  const known = schema === undefined ? new Set<string>() : queryNames(schema);
  for (const [name, values] of Object.entries(given)) {
    if (known !== undefined && !known.has(name))
      throw new AppError(
        "bad_request",
        `The request is not right. query.${name}: there is no such parameter.`,
      );
    if (values.length > 1)
      throw new AppError("bad_request", `The request is not right. query.${name}: it is there twice.`);
  }
  return schema && parsePart(context.req.query(), schema, "query");
}

/** Undefined where a schema takes names that it does not know. */
function queryNames(schema: z.ZodType): ReadonlySet<string> | undefined {
  const { properties, additionalProperties } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
  });
  const isLoose = additionalProperties !== undefined && additionalProperties !== false;
  return isLoose ? undefined : new Set(Object.keys(properties ?? {}));
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
