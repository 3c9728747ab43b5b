// A person's own data as a file: runs, calls, outcomes, or usage by day; as CSV, or as one JSON array. It is no view of anybody
// else's data, so it stands in no audit.
//
// Always holds: rows are read a page at a time and handed out before the next page is read, so memory is bounded whatever there
// is, and a slow download holds no question open. Columns stand in the order of docs/dashboard.md.

import { z } from "zod";
import type { ClickHouseStore } from "../../../schemas/clickhouse/store.ts";
import type { ExportFormat, ExportSubject } from "../../../schemas/export-api.ts";
import type { SubjectId } from "../access/scope.ts";
import { ownCalls, recordsOfCalls } from "../queries/own-calls.ts";
import { ownOutcomes } from "../queries/own-outcomes.ts";
import { placeRow, type ownPageParams } from "../queries/own-page.ts";
import { ownRuns } from "../queries/own-runs.ts";
import { ownUsage } from "../queries/own-usage.ts";
import { toCsvLine } from "./csv.ts";

const PAGE_ROWS = 2000;

type Row = Readonly<Record<string, unknown>>;
type PageParams = z.input<typeof ownPageParams>;

interface Subject {
  columns: readonly string[];
  readPage(clickhouse: ClickHouseStore, page: PageParams): Promise<Row[]>;
}

const PLACE = Object.keys(placeRow);
const columnsOf = (row: z.ZodObject): string[] =>
  Object.keys(row.shape).filter((name) => !PLACE.includes(name));

export const EXPORTED: Readonly<Record<ExportSubject, Subject>> = {
  runs: {
    columns: columnsOf(ownRuns.row),
    readPage: (clickhouse, page) => clickhouse.query(ownRuns, page),
  },
  calls: {
    columns: [...new Set([...columnsOf(ownCalls.row), ...columnsOf(recordsOfCalls.row)])],
    readPage: readCalls,
  },
  outcomes: {
    columns: columnsOf(ownOutcomes.row),
    readPage: (clickhouse, page) => clickhouse.query(ownOutcomes, page),
  },
  usage: {
    columns: columnsOf(ownUsage.row),
    readPage: (clickhouse, page) => clickhouse.query(ownUsage, page),
  },
};

export interface OwnExport {
  subjectId: SubjectId;
  subject: ExportSubject;
  format: ExportFormat;
  now: Date;
}

/** The text of the file, in pieces. */
export async function* exportOwn(clickhouse: ClickHouseStore, asked: OwnExport): AsyncGenerator<string> {
  const { columns } = EXPORTED[asked.subject];
  const { head, toLine, between, foot } = FORMATS[asked.format];
  yield head(columns);
  let isFirst = true;
  for await (const rows of readPages(clickhouse, asked)) {
    const lines = rows.map((row) => toLine(columns, row)).join(between);
    yield isFirst ? lines : between + lines;
    isFirst = false;
  }
  yield foot;
}

interface Format {
  head: (columns: readonly string[]) => string;
  toLine: (columns: readonly string[], row: Row) => string;
  between: string;
  foot: string;
}

const FORMATS: Readonly<Record<ExportFormat, Format>> = {
  csv: {
    head: toCsvLine,
    toLine: (columns, row) => toCsvLine(columns.map((name) => row[name])),
    between: "",
    foot: "",
  },
  json: {
    head: () => "[\n",
    toLine: (columns, row) => JSON.stringify(Object.fromEntries(columns.map((name) => [name, row[name]]))),
    between: ",\n",
    foot: "\n]\n",
  },
};

/** Pages with at least one row each. */
async function* readPages(
  clickhouse: ClickHouseStore,
  { subject, subjectId, now }: OwnExport,
): AsyncGenerator<Row[]> {
  const exported = EXPORTED[subject];
  let place = { after_at: new Date(0), after_id: "" };
  for (;;) {
    const rows = await exported.readPage(clickhouse, {
      person_id: subjectId,
      now,
      ...place,
      rows_max: PAGE_ROWS,
    });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    if (rows.length < PAGE_ROWS) return;
    const { place_at, place_id } = placeSchema.parse(last);
    place = { after_at: new Date(place_at), after_id: place_id };
  }
}

const placeSchema = z.object(placeRow);

/** What analytics knows of each call, and what its record says while it is kept. */
async function readCalls(clickhouse: ClickHouseStore, page: PageParams): Promise<Row[]> {
  const calls = await clickhouse.query(ownCalls, page);
  const [first, last] = [calls.at(0), calls.at(-1)];
  if (first === undefined || last === undefined) return [];
  const records = await clickhouse.query(recordsOfCalls, {
    person_id: page.person_id,
    event_ids: calls.map(({ event_id }) => event_id),
    from: new Date(first.started_at),
    to: new Date(last.started_at),
    now: page.now,
  });
  const byId = new Map(records.map((record) => [record.event_id, record]));
  return calls.map((call) => ({ ...byId.get(call.event_id), ...call }));
}
