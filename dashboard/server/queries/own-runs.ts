// Which runs has a person, oldest first? For their own export.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { TOKEN_FIELDS } from "../../../schemas/token-event.ts";
import { afterPlace, ownCount, ownPageParams, placeRow } from "./own-page.ts";

export const ownRuns = defineQuery({
  name: "own export: runs",
  sql: `
SELECT run_id, run_source, nullIf(session_id, '') AS session_id, client, models, tags, nullIf(workload_class, '') AS workload_class,
  if(class_source = '', 'none', class_source) AS class_source, started_at, ended_at, turns, agents, calls, unknown_usage_calls,
  unpriced_calls, ${TOKEN_FIELDS.join(", ")}, cost_usd, credited_cost_usd, uncredited_cost_usd,
  started_at AS place_at, run_id AS place_id
FROM runs FINAL
WHERE person_id = {person_id:UUID} AND expires_at > {now:DateTime64(3)} AND ${afterPlace("started_at", "run_id")}`,
  params: ownPageParams,
  row: z.looseObject({
    run_id: z.string(),
    run_source: z.string(),
    session_id: z.string().nullable(),
    client: z.string(),
    models: z.array(z.string()),
    tags: z.array(z.string()),
    workload_class: z.string().nullable(),
    class_source: z.string(),
    started_at: z.iso.datetime(),
    ended_at: z.iso.datetime(),
    turns: z.int(),
    agents: z.int(),
    calls: ownCount,
    unknown_usage_calls: ownCount,
    unpriced_calls: ownCount,
    ...Object.fromEntries(TOKEN_FIELDS.map((field) => [field, ownCount])),
    cost_usd: z.string(),
    credited_cost_usd: z.string(),
    uncredited_cost_usd: z.record(z.string(), z.string()),
    ...placeRow,
  }),
});
