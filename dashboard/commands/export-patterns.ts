// `assay export patterns`: one JSON object for each pattern, also those of which only their person knows.
//
// Always holds: no pattern of a person leaves before the export stands in that person's audit, with the operator's reason.

import { defineCommand, EXIT, refuseUsage, type StoreCommand } from "../../schemas/command.ts";
import { exportPatterns } from "../server/export/pattern-export.ts";
import { EXPORT_USAGE, exportOptions, readExportSpan, send } from "./export-span.ts";

export const exportPatternsCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "export patterns",
  summary: "Write patterns as JSON lines; it stands in the audit of everybody who is in them",
  usage: EXPORT_USAGE,
  options: exportOptions("patterns"),
  async run({ values }, io, { postgres }, config) {
    const now = io.now();
    const span = readExportSpan(values, now);
    if (typeof span === "string") return refuseUsage(io, span);
    const summary = { patterns: 0, people: 0 };
    await send(exportPatterns(postgres, { ...span, now, config, summary }), io);
    io.stderr.write(`${summary.patterns} patterns of ${summary.people} people were written.\n`);
    return EXIT.done;
  },
});
