// A person's runs: the list, one run, its calls, its tool calls, and its class.

import {
  newRunClassSchema,
  runCallsPageSchema,
  runClassSchema,
  runSchema,
  runToolsPageSchema,
} from "../../../schemas/run-api.ts";
import { runFilterValuesSchema, runsPageSchema, runsQuerySchema } from "../../../schemas/runs-api.ts";
import {
  disputedSchema,
  newDisputeSchema,
  ownOutcomeSchema,
  runRatingSchema,
  runValueSchema,
} from "../../../schemas/run-value-api.ts";
import { readRules } from "../../../schemas/postgres/setting-versions.ts";
import type { Dashboard } from "../dashboard.ts";
import { defineRoute, type Asked } from "../http/route.ts";
import { disputeOutcome, withdrawDispute } from "./disputes.ts";
import { recordOwnOutcome, toRatingKind } from "./own-outcomes.ts";
import { correctClass, withdrawClass, type RunOfPerson } from "./run-class.ts";
import {
  findRun,
  readRun,
  readRunCalls,
  readRunTools,
  runCallsQuerySchema,
  runToolsQuerySchema,
} from "./run-detail.ts";
import { readRunValue } from "./run-value.ts";
import { readFilterValues, readRuns } from "./runs.ts";

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

async function answerValue(of: RunOfPerson, { stores, config }: Dashboard) {
  return readRunValue(of, await readRules(stores.postgres, config));
}

export const runRoutes = [
  defineRoute({
    method: "GET",
    path: "/people/:personId/runs",
    summary: "A person's runs, a page at a time, narrowed and in an order",
    access: "subject",
    token: "read",
    query: runsQuerySchema,
    answer: runsPageSchema,
    handle({ who: { subjectId }, query, dashboard: { stores, config }, now }) {
      const { survivalDays } = config.method.outcomes;
      return readRuns(stores.clickhouse, { subjectId, query, survivalDays, now });
    },
  }),
  defineRoute({
    method: "GET",
    path: "/people/:personId/run-filters",
    summary: "What a person's runs can be narrowed to",
    access: "subject",
    token: "read",
    answer: runFilterValuesSchema,
    handle: ({ who: { subjectId }, dashboard: { stores }, now }) =>
      readFilterValues(stores.clickhouse, { subjectId, now }),
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
  defineRoute({
    method: "GET",
    path: `${RUN}/value`,
    summary: "What came of a run, what was expected of it, and what was measured in its weeks",
    access: "subject",
    token: "read",
    answer: runValueSchema,
    handle: async (asked) => answerValue(await findOwn(asked), asked.dashboard),
  }),
  defineRoute({
    method: "POST",
    path: `${RUN}/outcomes`,
    summary: "Records what its person says came of a run; it earns nothing",
    access: "subject",
    token: "write",
    body: ownOutcomeSchema,
    async handle(asked) {
      const { subjectId, run, now } = await findOwn(asked);
      const { kind } = asked.body;
      await recordOwnOutcome(asked.dashboard, { subjectId, runId: run.run_id, kind, now });
    },
  }),
  defineRoute({
    method: "POST",
    path: `${RUN}/rating`,
    summary: "Records whether its person found a run useful; it earns nothing",
    access: "subject",
    token: "write",
    body: runRatingSchema,
    async handle(asked) {
      const { subjectId, run, now } = await findOwn(asked);
      const kind = toRatingKind(asked.body.rating);
      await recordOwnOutcome(asked.dashboard, { subjectId, runId: run.run_id, kind, now });
    },
  }),
  defineRoute({
    method: "POST",
    path: `${RUN}/disputes`,
    summary: "Disputes that an outcome came of a person's runs",
    access: "subject",
    token: "write",
    body: newDisputeSchema,
    answer: runValueSchema,
    async handle(asked) {
      const of = await findOwn(asked);
      const { outcome_id: outcomeId, reason } = asked.body;
      await disputeOutcome(of, { outcomeId, reason });
      return answerValue(of, asked.dashboard);
    },
  }),
  defineRoute({
    method: "DELETE",
    path: `${RUN}/disputes`,
    summary: "Takes a dispute back",
    access: "subject",
    token: "write",
    query: disputedSchema,
    answer: runValueSchema,
    async handle(asked) {
      const of = await findOwn(asked);
      await withdrawDispute(of, asked.query.outcome_id);
      return answerValue(of, asked.dashboard);
    },
  }),
];
