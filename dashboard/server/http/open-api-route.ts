// GET /openapi.json: the description of the API, for whoever writes a program against it. It tells nothing of anybody's data.

import { z } from "zod";
import { toOpenApi } from "./open-api.ts";
import { defineRoute, type Route } from "./route.ts";

/** @param listRoutes all routes, this one among them */
export function createOpenApiRoute(listRoutes: () => readonly Route[]): Route {
  return defineRoute({
    method: "GET",
    path: "/openapi.json",
    summary: "This description, as OpenAPI 3.1",
    access: "anyone",
    answer: z.record(z.string(), z.unknown()),
    handle: () => toOpenApi(listRoutes()),
  });
}
