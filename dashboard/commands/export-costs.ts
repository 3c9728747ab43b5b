// `assay export costs`: released costs by team, model and week, client, class and reason, as the page of the organisation shows them.

import { defineCommand, type StoreCommand } from "../../schemas/command.ts";
import { COST_COLUMNS, toCostRows } from "../server/organisation/cost-export.ts";
import { RELEASED_OPTIONS, RELEASED_USAGE, writeReleased } from "./released-rows.ts";

export const exportCostsCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "export costs",
  summary: "Write costs of groups as CSV, as the page of the organisation shows them; no person is in them",
  usage: RELEASED_USAGE,
  options: RELEASED_OPTIONS,
  run: ({ values }, io, stores, config) =>
    writeReleased({ values, io, stores, config }, COST_COLUMNS, toCostRows),
});
