// Which outcomes have a person's runs a share in, which name the person and are linked to no run of theirs, and which do they dispute?
// Oldest first, for their own export.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { afterPlace, ownPageParams, placeRow } from "./own-page.ts";

const OF_PERSON = "person_id = {person_id:UUID} AND expires_at > {now:DateTime64(3)}";
const ID = "concat(outcome_id, ' ', ifNull(run_id, ''))";

export const ownOutcomes = defineQuery({
  name: "own export: outcomes",
  sql: `
WITH
  linked AS (SELECT outcome_id FROM outcome_links FINAL WHERE ${OF_PERSON}),
  disputed AS (SELECT outcome_id FROM outcome_disputes FINAL WHERE ${OF_PERSON})
SELECT *, occurred_at AS place_at, ${ID} AS place_id
FROM (
  SELECT outcome_id, toString(kind) AS kind, toString(source) AS source, toString(trust) AS trust, toNullable(run_id) AS run_id,
    toNullable(toString(linked_by)) AS linked_by, toNullable(share) AS share, occurred_at, credited_at, reversed_at,
    nullIf(repo_hash, '') AS repo_hash, CAST(NULL, 'Nullable(DateTime64(3, \\'UTC\\'))') AS disputed_at
  FROM outcome_links FINAL WHERE ${OF_PERSON} AND outcome_id NOT IN (SELECT outcome_id FROM disputed)
  UNION ALL
  SELECT outcome_id, toString(kind), toString(source), toString(trust), toNullable(run_id), toNullable(toString(linked_by)),
    toNullable(share), occurred_at, credited_at, NULL, nullIf(repo_hash, ''), toNullable(disputed_at)
  FROM outcome_disputes FINAL WHERE ${OF_PERSON}
  UNION ALL
  SELECT outcome_id, toString(kind), toString(source), toString(trust), NULL, NULL, NULL, occurred_at, credited_at, NULL, repo_hash,
    NULL
  FROM outcomes FINAL
  WHERE ${OF_PERSON} AND outcome_id NOT IN (SELECT outcome_id FROM linked) AND outcome_id NOT IN (SELECT outcome_id FROM disputed)
)
WHERE ${afterPlace("occurred_at", ID)}`,
  params: ownPageParams,
  row: z.looseObject({
    outcome_id: z.string(),
    kind: z.string(),
    source: z.string(),
    trust: z.string(),
    run_id: z.string().nullable(),
    linked_by: z.string().nullable(),
    share: z.number().nullable(),
    occurred_at: z.iso.datetime(),
    credited_at: z.iso.datetime(),
    reversed_at: z.iso.datetime().nullable(),
    repo_hash: z.string().nullable(),
    disputed_at: z.iso.datetime().nullable(),
    ...placeRow,
  }),
});
