// `assay export person-weeks`: what each person used and what came of it, one JSON object for each week and class.
//
// Always holds: no week of a person leaves before the export stands in that person's audit, with the operator's reason.

import { defineCommand, EXIT, refuseUsage, type StoreCommand } from "../../schemas/command.ts";
import { exportWeeks } from "../server/export/week-export.ts";
import { EXPORT_USAGE, exportOptions, readExportSpan, send } from "./export-span.ts";

export const exportWeeksCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "export person-weeks",
  summary: "Write weeks of people as JSON lines; it stands in the audit of everybody who is in them",
  usage: EXPORT_USAGE,
  options: exportOptions("weeks"),
  async run({ values }, io, stores, config) {
    const now = io.now();
    const span = readExportSpan(values, now);
    if (typeof span === "string") return refuseUsage(io, span);
    const summary = { weeks: 0, people: 0 };
    await send(exportWeeks(stores, { ...span, now, config, summary }), io);
    io.stderr.write(`${summary.weeks} weeks of ${summary.people} people were written.\n`);
    return EXIT.done;
  },
});
