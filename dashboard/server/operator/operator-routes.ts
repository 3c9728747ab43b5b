// Whether every call is recorded, for whoever runs Assay.

import { flowSchema } from "../../../schemas/operator-api.ts";
import { defineRoute } from "../http/route.ts";
import { readFlow } from "./flow.ts";

export const operatorRoutes = [
  defineRoute({
    method: "GET",
    path: "/operator/flow",
    summary: "How records flow: what waits, what was dropped, what is unknown",
    access: "operator",
    answer: flowSchema,
    handle: ({ who: { operator }, dashboard, now }) => readFlow(dashboard, operator, now),
  }),
];
