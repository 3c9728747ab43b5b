// A person's runs: the list, one run, its calls, its tool calls, and its class.

import { runsPageSchema } from "../../../schemas/dashboard-api.ts";
import {
  newRunClassSchema,
  runCallsPageSchema,
  runClassSchema,
  runSchema,
  runToolsPageSchema,
} from "../../../schemas/run-api.ts";
import { defineRoute, type Asked } from "../http/route.ts";
import { correctClass, withdrawClass, type RunOfPerson } from "./run-class.ts";
import {
  findRun,
  readRun,
  readRunCalls,
  readRunTools,
  runCallsQuerySchema,
  runToolsQuerySchema,
} from "./run-detail.ts";
import { readRuns, runsQuerySchema } from "./runs.ts";

const RUN = "/people/:personId/runs/:runId";

async function findOwn({
  who: { store, subjectId },
  params: { runId = "" },
  dashboard: { stores },
  now,
}: Asked<"subject", unknown, unknown>): Promise<RunOfPerson> {
  const { clickhouse } = stores;
  return { clickhouse, store, subjectId, run: await findRun(clickhouse, { subjectId, runId, now }), now };
}

export const runRoutes = [
  defineRoute({
    method: "GET",
    path: "/people/:personId/runs",
    summary: "A person's runs, newest first",
    access: "subject",
    token: "read",
    query: runsQuerySchema,
    answer: runsPageSchema,
    handle: ({ who: { subjectId }, query: { cursor }, dashboard: { stores }, now }) =>
      readRuns(stores.clickhouse, { subjectId, cursor, now }),
  }),
  defineRoute({
    method: "GET",
    path: RUN,
    summary: "One run: its turns, agents, tools and class",
    access: "subject",
    token: "read",
    answer: runSchema,
    handle: async (asked) => readRun(await findOwn(asked), asked.dashboard.config),
  }),
  defineRoute({
    method: "GET",
    path: `${RUN}/calls`,
    summary: "The calls of a run, oldest first",
    access: "subject",
    token: "read",
    query: runCallsQuerySchema,
    answer: runCallsPageSchema,
    handle: async (asked) => readRunCalls(await findOwn(asked), asked.query.cursor),
  }),
  defineRoute({
    method: "GET",
    path: `${RUN}/tools`,
    summary: "What the agents of a run asked their tools to do, oldest first",
    access: "subject",
    token: "read",
    query: runToolsQuerySchema,
    answer: runToolsPageSchema,
    handle: async (asked) => readRunTools(await findOwn(asked), asked.query),
  }),
  defineRoute({
    method: "POST",
    path: `${RUN}/class`,
    summary: "Corrects the class of a run",
    access: "subject",
    token: "write",
    body: newRunClassSchema,
    answer: runClassSchema,
    async handle(asked) {
      const { workload_class: workloadClass, reason } = asked.body;
      return correctClass(await findOwn(asked), { workloadClass, reason });
    },
  }),
  defineRoute({
    method: "DELETE",
    path: `${RUN}/class`,
    summary: "Takes the correction of a run's class back",
    access: "subject",
    token: "write",
    answer: runClassSchema,
    handle: async (asked) => withdrawClass(await findOwn(asked)),
  }),
];
