// Review: what opened for a manager, and contests that wait for the officer. While individual scoring is off there is nothing.

import { z } from "zod";
import {
  answerSchema,
  decisionSchema,
  reviewedPatternSchema,
  reviewSchema,
} from "../../../schemas/pattern-api.ts";
import { PATTERN_STATES } from "../../../schemas/closed-lists.ts";
import { readRules } from "../../../schemas/postgres/setting-versions.ts";
import { defineRoute, type Asked } from "../http/route.ts";
import { noSuchPattern } from "./patterns.ts";
import { answerContest, decidePattern, listReview, viewPattern, type Reviewer } from "./review.ts";

const PATTERN = "/review/patterns/:patternId";

type AskedOfReviewer = Asked<"reviewer", unknown, unknown>;

function toReviewer({ who: { store, session } }: AskedOfReviewer): Reviewer {
  return { store, personId: session.personId };
}

/** One pattern, and by what rules it is judged now. */
async function toReviewed({ params, dashboard: { stores, config } }: AskedOfReviewer) {
  const patternId = z.uuid().safeParse(params["patternId"]);
  const rules = await readRules(stores.postgres, config);
  if (rules.individualScoring === "off" || !patternId.success) throw noSuchPattern();
  return { patternId: patternId.data, config: rules };
}

export const reviewRoutes = [
  defineRoute({
    method: "GET",
    path: "/review/patterns",
    summary: "Patterns that are open to the person who asks, without names; what is due first comes first",
    access: "reviewer",
    answer: reviewSchema,
    async handle(asked) {
      const { stores, config } = asked.dashboard;
      const rules = await readRules(stores.postgres, config);
      if (rules.individualScoring === "off") return { patterns: [] };
      return listReview(toReviewer(asked), { config: rules, now: asked.now });
    },
  }),
  defineRoute({
    method: "GET",
    path: PATTERN,
    summary: "One of them, with its person's name; the look at it stands in their audit",
    access: "reviewer",
    answer: reviewedPatternSchema,
    async handle(asked) {
      const { patternId, config } = await toReviewed(asked);
      return viewPattern(toReviewer(asked), patternId, { config, now: asked.now });
    },
  }),
  defineRoute({
    method: "POST",
    path: `${PATTERN}/decision`,
    summary: "What the manager decides",
    access: "reviewer",
    body: decisionSchema,
    answer: z.object({ pattern_id: z.uuid(), state: z.enum(PATTERN_STATES) }),
    status: 201,
    async handle(asked) {
      const { patternId, config } = await toReviewed(asked);
      const { dashboard, body, now } = asked;
      const context = { clickhouse: dashboard.stores.clickhouse, config, now };
      const { state } = await decidePattern(toReviewer(asked), patternId, body, context);
      return { pattern_id: patternId, state };
    },
  }),
  defineRoute({
    method: "POST",
    path: `${PATTERN}/answer`,
    summary: "What the privacy officer answers to a contest",
    access: "reviewer",
    body: answerSchema,
    answer: z.object({ pattern_id: z.uuid(), is_upheld: z.boolean() }),
    status: 201,
    async handle(asked) {
      const { patternId, config } = await toReviewed(asked);
      await answerContest(toReviewer(asked), patternId, asked.body, { config, now: asked.now });
      return { pattern_id: patternId, is_upheld: asked.body.is_upheld };
    },
  }),
];
