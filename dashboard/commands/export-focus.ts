// `assay export focus`: released costs by model in the columns of FOCUS, for tools that read bills.

import { defineCommand, type StoreCommand } from "../../schemas/command.ts";
import { FOCUS_COLUMNS, toFocusRows } from "../server/organisation/cost-export.ts";
import { RELEASED_OPTIONS, RELEASED_USAGE, writeReleased } from "./released-rows.ts";

export const exportFocusCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "export focus",
  summary: "Write costs by model as CSV in the columns of FOCUS; no person is in them",
  usage: RELEASED_USAGE,
  options: RELEASED_OPTIONS,
  run: ({ values }, io, stores, config) =>
    writeReleased({ values, io, stores, config }, FOCUS_COLUMNS, toFocusRows),
});
