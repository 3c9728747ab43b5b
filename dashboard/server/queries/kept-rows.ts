// How many records are kept now, and how many of them are older than a shorter term would let them be? No row for a kind of which fewer
// people than the smallest group have records.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { organisationParam } from "../access/scope.ts";

export const keptRows = defineQuery({
  name: "kept rows",
  sql: `
SELECT * FROM (
  SELECT 'events' AS kind, count() AS rows, countIf(started_at < {events_before:DateTime64(3)}) AS older,
    uniqExact(person_id) AS people, max(expires_at) AS last_expires_at
  FROM token_events FINAL WHERE expires_at > {now:DateTime64(3)}
  UNION ALL
  SELECT 'sketches', count(), countIf(started_at < {sketches_before:DateTime64(3)}), uniqExact(person_id), max(expires_at)
  FROM call_features FINAL WHERE expires_at > {now:DateTime64(3)}
  UNION ALL
  SELECT 'runs', count(), countIf(started_at < {runs_before:DateTime64(3)}), uniqExact(person_id), max(expires_at)
  FROM runs FINAL WHERE expires_at > {now:DateTime64(3)}
  UNION ALL
  SELECT 'weeks', count(), countIf(week < toDate({weeks_before:DateTime64(3)})), uniqExact(person_id), max(expires_at)
  FROM person_weeks FINAL WHERE expires_at > {now:DateTime64(3)}
)
WHERE people >= {min_group:UInt16}`,
  params: z.object({
    min_group: organisationParam,
    now: z.date(),
    events_before: z.date(),
    sketches_before: z.date(),
    runs_before: z.date(),
    weeks_before: z.date(),
  }),
  row: z.object({
    kind: z.enum(["events", "sketches", "runs", "weeks"]),
    rows: z.coerce.number(),
    older: z.coerce.number(),
    last_expires_at: z.coerce.date(),
  }),
});
