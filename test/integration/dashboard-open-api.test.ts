// The description of the API is a valid one, and of this API.

import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { toOpenApi } from "../../dashboard/server/http/open-api.ts";
import { ROUTES } from "../../dashboard/server/routes.ts";
import { openDashboardBench, type DashboardBench } from "../services/dashboard.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let bench: DashboardBench;
beforeAll(async () => {
  bench = await openDashboardBench();
});
afterAll(() => bench.close());

const operationSchema = z.looseObject({
  operationId: z.string(),
  summary: z.string().min(1),
  "x-access": z.string(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })),
  requestBody: z.looseObject({}).optional(),
  responses: z.record(z.string(), z.unknown()),
});
const documentSchema = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
});

async function readDocument() {
  const response = await bench.app.request("/api/v1/openapi.json");
  expect(response.status).toBe(200);
  return documentSchema.parse(await response.json());
}

test("the document is valid OpenAPI 3.1, by the schema of the OpenAPI Initiative", async () => {
  const document = await readDocument();
  expect(document.openapi).toBe("3.1.1");
  const { valid, errors } = await new Validator().validate(document);
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
});

test("the validator finds a fault", async () => {
  const { paths: _paths, ...faulty } = toOpenApi(ROUTES);
  const operation = { responses: { 200: { content: "no" } } };
  const result = await new Validator().validate({ ...faulty, paths: { "/x": { get: operation } } });
  expect(result.valid).toBe(false);
});

test("every route is in it, with its access, and nothing else is", async () => {
  const { paths } = await readDocument();
  const described = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(
      ([method, operation]) =>
        `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")} ${operation["x-access"]}`,
    ),
  );
  const routes = ROUTES.map(({ method, path, access }) => `${method} ${path} ${access}`);
  expect(described.toSorted()).toEqual(routes.toSorted());
});

test("what goes in and what is needed to ask stand with each route", async () => {
  const { paths } = await readDocument();
  for (const route of ROUTES) {
    const operation = paths[route.path.replaceAll(/:(\w+)/g, "{$1}")]?.[route.method.toLowerCase()];
    expect(operation).toBeDefined();
    expect(operation?.requestBody !== undefined).toBe(route.body !== undefined);
    const isOpen = route.access === "anyone";
    const token = route.token === undefined ? [] : [{ token: [route.token] }];
    expect(operation?.security).toEqual(isOpen ? [] : [{ session: [] }, ...token]);
    expect(operation?.responses["default"]).toBeDefined();
  }
  const usage = paths["/people/{personId}/usage"]?.["get"];
  expect(usage?.parameters.map(({ name, in: place }) => [name, place])).toEqual([
    ["personId", "path"],
    ["from", "query"],
    ["to", "query"],
  ]);
});

test("each operation has a name of its own", async () => {
  const { paths } = await readDocument();
  const names = Object.values(paths).flatMap((operations) =>
    Object.values(operations).map(({ operationId }) => operationId),
  );
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain("getPeopleByPersonIdUsage");
});
