// `assay export outcomes`: what came of the work in a span of time, one JSON object a line, each with the runs that have a share in it.
//
// Always holds: no outcome leaves before the export stands in the audit of everybody whose it is, with the operator's reason.

import { defineCommand, EXIT, refuseUsage, type StoreCommand } from "../../schemas/command.ts";
import { exportOutcomes } from "../server/export/outcome-export.ts";
import { EXPORT_USAGE, exportOptions, readExportSpan, send } from "./export-span.ts";

export const exportOutcomesCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "export outcomes",
  summary:
    "Write outcomes with the runs they come from as JSON lines; it stands in the audit of everybody in them",
  usage: EXPORT_USAGE,
  options: exportOptions("outcomes"),
  async run({ values }, io, stores) {
    const now = io.now();
    const span = readExportSpan(values, now);
    if (typeof span === "string") return refuseUsage(io, span);
    const summary = { outcomes: 0, people: 0 };
    await send(exportOutcomes(stores, { ...span, now, summary }), io);
    io.stderr.write(`${summary.outcomes} outcomes of ${summary.people} people were written.\n`);
    return EXIT.done;
  },
});
