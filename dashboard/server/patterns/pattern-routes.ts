// A person's own patterns: listed, explained, contested. While individual scoring is off there are none.

import { z } from "zod";
import {
  contestSchema,
  explanationSchema,
  patternRunsSchema,
  patternsSchema,
  type Patterns,
} from "../../../schemas/pattern-api.ts";
import { readScoredFrom } from "../../../schemas/postgres/policies.ts";
import { readRules } from "../../../schemas/postgres/setting-versions.ts";
import { defineRoute, type Asked } from "../http/route.ts";
import { listPatternRuns } from "./pattern-runs.ts";
import { contestPattern, explainPattern, listPatterns, noSuchPattern } from "./patterns.ts";

const PATTERNS = "/people/:personId/patterns";

type AskedOfPerson = Asked<"subject", unknown, unknown>;

async function list({ who, dashboard: { stores, config }, now }: AskedOfPerson): Promise<Patterns> {
  const rules = await readRules(stores.postgres, config);
  const scoredFrom = await readScoredFrom(stores.postgres, rules);
  const isOff = rules.individualScoring === "off";
  return {
    individual_scoring: rules.individualScoring,
    scored_from: scoredFrom?.toISOString() ?? null,
    patterns: isOff ? [] : await listPatterns(who.store, who.subjectId, { config: rules, now }),
  };
}

async function toOwn({ who: { subjectId }, params, dashboard: { stores, config } }: AskedOfPerson) {
  const patternId = z.uuid().safeParse(params["patternId"]);
  const { individualScoring } = await readRules(stores.postgres, config);
  if (individualScoring === "off" || !patternId.success) throw noSuchPattern();
  return { subjectId, patternId: patternId.data };
}

export const patternRoutes = [
  defineRoute({
    method: "GET",
    path: PATTERNS,
    summary: "A person's patterns, from the day on which they are told, and who has looked at them",
    access: "subject",
    token: "read",
    answer: patternsSchema,
    handle: list,
  }),
  defineRoute({
    method: "GET",
    path: `${PATTERNS}/:patternId/runs`,
    summary: "The runs that a pattern names, and how their starts fall",
    access: "subject",
    token: "read",
    answer: patternRunsSchema,
    async handle(asked) {
      const { stores, config } = asked.dashboard;
      const context = { clickhouse: stores.clickhouse, timezone: config.timezone, now: asked.now };
      return listPatternRuns(asked.who.store, await toOwn(asked), context);
    },
  }),
  defineRoute({
    method: "POST",
    path: `${PATTERNS}/:patternId/explain`,
    summary: "Says what a pattern is",
    access: "subject",
    body: explanationSchema,
    answer: patternsSchema,
    status: 201,
    async handle(asked) {
      const { text, cause, workload_class: workloadClass } = asked.body;
      await explainPattern(asked.who.store, await toOwn(asked), { text, cause, workloadClass }, asked.now);
      return list(asked);
    },
  }),
  defineRoute({
    method: "POST",
    path: `${PATTERNS}/:patternId/contest`,
    summary: "Contests a pattern, which stops its clock",
    access: "subject",
    body: contestSchema,
    answer: patternsSchema,
    status: 201,
    async handle(asked) {
      await contestPattern(asked.who.store, await toOwn(asked), asked.body, asked.now);
      return list(asked);
    },
  }),
];
