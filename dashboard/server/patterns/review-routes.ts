// Review: what opened for a manager, and contests that wait for the officer. While individual scoring is off there is nothing.

import { z } from "zod";
import {
  answerSchema,
  decisionSchema,
  reviewedPatternSchema,
  reviewSchema,
} from "../../../schemas/pattern-api.ts";
import { PATTERN_STATES } from "../../../schemas/closed-lists.ts";
import { defineRoute, type Asked } from "../http/route.ts";
import { noSuchPattern } from "./patterns.ts";
import { answerContest, decidePattern, listReview, viewPattern, type Reviewer } from "./review.ts";

const PATTERN = "/review/patterns/:patternId";

type AskedOfReviewer = Asked<"reviewer", unknown, unknown>;

function toReviewer({ who: { store, session } }: AskedOfReviewer): Reviewer {
  return { store, personId: session.personId };
}

function toPatternId({ params, dashboard: { config } }: AskedOfReviewer): string {
  const patternId = z.uuid().safeParse(params["patternId"]);
  if (config.individualScoring === "off" || !patternId.success) throw noSuchPattern();
  return patternId.data;
}

export const reviewRoutes = [
  defineRoute({
    method: "GET",
    path: "/review/patterns",
    summary: "Patterns that are open to the person who asks, the longest open first",
    access: "reviewer",
    answer: reviewSchema,
    handle: (asked) =>
      asked.dashboard.config.individualScoring === "off"
        ? { patterns: [] }
        : listReview(toReviewer(asked), asked.now),
  }),
  defineRoute({
    method: "GET",
    path: PATTERN,
    summary: "One of them; the look at it stands in its person's audit",
    access: "reviewer",
    answer: reviewedPatternSchema,
    handle(asked) {
      const { config } = asked.dashboard;
      return viewPattern(toReviewer(asked), toPatternId(asked), { config, now: asked.now });
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
      const patternId = toPatternId(asked);
      const { dashboard, body, now } = asked;
      const { config, stores } = dashboard;
      const context = { clickhouse: stores.clickhouse, config, now };
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
      const patternId = toPatternId(asked);
      const { config } = asked.dashboard;
      await answerContest(toReviewer(asked), patternId, asked.body, { config, now: asked.now });
      return { pattern_id: patternId, is_upheld: asked.body.is_upheld };
    },
  }),
];
