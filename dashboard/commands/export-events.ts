// `assay export events`: the recorded calls of a span of time, one JSON object a line, each call once.
//
// Always holds: no call of a person leaves before the export stands in that person's audit, with the operator's reason. A
// row is asked of the store only when the reader has taken the ones before, so memory stays the same whatever the span.

import { defineCommand, EXIT, refuseUsage, type StoreCommand } from "../../schemas/command.ts";
import { exportEvents } from "../server/export/event-export.ts";
import { EXPORT_USAGE, exportOptions, readExportSpan, send } from "./export-span.ts";

export const exportEventsCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "export events",
  summary: "Write recorded calls as JSON lines; it stands in the audit of everybody who is in them",
  usage: EXPORT_USAGE,
  options: exportOptions("calls"),
  async run({ values }, io, stores) {
    const now = io.now();
    const span = readExportSpan(values, now);
    if (typeof span === "string") return refuseUsage(io, span);
    const summary = { events: 0, people: 0 };
    await send(exportEvents(stores, { ...span, now, summary }), io);
    io.stderr.write(`${summary.events} calls of ${summary.people} people were written.\n`);
    return EXIT.done;
  },
});
