// GET /people/:personId/runs: a person's runs, newest first, a page at a time.

import { z } from "zod";
import type { ClickHouseStore } from "../../../schemas/clickhouse/store.ts";
import { runsPageSchema, type RunsPage } from "../../../schemas/dashboard-api.ts";
import { cursorSchema, formatCursor, parseCursor } from "../http/cursor.ts";
import { newestRuns } from "../queries/newest-runs.ts";
import type { SubjectId } from "../access/scope.ts";

const PAGE_ROWS = 50;

export const runsQuerySchema = z.strictObject({ cursor: cursorSchema });

/** The start and id of the last run of the page before. */
const placeSchema = z.tuple([z.iso.datetime(), z.string()]);
type Place = z.infer<typeof placeSchema>;
/** After every run that there can be. */
const BEGINNING: Place = ["2100-01-01T00:00:00.000Z", ""];

export interface RunsRequest {
  subjectId: SubjectId;
  cursor: string | undefined;
  now: Date;
}

export async function readRuns(
  clickhouse: ClickHouseStore,
  { subjectId, cursor, now }: RunsRequest,
): Promise<RunsPage> {
  const [before, beforeRunId] = cursor === undefined ? BEGINNING : parseCursor(cursor, placeSchema);
  const rows = await clickhouse.query(newestRuns, {
    person_id: subjectId,
    now,
    before: new Date(before),
    before_run_id: beforeRunId,
    // One more than is shown tells whether there is another page.
    rows_max: PAGE_ROWS + 1,
  });
  const shown = rows.slice(0, PAGE_ROWS);
  const last = rows.length > PAGE_ROWS ? shown.at(-1) : undefined;
  const next_cursor = last ? formatCursor([last.started_at, last.run_id]) : null;
  return runsPageSchema.parse({ runs: shown, next_cursor });
}
