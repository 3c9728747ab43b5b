// A person's own patterns: read, explained, contested.

import { type Explanation, patternRunsSchema, patternsSchema } from "../../../schemas/pattern-api.ts";
import { type Api, path } from "./client.ts";

export const readPatterns = (api: Api, personId: string) =>
  api.get(path`/people/${personId}/patterns`, patternsSchema);

export const readPatternRuns = (api: Api, personId: string, patternId: string) =>
  api.get(path`/people/${personId}/patterns/${patternId}/runs`, patternRunsSchema);

export const explainPattern = (api: Api, personId: string, patternId: string, explanation: Explanation) =>
  api.send("POST", path`/people/${personId}/patterns/${patternId}/explain`, explanation, patternsSchema);

export const contestPattern = (api: Api, personId: string, patternId: string, text: string) =>
  api.send("POST", path`/people/${personId}/patterns/${patternId}/contest`, { text }, patternsSchema);
