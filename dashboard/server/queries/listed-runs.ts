// What were some runs of a person, and in how many outcomes has each a part?

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { RUN_SOURCES, WORKLOAD_CLASSES } from "../../../schemas/closed-lists.ts";
import { subjectIdParam } from "../access/scope.ts";
import { measuresRow, ROW_COUNTS_SQL } from "./measures.ts";

const count = z.coerce.number().int();

export const listedRuns = defineQuery({
  name: "listed runs",
  sql: `
SELECT
  row.run_id AS run_id,
  row.run_source AS run_source,
  row.client AS client,
  row.models AS models,
  nullIf(row.workload_class, '') AS workload_class,
  row.tags AS tags,
  row.started_at AS started_at,
  row.ended_at AS ended_at,
  ${ROW_COUNTS_SQL},
  row.cost_usd AS cost_usd,
  row.credited_cost_usd AS credited_cost_usd,
  row.uncredited_cost_usd AS uncredited_cost_usd,
  linked.due AS due,
  linked.waiting AS waiting,
  linked.reversed AS reversed
FROM runs AS row FINAL
LEFT JOIN (
  SELECT run_id AS linked_run,
    countIf(NOT is_reversed AND credited_at <= {now:DateTime64(3)}) AS due,
    countIf(NOT is_reversed AND credited_at > {now:DateTime64(3)}) AS waiting,
    countIf(ifNull(reversed_at <= {now:DateTime64(3)}, false) AS is_reversed) AS reversed
  FROM outcome_links FINAL
  WHERE person_id = {person_id:UUID} AND run_id IN {run_ids:Array(String)} AND expires_at > {now:DateTime64(3)}
    AND kind IN {kinds:Array(String)}
  GROUP BY linked_run
) AS linked ON linked.linked_run = row.run_id
WHERE row.person_id = {person_id:UUID} AND row.run_id IN {run_ids:Array(String)}
  AND row.expires_at > {now:DateTime64(3)}`,
  params: z.object({
    person_id: subjectIdParam,
    run_ids: z.array(z.string()),
    /** Of outcomes that are of value. */
    kinds: z.array(z.string()),
    now: z.date(),
  }),
  row: z.object({
    run_id: z.string(),
    run_source: z.enum(RUN_SOURCES),
    client: z.string(),
    models: z.array(z.string()),
    workload_class: z.enum(WORKLOAD_CLASSES).nullable(),
    tags: z.array(z.string()),
    started_at: z.iso.datetime(),
    ended_at: z.iso.datetime(),
    ...measuresRow,
    uncredited_cost_usd: z.record(z.string(), z.string()),
    due: count,
    waiting: count,
    reversed: count,
  }),
});
