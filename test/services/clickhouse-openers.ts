// The two ways to a ClickHouse store, each with an empty one of its own, so that a test file runs the same cases on both.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import {
  defineQuery,
  defineStatement,
  type ClickHouseStore,
  type QueryDefinition,
} from "../../schemas/clickhouse/store.ts";
import { startTestClickHouse } from "./clickhouse-http.ts";

const anything = z.looseObject({});

export interface TestStore {
  store: ClickHouseStore;
  read(sql: string, params?: Record<string, unknown>): Promise<Record<string, unknown>[]>;
  run(sql: string): Promise<void>;
  close(): Promise<void>;
}

/** A question that takes any parameters and any rows. */
export function ask(sql: string): QueryDefinition<typeof anything, typeof anything> {
  return defineQuery({ name: "test", sql, params: anything, row: anything });
}

export const CLICKHOUSE_OPENERS: readonly (readonly [name: string, open: () => Promise<TestStore>])[] = [
  [
    "chDB in this process",
    async () => {
      const dataDir = mkdtempSync(join(tmpdir(), "assay-test-chdb-"));
      return toTestStore(await openClickHouse({ dataDir }), () => rmSync(dataDir, { recursive: true }));
    },
  ],
  [
    "a ClickHouse server",
    async () => {
      const server = await startTestClickHouse();
      return toTestStore(await openClickHouse({ url: server.url, dataDir: "/unused" }), () => server.stop());
    },
  ],
];

function toTestStore(store: ClickHouseStore, end: () => Promise<void> | void): TestStore {
  return {
    store,
    read: (sql, params = {}) => store.query(ask(sql), params),
    run: (sql) => store.execute(defineStatement({ name: "test", sql, params: z.object({}) }), {}),
    close: async () => {
      await store.close();
      await end();
    },
  };
}
