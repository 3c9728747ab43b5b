// `assay export runs`: the runs of a span of time, one JSON object a line, each with its agents and their calls.
//
// Always holds: no run of a person leaves before the export stands in that person's audit, with the operator's reason.

import { defineCommand, EXIT, refuseUsage, type StoreCommand } from "../../schemas/command.ts";
import { exportRuns } from "../server/export/run-export.ts";
import { EXPORT_USAGE, exportOptions, readExportSpan, send } from "./export-span.ts";

export const exportRunsCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "export runs",
  summary:
    "Write runs with their agents and calls as JSON lines; it stands in the audit of everybody in them",
  usage: EXPORT_USAGE,
  options: exportOptions("runs"),
  async run({ values }, io, stores) {
    const now = io.now();
    const span = readExportSpan(values, now);
    if (typeof span === "string") return refuseUsage(io, span);
    const summary = { runs: 0, people: 0 };
    await send(exportRuns(stores, { ...span, now, summary }), io);
    io.stderr.write(`${summary.runs} runs of ${summary.people} people were written.\n`);
    return EXIT.done;
  },
});
