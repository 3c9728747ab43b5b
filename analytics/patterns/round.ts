// What the steps of one round over patterns share: where they work, as of when, and in which weeks they look.

import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import type { Config } from "../../schemas/config.ts";
import type { PostgresStore } from "../../schemas/postgres/open.ts";

export interface PatternRound {
  clickhouse: ClickHouseStore;
  postgres: PostgresStore;
  config: Pick<Config, "timezone" | "holidays" | "method" | "retentionDays">;
  now: Date;
  /** Mondays of the first and the last week looked at, which is the last that has ended. */
  fromWeek: string;
  toWeek: string;
  /** The Monday of the week that goes on. */
  runningWeek: string;
}
