// A right body and query for any route, from the schemas that it declares, so that a request gets as far as the route's own work.

import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Route } from "../../dashboard/server/http/route.ts";

/** Where a schema takes less than its JSON Schema can say. */
const SAID: Readonly<Record<string, unknown>> = {
  "POST /people/:personId/schedules": { cron: "0 3 * * *" },
};

/** @throws where the schema refuses what was made for it: then it has to be said above */
export function sampleBody(route: Route): unknown {
  if (route.body === undefined) return route.method === "GET" ? undefined : {};
  const body = SAID[`${route.method} ${route.path}`] ?? sampleOf(toSchema(route.body));
  route.body.parse(body);
  return body;
}

export function sampleQuery(route: Route): string {
  if (route.query === undefined) return "";
  const sample = z.record(z.string(), z.coerce.string()).parse(sampleOf(toSchema(route.query)));
  route.query.parse(sample);
  return `?${new URLSearchParams(sample).toString()}`;
}

/** The parts of JSON Schema that say what a sample has to be. */
interface Schema {
  type?: string | undefined;
  format?: string | undefined;
  const?: unknown;
  enum?: unknown[] | undefined;
  anyOf?: Schema[] | undefined;
  oneOf?: Schema[] | undefined;
  properties?: Record<string, Schema> | undefined;
  required?: string[] | undefined;
  items?: Schema | undefined;
  minItems?: number | undefined;
  minimum?: number | undefined;
}

const schemaSchema: z.ZodType<Schema> = z.lazy(() =>
  z.looseObject({
    /** Of several, the first one will do. */
    type: z.union([z.string(), z.array(z.string()).transform(([first]) => first)]).optional(),
    format: z.string().optional(),
    enum: z.array(z.unknown()).optional(),
    anyOf: z.array(schemaSchema).optional(),
    oneOf: z.array(schemaSchema).optional(),
    properties: z.record(z.string(), schemaSchema).optional(),
    required: z.array(z.string()).optional(),
    items: schemaSchema.optional(),
    minItems: z.number().optional(),
    minimum: z.number().optional(),
  }),
);

function toSchema(schema: z.ZodType): Schema {
  return schemaSchema.parse(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
}

function sampleOf(schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const [either] = schema.anyOf ?? schema.oneOf ?? [];
  if (either !== undefined) return sampleOf(either);
  switch (schema.type) {
    case "object":
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, sampleOf(schema.properties?.[name] ?? {})]),
      );
    case "array":
      return Array.from({ length: schema.minItems ?? 0 }, () => sampleOf(schema.items ?? {}));
    case "string":
      return sampleText(schema.format);
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return false;
    case undefined:
    default:
      return null;
  }
}

function sampleText(format: string | undefined): string {
  if (format === "uuid") return randomUUID();
  if (format === "date") return "2026-11-20";
  return format === "date-time" ? "2026-11-20T12:00:00.000Z" : "text";
}
