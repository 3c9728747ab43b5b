// A person's runs, and one of them.

import type { z } from "zod";
import type { RunRating } from "../../../schemas/closed-lists.ts";
import {
  type newRunClassSchema,
  runCallsPageSchema,
  runClassSchema,
  runSchema,
  runToolsPageSchema,
} from "../../../schemas/run-api.ts";
import { type OwnOutcomeKind, runValueSchema } from "../../../schemas/run-value-api.ts";
import { runFilterValuesSchema, runsPageSchema } from "../../../schemas/runs-api.ts";
import type { RunsView } from "../prepare/runs-view.ts";
import { type Api, path, withQuery } from "./client.ts";

export type NewRunClass = z.infer<typeof newRunClassSchema>;

export const readRuns = (api: Api, personId: string, { sort, filters, older, newer }: RunsView) =>
  api.get(withQuery(path`/people/${personId}/runs`, { sort, ...filters, older, newer }), runsPageSchema);

export const readRunFilters = (api: Api, personId: string) =>
  api.get(path`/people/${personId}/run-filters`, runFilterValuesSchema);

export const readRun = (api: Api, personId: string, runId: string) =>
  api.get(path`/people/${personId}/runs/${runId}`, runSchema);

export const readRunValue = (api: Api, personId: string, runId: string) =>
  api.get(path`/people/${personId}/runs/${runId}/value`, runValueSchema);

export const readRunCalls = (api: Api, personId: string, runId: string) =>
  api.get(path`/people/${personId}/runs/${runId}/calls`, runCallsPageSchema);

export const readRunTools = (api: Api, personId: string, runId: string, which: "all" | "outside") =>
  api.get(
    withQuery(path`/people/${personId}/runs/${runId}/tools`, { reach: which === "all" ? null : "outside" }),
    runToolsPageSchema,
  );

export const correctRunClass = (api: Api, personId: string, runId: string, newClass: NewRunClass) =>
  api.send("POST", path`/people/${personId}/runs/${runId}/class`, newClass, runClassSchema);

export const withdrawRunClass = (api: Api, personId: string, runId: string) =>
  api.send("DELETE", path`/people/${personId}/runs/${runId}/class`, {}, runClassSchema);

export const addRunOutcome = (api: Api, personId: string, runId: string, kind: OwnOutcomeKind) =>
  api.tell("POST", path`/people/${personId}/runs/${runId}/outcomes`, { kind });

export const rateRun = (api: Api, personId: string, runId: string, rating: RunRating) =>
  api.tell("POST", path`/people/${personId}/runs/${runId}/rating`, { rating });

export const disputeRunOutcome = (
  api: Api,
  personId: string,
  runId: string,
  dispute: { outcome_id: string; reason: string },
) => api.send("POST", path`/people/${personId}/runs/${runId}/disputes`, dispute, runValueSchema);

export const withdrawRunDispute = (api: Api, personId: string, runId: string, outcome_id: string) =>
  api.send(
    "DELETE",
    withQuery(path`/people/${personId}/runs/${runId}/disputes`, { outcome_id }),
    {},
    runValueSchema,
  );
