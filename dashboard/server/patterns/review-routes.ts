// Review, below /review/patterns: what opened for a manager, and contests that wait for the officer. While individual scoring is off there
// is nothing.

import { Hono, type Context } from "hono";
import { z } from "zod";
import { answerSchema, decisionSchema } from "../../../schemas/pattern-api.ts";
import { actAs } from "../../../schemas/postgres/scope.ts";
import type { Dashboard, DashboardEnv } from "../dashboard.ts";
import { noSuchPattern } from "./patterns.ts";
import { parseBody } from "../http/request-parts.ts";
import { answerContest, decidePattern, listReview, viewPattern, type Reviewer } from "./review.ts";

export function createReviewRoutes({ stores, config, now }: Dashboard): Hono<DashboardEnv> {
  const routes = new Hono<DashboardEnv>();
  const isOff = () => config.individualScoring === "off";

  function toReviewer(context: Context<DashboardEnv>): Reviewer {
    const { personId } = context.var.session;
    return { store: actAs(stores.postgres, personId), personId };
  }

  function toPatternId(context: Context<DashboardEnv>): string {
    const patternId = z.uuid().safeParse(context.req.param("patternId"));
    if (isOff() || !patternId.success) throw noSuchPattern();
    return patternId.data;
  }

  routes.get("/", async (context) =>
    context.json(isOff() ? { patterns: [] } : await listReview(toReviewer(context), now())),
  );

  routes.get("/:patternId", async (context) =>
    context.json(await viewPattern(toReviewer(context), toPatternId(context), { config, now: now() })),
  );

  routes.post("/:patternId/decision", async (context) => {
    const patternId = toPatternId(context);
    const said = await parseBody(context, decisionSchema);
    const { clickhouse } = stores;
    const decided = await decidePattern(toReviewer(context), patternId, said, {
      clickhouse,
      config,
      now: now(),
    });
    return context.json({ pattern_id: patternId, state: decided.state }, 201);
  });

  routes.post("/:patternId/answer", async (context) => {
    const patternId = toPatternId(context);
    const said = await parseBody(context, answerSchema);
    await answerContest(toReviewer(context), patternId, said, { config, now: now() });
    return context.json({ pattern_id: patternId, is_upheld: said.is_upheld }, 201);
  });

  return routes;
}
