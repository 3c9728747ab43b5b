// A person's runs, and one of them.

import type { z } from "zod";
import { runsPageSchema } from "../../../schemas/dashboard-api.ts";
import {
  type newRunClassSchema,
  runCallsPageSchema,
  runClassSchema,
  runSchema,
  runToolsPageSchema,
} from "../../../schemas/run-api.ts";
import { type Api, path, withQuery } from "./client.ts";

export type NewRunClass = z.infer<typeof newRunClassSchema>;

export const readRuns = (api: Api, personId: string, cursor: string | null) =>
  api.get(withQuery(path`/people/${personId}/runs`, { cursor }), runsPageSchema);

export const readRun = (api: Api, personId: string, runId: string) =>
  api.get(path`/people/${personId}/runs/${runId}`, runSchema);

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
