// `assay export events`: the recorded calls of a span of time, one JSON object a line, each call once.
//
// Always holds: no call of a person leaves before the export stands in that person's audit, with the operator's reason. A
// row is asked of the store only when the reader has taken the ones before, so memory stays the same whatever the span.

import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { defineCommand, EXIT, type CommandIo, type StoreCommand } from "../../schemas/command.ts";
import { exportEvents } from "../server/event-export.ts";
import { parseTime, refuseUsage } from "./usage-fault.ts";

/** Before the first call that there can be. */
const BEGINNING = "2000-01-01";
const REASON_CHARS_MAX = 500;

export const exportEventsCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "export events",
  summary: "Write recorded calls as JSON lines; it stands in the audit of everybody who is in them",
  usage: "--reason TEXT [--from T] [--to T]",
  options: {
    reason: { type: "string", help: "what it is for, as the people concerned will read it" },
    from: {
      type: "string",
      help: "calls that started at T or later: 2026-11-20 (UTC) or 2026-11-20T09:30:00Z",
    },
    to: { type: "string", help: "calls that started before T; without it, before now" },
  },
  async run({ values }, io, stores) {
    const reason = typeof values["reason"] === "string" ? values["reason"].trim() : "";
    if (reason === "" || reason.length > REASON_CHARS_MAX)
      return refuseUsage(io, `Say what it is for: --reason TEXT, at most ${REASON_CHARS_MAX} characters.`);
    const now = io.now();
    const from = parseTime(values["from"] ?? BEGINNING);
    const to = parseTime(values["to"] ?? now.toISOString());
    if (!from || !to || from >= to)
      return refuseUsage(
        io,
        "--from and --to take times such as 2026-11-20T09:30:00Z, the earlier one first.",
      );

    const summary = { events: 0, people: 0 };
    await send(exportEvents(stores, { from, to, reason, now, summary }), io);
    io.stderr.write(`${summary.events} calls of ${summary.people} people were written.\n`);
    return EXIT.done;
  },
});

/** The reader's pace is the export's; when the reader has gone, reading from the store ends too. */
async function send(lines: AsyncIterable<string>, { stdout, signal }: CommandIo): Promise<void> {
  await pipeline(Readable.from(lines), stdout, { end: false, signal });
}
