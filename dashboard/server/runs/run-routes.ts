// One run of a person, below /people/:personId/runs/:runId: the run itself, its calls, its tool calls, and its class.

import { Hono, type Context } from "hono";
import { newRunClassSchema } from "../../../schemas/run-api.ts";
import type { Dashboard } from "../dashboard.ts";
import { parseBody, parseQuery } from "../http/request-parts.ts";
import { correctClass, withdrawClass, type RunOfPerson } from "./run-class.ts";
import {
  findRun,
  readRun,
  readRunCalls,
  readRunTools,
  runCallsQuerySchema,
  runToolsQuerySchema,
} from "./run-detail.ts";
import type { PersonEnv } from "../access/scope.ts";

export function createRunRoutes({ stores: { clickhouse }, config, now }: Dashboard): Hono<PersonEnv> {
  const routes = new Hono<PersonEnv>();

  async function findOwn(context: Context<PersonEnv>): Promise<RunOfPerson> {
    const { store, subjectId } = context.var;
    const runId = context.req.param("runId") ?? "";
    const at = now();
    const run = await findRun(clickhouse, { subjectId, runId, now: at });
    return { clickhouse, store, subjectId, run, now: at };
  }

  routes.get("/", async (context) => context.json(await readRun(await findOwn(context), config)));

  routes.get("/calls", async (context) => {
    const { cursor } = parseQuery(context, runCallsQuerySchema);
    return context.json(await readRunCalls(await findOwn(context), cursor));
  });

  routes.get("/tools", async (context) => {
    const query = parseQuery(context, runToolsQuerySchema);
    return context.json(await readRunTools(await findOwn(context), query));
  });

  routes.post("/class", async (context) => {
    const { workload_class: workloadClass, reason } = await parseBody(context, newRunClassSchema);
    return context.json(await correctClass(await findOwn(context), { workloadClass, reason }));
  });

  routes.delete("/class", async (context) => context.json(await withdrawClass(await findOwn(context))));

  return routes;
}
