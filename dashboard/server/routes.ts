// Every route of the API. What can be asked of a subject stands in that subject's folder; here is only the list.

import { accessTokenRoutes } from "./access/access-token-routes.ts";
import { oidcRoutes } from "./access/oidc-routes.ts";
import { sessionRoutes } from "./access/session-routes.ts";
import { createOpenApiRoute } from "./http/open-api-route.ts";
import { auditRoutes } from "./audit/audit-routes.ts";
import { ownExportRoutes } from "./export/own-export-routes.ts";
import type { Route } from "./http/route.ts";
import { keyRoutes } from "./keys/key-routes.ts";
import { serviceKeyRoutes } from "./keys/service-key-routes.ts";
import { noticeRoutes } from "./notices/notice-routes.ts";
import { organisationRoutes } from "./organisation/organisation-routes.ts";
import { operatorRoutes } from "./operator/operator-routes.ts";
import { patternRoutes } from "./patterns/pattern-routes.ts";
import { reviewRoutes } from "./patterns/review-routes.ts";
import { policyRoutes } from "./policy/policy-routes.ts";
import { runRoutes } from "./runs/run-routes.ts";
import { scheduleRoutes } from "./schedules/schedule-routes.ts";
import { settingRoutes } from "./settings/setting-routes.ts";
import { usageRoutes } from "./usage/usage-routes.ts";

export const ROUTES: readonly Route[] = [
  ...sessionRoutes,
  ...oidcRoutes,
  ...accessTokenRoutes,
  ...usageRoutes,
  ...runRoutes,
  ...ownExportRoutes,
  ...keyRoutes,
  ...serviceKeyRoutes,
  ...scheduleRoutes,
  ...noticeRoutes,
  ...operatorRoutes,
  ...patternRoutes,
  ...reviewRoutes,
  ...policyRoutes,
  ...auditRoutes,
  ...settingRoutes,
  ...organisationRoutes,
  createOpenApiRoute(() => ROUTES),
];
