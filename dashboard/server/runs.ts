// GET /people/:personId/runs: a person's runs, newest first, a page at a time.

import { z } from "zod";
import { AppError } from "../../schemas/app-error.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { runsPageSchema, type RunsPage } from "../../schemas/dashboard-api.ts";
import { newestRuns } from "./queries/newest-runs.ts";
import type { SubjectId } from "./scope.ts";

const PAGE_ROWS = 50;
const CURSOR_CHARS_MAX = 1024;

export const runsQuerySchema = z.strictObject({ cursor: z.string().max(CURSOR_CHARS_MAX).optional() });

/** Where the page before ended: the start and id of its last run. To callers it is opaque. */
const cursorSchema = z.tuple([z.iso.datetime(), z.string()]);
type Cursor = z.infer<typeof cursorSchema>;
/** After every run that there can be. */
const BEGINNING: Cursor = ["2100-01-01T00:00:00.000Z", ""];

export interface RunsRequest {
  subjectId: SubjectId;
  cursor: string | undefined;
  now: Date;
}

export async function readRuns(
  clickhouse: ClickHouseStore,
  { subjectId, cursor, now }: RunsRequest,
): Promise<RunsPage> {
  const [before, beforeRunId] = cursor === undefined ? BEGINNING : parseCursor(cursor);
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

function formatCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString("base64url");
}

function parseCursor(text: string): Cursor {
  const cursor = cursorSchema.safeParse(parseJson(Buffer.from(text, "base64url").toString()));
  if (!cursor.success)
    throw new AppError("bad_request", "The cursor is not one that Assay gave. Start at the first page.");
  return cursor.data;
}

/** Undefined where a text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
