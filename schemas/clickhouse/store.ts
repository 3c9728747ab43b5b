// What Assay asks of ClickHouse, whether it is a server or the engine in this process. Nothing else in the code knows which
// of the two it is.

import type { z } from "zod";

/**
 * One question: its SQL with `{name:Type}` parameters, what goes in, and what each row of the answer is. Going in, a time is
 * a Date. Coming out, 64-bit integers and decimals are text, times RFC 3339 in UTC, and days `2026-11-20`.
 */
export interface QueryDefinition<Params extends z.ZodObject, Row extends z.ZodObject> {
  /** Stands in `log_comment`, so that a slow query in ClickHouse's log can be found in the code. */
  name: string;
  sql: string;
  params: Params;
  row: Row;
}

/** Declares a query; the types of its parameters and rows follow from their schemas. */
export function defineQuery<Params extends z.ZodObject, Row extends z.ZodObject>(
  definition: QueryDefinition<Params, Row>,
): QueryDefinition<Params, Row> {
  return definition;
}

/** A statement without an answer: DDL, INSERT … SELECT, a mutation. */
export interface StatementDefinition<Params extends z.ZodObject> {
  name: string;
  sql: string;
  params: Params;
}

export function defineStatement<Params extends z.ZodObject>(
  definition: StatementDefinition<Params>,
): StatementDefinition<Params> {
  return definition;
}

/** Rows that are to be gone: those of `table` for which `where` holds, in whatever version. */
export interface RemovalDefinition<Params extends z.ZodObject> {
  name: string;
  table: string;
  where: string;
  params: Params;
}

export function defineRemoval<Params extends z.ZodObject>(
  definition: RemovalDefinition<Params>,
): RemovalDefinition<Params> {
  return definition;
}

export interface ClickHouseStore {
  /** All rows of an answer, parsed. For answers with a bound on their size. */
  query<Params extends z.ZodObject, Row extends z.ZodObject>(
    definition: QueryDefinition<Params, Row>,
    params: z.input<Params>,
  ): Promise<z.output<Row>[]>;
  /** The rows of an answer one after the other, parsed, for answers of any size. */
  stream<Params extends z.ZodObject, Row extends z.ZodObject>(
    definition: QueryDefinition<Params, Row>,
    params: z.input<Params>,
  ): AsyncIterable<z.output<Row>>;
  execute<Params extends z.ZodObject>(
    definition: StatementDefinition<Params>,
    params: z.input<Params>,
  ): Promise<void>;
  /** Makes or changes a table: one statement of a migration, on every server of a cluster. */
  define(name: string, sql: string): Promise<void>;
  /**
   * Takes rows out of the files themselves, and resolves when none holds them any longer. It rewrites every part that has such
   * a row, so it is for what has to be gone, and not for what merely no longer counts.
   */
  remove<Params extends z.ZodObject>(
    definition: RemovalDefinition<Params>,
    params: z.input<Params>,
  ): Promise<void>;
  /** Resolves when the server has acknowledged all rows. Keys are column names. An empty list does nothing. */
  insert(table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void>;
  /** Rejects when the store can't be reached. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
