// GET /people/:personId/runs: a person's runs in an order, a page at a time; and by what they can be narrowed.
//
// A page is found by the place of a run in the order, never by counting rows: runs that arrive in between neither repeat nor hide
// one, and page 1,000 costs what the first one does.

import { z } from "zod";
import { AppError } from "../../../schemas/app-error.ts";
import type { ClickHouseStore } from "../../../schemas/clickhouse/store.ts";
import { VALUE_KINDS } from "../../../schemas/method/outcome-weights.ts";
import {
  RUN_SORTS,
  runFilterValuesSchema,
  runsPageSchema,
  UNDECLARED,
  type RunFilterValues,
  type RunsPage,
  type RunsQuery,
} from "../../../schemas/runs-api.ts";
import type { SubjectId } from "../access/scope.ts";
import { formatCursor, parseCursor } from "../http/cursor.ts";
import { foundRuns, type RunDirection } from "../queries/found-runs.ts";
import { listedRuns } from "../queries/listed-runs.ts";
import { runFilterValues } from "../queries/run-filter-values.ts";

const PAGE_ROWS = 50;
/** Choices of one filter. */
const VALUES_MAX = 100;
const DAY_MS = 86_400_000;

interface Place {
  /** What the order falls by; its digits are the store's. */
  value: string;
  started_at: string;
  run_id: string;
}

/** Before every run that there can be. */
const BEGINNING: Place = { value: "9".repeat(20), started_at: "2200-01-01T00:00:00.000Z", run_id: "" };

const cursorSchema = z.tuple([
  z.enum(RUN_SORTS),
  z.string().regex(/^\d{1,20}(\.\d{1,12})?$/),
  z.iso.datetime(),
  z.string(),
]);

export interface RunsRequest {
  subjectId: SubjectId;
  query: RunsQuery;
  /** Days after which a run's outcomes are all due (method: outcomes.survivalDays). */
  survivalDays: number;
  now: Date;
}

export async function readRuns(clickhouse: ClickHouseStore, request: RunsRequest): Promise<RunsPage> {
  const { subjectId, survivalDays, now } = request;
  const { places, hasMore, direction, isFirst } = await findPlaces(clickhouse, request);
  const run_ids = places.map(({ run_id }) => run_id);
  const kinds = [...VALUE_KINDS];
  const rows =
    run_ids.length === 0
      ? []
      : await clickhouse.query(listedRuns, { person_id: subjectId, run_ids, kinds, now });
  const byId = new Map(rows.map((row) => [row.run_id, row]));
  const runs = run_ids
    .flatMap((run_id) => byId.get(run_id) ?? [])
    .map(({ due, waiting, reversed, ...run }) => ({
      ...run,
      outcomes: { due, waiting, reversed },
      settles_at: new Date(Date.parse(run.ended_at) + survivalDays * DAY_MS).toISOString(),
    }));
  // Whoever came from one side can go back there.
  const hasOlder = direction === "newer" || hasMore;
  const hasNewer = direction === "newer" ? hasMore : !isFirst;
  const toCursor = (place: Place | undefined): string | null =>
    place ? formatCursor([request.query.sort, place.value, place.started_at, place.run_id]) : null;
  return runsPageSchema.parse({
    runs,
    newer_cursor: hasNewer ? toCursor(places[0]) : null,
    older_cursor: hasOlder ? toCursor(places.at(-1)) : null,
  });
}

interface FoundPage {
  /** Of the page's runs, as they are listed. */
  places: Place[];
  /** There are more in the direction that was gone. */
  hasMore: boolean;
  direction: RunDirection;
  isFirst: boolean;
}

async function findPlaces(
  clickhouse: ClickHouseStore,
  { subjectId, query, now }: RunsRequest,
): Promise<FoundPage> {
  const { sort, older, newer } = query;
  const {
    client = "",
    model = "",
    class: workloadClass = "",
    repository = "",
    tag = "",
    reason = "",
  } = query;
  const direction = newer === undefined ? "older" : "newer";
  const cursor = newer ?? older;
  const place = cursor === undefined ? BEGINNING : toPlace(cursor, query);
  const found = await clickhouse.query(foundRuns[sort][direction], {
    person_id: subjectId,
    now,
    kinds: [...VALUE_KINDS],
    client,
    model,
    class: workloadClass,
    repository,
    tag,
    reason,
    value: place.value,
    started_at: new Date(place.started_at),
    run_id: place.run_id,
    // One more than is shown tells whether there is another page.
    rows_max: PAGE_ROWS + 1,
  });
  const places = found.slice(0, PAGE_ROWS);
  if (direction === "newer") places.reverse();
  return { places, hasMore: found.length > PAGE_ROWS, direction, isFirst: cursor === undefined };
}

/** @throws AppError `bad_request` for a cursor of another order, and for both at a time */
function toPlace(cursor: string, { sort, older, newer }: RunsQuery): Place {
  const [cursorSort, value, started_at, run_id] = parseCursor(cursor, cursorSchema);
  if (cursorSort !== sort || (older !== undefined && newer !== undefined))
    throw new AppError("bad_request", "The cursor is of another list. Start at the first page.");
  return { value, started_at, run_id };
}

export async function readFilterValues(
  clickhouse: ClickHouseStore,
  { subjectId, now }: Pick<RunsRequest, "subjectId" | "now">,
): Promise<RunFilterValues> {
  const [values] = await clickhouse.query(runFilterValues, {
    person_id: subjectId,
    now,
    values_max: VALUES_MAX,
  });
  return runFilterValuesSchema.parse({
    ...values,
    classes: values?.classes.map((name) => (name === "" ? UNDECLARED : name)),
  });
}
