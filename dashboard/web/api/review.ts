// Patterns that are open to the person who asks. Reading one of them stands in its person's audit.

import { z } from "zod";
import { PATTERN_STATES } from "../../../schemas/closed-lists.ts";
import {
  type answerSchema,
  type decisionSchema,
  reviewedPatternSchema,
  reviewSchema,
} from "../../../schemas/pattern-api.ts";
import { type Api, path } from "./client.ts";

export type Decision = z.input<typeof decisionSchema>;
export type Answer = z.input<typeof answerSchema>;

const decidedSchema = z.object({ state: z.enum(PATTERN_STATES) });
const answeredSchema = z.object({ is_upheld: z.boolean() });

export const readReview = (api: Api) => api.get(path`/review/patterns`, reviewSchema);

export const openPattern = (api: Api, patternId: string) =>
  api.get(path`/review/patterns/${patternId}`, reviewedPatternSchema);

export const decidePattern = (api: Api, patternId: string, decision: Decision) =>
  api.send("POST", path`/review/patterns/${patternId}/decision`, decision, decidedSchema);

export const answerContest = (api: Api, patternId: string, answer: Answer) =>
  api.send("POST", path`/review/patterns/${patternId}/answer`, answer, answeredSchema);
