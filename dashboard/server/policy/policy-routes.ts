// The policy, below /policy: everybody who has signed in reads it, the owner publishes it.

import { Hono } from "hono";
import { AppError } from "../../../schemas/app-error.ts";
import { newPolicySchema } from "../../../schemas/pattern-api.ts";
import { publishPolicy } from "../../../schemas/postgres/policies.ts";
import type { Dashboard, DashboardEnv } from "../dashboard.ts";
import { readPolicyState } from "./policy.ts";
import { parseBody } from "../http/request-parts.ts";

export function createPolicyRoutes({ stores: { postgres }, config, now }: Dashboard): Hono<DashboardEnv> {
  const routes = new Hono<DashboardEnv>();

  routes.get("/", async (context) => context.json(await readPolicyState(postgres, config)));

  routes.post("/", async (context) => {
    const { role, personId: actorId } = context.var.session;
    if (role !== "owner") throw new AppError("forbidden", "Only the owner publishes the policy.");
    const { text: body } = await parseBody(context, newPolicySchema);
    await publishPolicy(postgres, { body, methodVersion: config.method.version, actorId }, now());
    return context.json(await readPolicyState(postgres, config), 201);
  });

  return routes;
}
