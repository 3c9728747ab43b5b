// ClickHouse: reached, and with the tables of this version.

import { readdirSync } from "node:fs";
import { z } from "zod";
import { defineQuery, type ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { fault, ok, type Deployment, type Finding } from "./finding.ts";
import { compareMigrations } from "./migrations.ts";

const MIGRATIONS_FOLDER = new URL("../../schemas/clickhouse/migrations", import.meta.url);

const countMigrations = defineQuery({
  name: "doctor: migrations",
  // Before the first migration there is no such table, and that is no error here.
  sql: `SELECT if(exists(SELECT 1 FROM system.tables WHERE database = currentDatabase() AND name = 'migrations'),
    (SELECT sum(total_rows) FROM system.tables WHERE database = currentDatabase() AND name = 'migrations'), 0) AS applied`,
  params: z.object({}),
  row: z.object({ applied: z.coerce.number() }),
});

export async function checkClickHouse({ clickhouse }: Deployment): Promise<Finding[]> {
  switch (clickhouse.state) {
    case "open":
      return [await examine(clickhouse.store)];
    case "failed":
      return [
        fault(
          clickhouse.sentence,
          "Check CLICKHOUSE_URL, and that the server runs and lets this machine in.",
        ),
      ];
    case "closed":
      return [ok("It is embedded, and is looked at while Assay runs.")];
    default:
      return clickhouse satisfies never;
  }
}

async function examine(store: ClickHouseStore): Promise<Finding> {
  const [row] = await store.query(countMigrations, {});
  const expected = readdirSync(MIGRATIONS_FOLDER).filter((file) => file.endsWith(".sql"));
  return compareMigrations("ClickHouse", expected.toSorted(), row?.applied ?? 0);
}
