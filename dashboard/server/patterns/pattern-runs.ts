// The runs that one of a person's patterns names, and how the starts fall of those that a timer seems to start.

import { desc, eq } from "drizzle-orm";
import type { ClickHouseStore } from "../../../schemas/clickhouse/store.ts";
import type { PatternRuns } from "../../../schemas/pattern-api.ts";
import type { Transactions } from "../../../schemas/postgres/open.ts";
import { patternEvidence } from "../../../schemas/postgres/pattern-tables.ts";
import { namedRuns } from "../queries/named-runs.ts";
import { findOwn, type OwnPattern } from "./patterns.ts";
import { toStarts } from "./starts.ts";

/** Of the newest weeks. Each signal names 500 a week at most. */
const NAMED_MAX = 5000;
const LISTED_MAX = 100;

/** @throws AppError `not_found` when it is not the person's, or nobody was told of it */
export async function listPatternRuns(
  store: Transactions,
  own: OwnPattern,
  { clickhouse, timezone, now }: { clickhouse: ClickHouseStore; timezone: string; now: Date },
): Promise<PatternRuns> {
  const evidence = await store.db.transaction(async (transaction) => {
    await findOwn(transaction, own);
    return transaction
      .select({ family: patternEvidence.family, runIds: patternEvidence.runIds })
      .from(patternEvidence)
      .where(eq(patternEvidence.patternId, own.patternId))
      .orderBy(desc(patternEvidence.week));
  });
  const run_ids = [...new Set(evidence.flatMap(({ runIds }) => runIds))].slice(0, NAMED_MAX);
  const runs = await clickhouse.query(namedRuns, { person_id: own.subjectId, run_ids, now });
  const ofTimers = evidence.filter(({ family }) => family === "schedule");
  const timed = new Set(ofTimers.flatMap(({ runIds }) => runIds));
  const starts = runs.filter(({ run_id }) => timed.has(run_id)).map(({ started_at }) => new Date(started_at));
  return { runs: runs.slice(0, LISTED_MAX), starts: toStarts(starts, timezone) };
}
