// What was one run of a person?

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { CLASS_SOURCES, RUN_SOURCES, WORKLOAD_CLASSES } from "../../../schemas/closed-lists.ts";
import { measuresRow, ROW_COUNTS_SQL } from "./measures.ts";
import { subjectIdParam } from "../access/scope.ts";

export const runById = defineQuery({
  name: "run",
  sql: `
SELECT
  row.run_id AS run_id,
  row.run_source AS run_source,
  nullIf(row.session_id, '') AS session_id,
  row.client AS client,
  row.models AS models,
  row.tags AS tags,
  nullIf(row.workload_class, '') AS workload_class,
  if(row.class_source = '', 'none', row.class_source) AS class_source,
  row.started_at AS started_at,
  row.ended_at AS ended_at,
  row.turns AS turn_count,
  row.agents AS agent_count,
  ${ROW_COUNTS_SQL},
  row.cost_usd AS cost_usd,
  row.credited_cost_usd AS credited_cost_usd,
  row.uncredited_cost_usd AS uncredited_cost_usd,
  row.inputs_expire_at AS inputs_expire_at,
  row.expires_at AS expires_at
FROM runs AS row FINAL
WHERE row.person_id = {person_id:UUID} AND row.run_id = {run_id:String} AND row.expires_at > {now:DateTime64(3)}`,
  params: z.object({ person_id: subjectIdParam, run_id: z.string(), now: z.date() }),
  row: z.object({
    run_id: z.string(),
    run_source: z.enum(RUN_SOURCES),
    session_id: z.string().nullable(),
    client: z.string(),
    models: z.array(z.string()),
    tags: z.array(z.string()),
    workload_class: z.enum(WORKLOAD_CLASSES).nullable(),
    class_source: z.enum(CLASS_SOURCES),
    started_at: z.iso.datetime(),
    ended_at: z.iso.datetime(),
    turn_count: z.int(),
    agent_count: z.int(),
    ...measuresRow,
    uncredited_cost_usd: z.record(z.string(), z.string()),
    /** When the first record of one of its calls is dropped. */
    inputs_expire_at: z.coerce.date(),
    expires_at: z.coerce.date(),
  }),
});

export type RunRow = z.infer<(typeof runById)["row"]>;
