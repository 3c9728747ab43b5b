// References: what a signal's effect was in earlier weeks of a class, one week of each person. With it a week is compared where the signal
// has no null of its own.
//
// Made once for a week, before its first finding, and never again, also by a rebuild: so a late event moves no one else's answer. One week
// of a person, by a lot that nobody draws (a hash), because weeks of a person resemble each other, and counted separately would make
// a reference of nine people look like one of a hundred. Weeks in which a null of another signal spoke are left out, because a reference
// that holds what is looked for finds nothing.

import { z } from "zod";
import { defineQuery, defineStatement } from "../../schemas/clickhouse/store.ts";

const BEFORE = "week >= {week:Date} - toIntervalWeek({weeks:UInt32}) AND week < {week:Date}";

export const isReferenced = defineQuery({
  name: "signals: is there a reference",
  sql: "SELECT count() AS rows FROM signal_references FINAL WHERE week = {week:Date}",
  params: z.object({ week: z.iso.date() }),
  row: z.object({ rows: z.coerce.number() }),
});

export const makeReferences = defineStatement({
  name: "signals: references",
  sql: `
INSERT INTO signal_references (week, workload_class, signal, effects, method_version, version, expires_at)
WITH kept AS (SELECT max(expires_at) AS until FROM signal_weeks WHERE version = {version:UInt64} AND week = {week:Date})
SELECT {week:Date}, workload_class, signal, arraySort(groupArray(effect)), {method_version:String}, {version:UInt64},
  (SELECT until FROM kept)
FROM (
  SELECT person_id, workload_class, signal, argMin(effect, cityHash64(person_id, week_signals.week, {week:Date})) AS effect
  FROM week_signals FINAL
  WHERE ${BEFORE}
    AND (person_id, week) GLOBAL NOT IN (
      SELECT person_id, week FROM week_signals FINAL
      WHERE ${BEFORE} AND p_value_source = 'absolute' AND p_value <= {p_value_max:Float64} AND is_above_floor)
  GROUP BY person_id, workload_class, signal
)
GROUP BY workload_class, signal
UNION ALL
SELECT {week:Date}, '', '', [], {method_version:String}, {version:UInt64}, (SELECT until FROM kept)`,
  params: z.object({
    version: z.int(),
    week: z.iso.date(),
    weeks: z.int(),
    p_value_max: z.number(),
    method_version: z.string(),
  }),
});

export const readReferences = defineQuery({
  name: "signals: references of a week",
  sql: `
SELECT workload_class, signal, effects FROM signal_references FINAL
WHERE week = {week:Date} AND length(effects) >= {references_min:UInt32}`,
  params: z.object({ week: z.iso.date(), references_min: z.int() }),
  row: z.object({ workload_class: z.string(), signal: z.string(), effects: z.array(z.number()) }),
});
