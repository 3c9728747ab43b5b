// A person's own patterns, below /people/:personId/patterns. While individual scoring is off there are none.

import { Hono, type Context } from "hono";
import { z } from "zod";
import { contestSchema, explanationSchema, type Patterns } from "../../../schemas/pattern-api.ts";
import { readScoredFrom } from "../../../schemas/postgres/policies.ts";
import type { Dashboard } from "../dashboard.ts";
import { contestPattern, explainPattern, listPatterns, noSuchPattern } from "./patterns.ts";
import { parseBody } from "../http/request-parts.ts";
import type { PersonEnv } from "../access/scope.ts";

export function createPatternRoutes({ stores, config, now }: Dashboard): Hono<PersonEnv> {
  const routes = new Hono<PersonEnv>();
  const isOff = () => config.individualScoring === "off";

  async function list(context: Context<PersonEnv>, status: 200 | 201 = 200): Promise<Response> {
    const { store, subjectId } = context.var;
    const scoredFrom = await readScoredFrom(stores.postgres, config);
    return context.json<Patterns>(
      {
        individual_scoring: config.individualScoring,
        scored_from: scoredFrom?.toISOString() ?? null,
        patterns: isOff() ? [] : await listPatterns(store, subjectId, { config, now: now() }),
      },
      status,
    );
  }

  function toOwn(context: Context<PersonEnv>) {
    const patternId = z.uuid().safeParse(context.req.param("patternId"));
    if (isOff() || !patternId.success) throw noSuchPattern();
    return { subjectId: context.var.subjectId, patternId: patternId.data };
  }

  routes.get("/", (context) => list(context));

  routes.post("/:patternId/explain", async (context) => {
    const own = toOwn(context);
    const { text, workload_class: workloadClass } = await parseBody(context, explanationSchema);
    await explainPattern(context.var.store, own, { text, workloadClass }, now());
    return list(context, 201);
  });

  routes.post("/:patternId/contest", async (context) => {
    const own = toOwn(context);
    await contestPattern(context.var.store, own, await parseBody(context, contestSchema), now());
    return list(context, 201);
  });

  return routes;
}
