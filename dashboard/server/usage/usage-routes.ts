// What a person used.

import { usageSchema } from "../../../schemas/dashboard-api.ts";
import { defineRoute } from "../http/route.ts";
import { daySpanSchema } from "./day-span.ts";
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
];
