// ClickHouse: reached, and with the tables of this version.

import { readdirSync } from "node:fs";
import { MIGRATIONS_FOLDER, readAppliedMigrations } from "../../schemas/clickhouse/migrate.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { fault, ok, type Deployment, type Finding } from "./finding.ts";
import { compareMigrations } from "./migrations.ts";

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
  const applied = await readAppliedMigrations(store);
  const expected = readdirSync(MIGRATIONS_FOLDER).filter((file) => file.endsWith(".sql"));
  return compareMigrations("ClickHouse", expected.toSorted(), applied.length);
}
