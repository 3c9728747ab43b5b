// What a store has of outcomes, for tests that tell of runs.

import { z } from "zod";
import { defineQuery, type ClickHouseStore } from "../../schemas/clickhouse/store.ts";

const countByRun = defineQuery({
  name: "outcomes by run, of a test",
  sql: "SELECT run_id, count() AS outcomes FROM outcomes FINAL WHERE run_id IS NOT NULL GROUP BY run_id",
  params: z.object({}),
  row: z.object({ run_id: z.string(), outcomes: z.coerce.number() }),
});

/** Outcomes by the run that they name. */
export async function readOutcomeCounts(store: ClickHouseStore): Promise<Map<string, number>> {
  const rows = await store.query(countByRun, {});
  return new Map(rows.map(({ run_id: runId, outcomes }) => [runId, outcomes]));
}
