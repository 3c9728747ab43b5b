// What a person used, and what came of it.

import { usageSchema } from "../../../schemas/dashboard-api.ts";
import { readScoredFrom } from "../../../schemas/postgres/policies.ts";
import { readRules } from "../../../schemas/postgres/setting-versions.ts";
import { usageValueSchema } from "../../../schemas/usage-value-api.ts";
import { defineRoute } from "../http/route.ts";
import { daySpanSchema } from "./day-span.ts";
import { readUsageValue } from "./usage-value.ts";
import { readUsage } from "./usage.ts";

export const usageRoutes = [
  defineRoute({
    method: "GET",
    path: "/people/:personId/usage",
    summary: "What a person used in a span of days, and in the same number of days before",
    access: "subject",
    token: "read",
    query: daySpanSchema,
    answer: usageSchema,
    handle: ({ who: { subjectId }, query: span, dashboard: { stores }, now }) =>
      readUsage(stores.clickhouse, { subjectId, span, now }),
  }),
  defineRoute({
    method: "GET",
    path: "/people/:personId/value",
    summary: "What came of a person's work in a span of days, against what was expected",
    access: "subject",
    token: "read",
    query: daySpanSchema,
    answer: usageValueSchema,
    async handle({ who: { subjectId }, query: span, dashboard: { stores, config }, now }) {
      const rules = await readRules(stores.postgres, config);
      const scoredFrom = (await readScoredFrom(stores.postgres, rules)) ?? null;
      return readUsageValue(stores.clickhouse, { subjectId, span, rules, scoredFrom, now });
    },
  }),
];
