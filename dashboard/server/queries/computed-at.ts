// When did analytics last finish a pass? No row before the first one.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";

export const computedAt = defineQuery({
  name: "computed at",
  sql: `SELECT row.value AS computed_at FROM analysis_state AS row FINAL WHERE row.name = 'computed_at'`,
  params: z.object({}),
  row: z.object({ computed_at: z.iso.datetime() }),
});
