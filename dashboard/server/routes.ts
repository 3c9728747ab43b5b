// Every route of the API. What can be asked of a subject stands in that subject's folder; here is only the list.

import { sessionRoutes } from "./access/session-routes.ts";
import type { Route } from "./http/route.ts";
import { keyRoutes } from "./keys/key-routes.ts";
import { patternRoutes } from "./patterns/pattern-routes.ts";
import { reviewRoutes } from "./patterns/review-routes.ts";
import { policyRoutes } from "./policy/policy-routes.ts";
import { runRoutes } from "./runs/run-routes.ts";
import { scheduleRoutes } from "./schedules/schedule-routes.ts";
import { usageRoutes } from "./usage/usage-routes.ts";

export const ROUTES: readonly Route[] = [
  ...sessionRoutes,
  ...usageRoutes,
  ...runRoutes,
  ...keyRoutes,
  ...scheduleRoutes,
  ...patternRoutes,
  ...reviewRoutes,
  ...policyRoutes,
];
