// The description of the API as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1), made from the list of routes: whatever a route
// declares stands in it, and nothing else is known of the API. `x-access` says for whom a route is (docs/api.md).

import { z } from "zod";
import { problemSchema } from "../../../schemas/dashboard-api.ts";
import type { Route } from "./route.ts";

type Json = Readonly<Record<string, unknown>>;

const PROBLEM = { $ref: "#/components/responses/Problem" };

export function toOpenApi(routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: toOperation(route) };
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Assay",
      version: "1",
      description:
        "Everybody reads and changes what is their own. Failures are problem details (RFC 9457). x-access says for whom a route is.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/api/v1" }],
    paths,
    components: {
      securitySchemes: {
        session: {
          type: "apiKey",
          in: "cookie",
          name: "assay_session",
          description: "Of a browser that has signed in. Over https the name begins with __Host-.",
        },
        token: {
          type: "http",
          scheme: "bearer",
          description: "A personal access token, assay_pat_…, with the scope that the route names.",
        },
      },
      responses: {
        Problem: {
          description: "What is wrong, in a sentence",
          headers: {
            "Retry-After": { description: "Seconds to wait, with status 429", schema: { type: "integer" } },
          },
          content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
        },
      },
      schemas: { Problem: toSchema(problemSchema, "output") },
    },
  };
}

function toOperation(route: Route): Json {
  const isOpen = route.access === "anyone";
  const token = route.token === undefined ? [] : [{ token: [route.token] }];
  return {
    operationId: toOperationId(route),
    summary: route.summary,
    "x-access": route.access,
    security: isOpen ? [] : [{ session: [] }, ...token],
    parameters: [...pathParameters(route), ...queryParameters(route)],
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { "application/json": { schema: toSchema(route.body, "input") } },
          },
        }),
    responses: { ...toSuccess(route), default: PROBLEM },
  };
}

/** `GET /people/:personId/runs` → `getPeopleByPersonIdRuns` */
function toOperationId({ method, path }: Route): string {
  const words = path
    .replaceAll(/:(\w+)/g, "by-$1")
    .split(/\W+/)
    .filter((word) => word !== "");
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return method.toLowerCase() + name;
}

function pathParameters({ path }: Route): Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters({ query }: Route): Json[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = toSchema(query, "input");
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
}

function toSuccess({ answer, status, download }: Route): Json {
  if (answer !== undefined) {
    const content = { "application/json": { schema: toSchema(answer, "output") } };
    return { [status ?? 200]: { description: "Done", content } };
  }
  if (download === "text/html") return { 303: { description: "Leads a browser on" } };
  if (download !== undefined) {
    const content = { [download]: { schema: { type: "string" } } };
    return { [status ?? 200]: { description: "A file", content } };
  }
  return { 204: { description: "Done" } };
}

/** OpenAPI 3.1 takes JSON Schema 2020-12 as it is. What no JSON Schema can say is anything, and is checked all the same. */
function toSchema(schema: z.ZodType, io: "input" | "output") {
  const { $schema: _dialect, ...said } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return said;
}
