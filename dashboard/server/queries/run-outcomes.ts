// What came of a run: the outcomes in which it has a share, with how each was linked to it, and those that its person disputes.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { LINKED_BY } from "../../../schemas/closed-lists.ts";
import { OUTCOME_KINDS, OUTCOME_SOURCES } from "../../../schemas/outcome.ts";
import { subjectIdParam } from "../access/scope.ts";

const TRUSTS = ["high", "medium", "low"] as const;

const OF_RUN = `person_id = {person_id:UUID} AND run_id = {run_id:String} AND expires_at > {now:DateTime64(3)}`;

const outcomeRow = {
  outcome_id: z.string(),
  kind: z.enum(OUTCOME_KINDS),
  source: z.enum(OUTCOME_SOURCES),
  trust: z.enum(TRUSTS),
  linked_by: z.enum(LINKED_BY),
  share: z.number(),
  occurred_at: z.iso.datetime(),
  credited_at: z.iso.datetime(),
  repo_hash: z.string().nullable(),
};

const params = z.object({ person_id: subjectIdParam, run_id: z.string(), now: z.date(), rows_max: z.int() });

export const runOutcomes = defineQuery({
  name: "outcomes of a run",
  sql: `
SELECT outcome_id, kind, source, trust, linked_by, share, occurred_at, credited_at, nullIf(repo_hash, '') AS repo_hash, reversed_at,
  quantity, expires_at
FROM outcome_links FINAL
WHERE ${OF_RUN}
ORDER BY occurred_at, outcome_id
LIMIT {rows_max:UInt32}`,
  params,
  row: z.object({
    ...outcomeRow,
    reversed_at: z.iso.datetime().nullable(),
    /** Of the whole outcome. */
    quantity: z.number(),
    expires_at: z.coerce.date(),
  }),
});

export const runDisputes = defineQuery({
  name: "disputed outcomes of a run",
  sql: `
SELECT outcome_id, kind, source, trust, linked_by, share, occurred_at, credited_at, nullIf(repo_hash, '') AS repo_hash, reason,
  disputed_at, expires_at
FROM outcome_disputes FINAL
WHERE ${OF_RUN}
ORDER BY occurred_at, outcome_id
LIMIT {rows_max:UInt32}`,
  params,
  row: z.object({
    ...outcomeRow,
    reason: z.string(),
    disputed_at: z.iso.datetime(),
    expires_at: z.coerce.date(),
  }),
});

/** Those of some outcomes that are kept as records: what is only a link by now can't be linked anew. */
export const keptOutcomes = defineQuery({
  name: "kept outcomes",
  sql: `
SELECT outcome_id, kind, occurred_at, credited_at FROM outcomes FINAL
WHERE outcome_id IN {outcome_ids:Array(String)} AND expires_at > {now:DateTime64(3)}`,
  params: z.object({ outcome_ids: z.array(z.string()), now: z.date() }),
  row: z.object({
    outcome_id: z.string(),
    kind: z.enum(OUTCOME_KINDS),
    occurred_at: z.iso.datetime(),
    credited_at: z.iso.datetime(),
  }),
});
