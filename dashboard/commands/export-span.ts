// What the exports for operators have in common: a span of time, a reason that the people concerned will read, and lines that go out
// at the reader's pace.

import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { CommandArguments, CommandIo } from "../../schemas/command.ts";
import { parseTime } from "./time-options.ts";

/** Before the first call that there can be. */
const BEGINNING = "2000-01-01";
const REASON_CHARS_MAX = 500;

export const EXPORT_USAGE = "--reason TEXT [--from T] [--to T]";

/** @param what of which the start has to be in the span: `calls` */
export function exportOptions(what: string) {
  return {
    reason: { type: "string", help: "what it is for, as the people concerned will read it" },
    from: {
      type: "string",
      help: `${what} that started at T or later: 2026-11-20 (UTC) or 2026-11-20T09:30:00Z`,
    },
    to: { type: "string", help: `${what} that started before T; without it, before now` },
  } as const;
}

export interface ExportSpan {
  from: Date;
  /** Not included. */
  to: Date;
  reason: string;
}

/** The span, or the sentence that says what is wrong with it. */
export function readExportSpan(values: CommandArguments["values"], now: Date): ExportSpan | string {
  const reason = typeof values["reason"] === "string" ? values["reason"].trim() : "";
  if (reason === "" || reason.length > REASON_CHARS_MAX)
    return `Say what it is for: --reason TEXT, at most ${REASON_CHARS_MAX} characters.`;
  const from = parseTime(values["from"] ?? BEGINNING);
  const to = parseTime(values["to"] ?? now.toISOString());
  if (!from || !to || from >= to)
    return "--from and --to take times such as 2026-11-20T09:30:00Z, the earlier one first.";
  return { from, to, reason };
}

/** The reader's pace is the export's; when the reader has gone, reading from the store ends too. */
export async function send(lines: AsyncIterable<string>, { stdout, signal }: CommandIo): Promise<void> {
  await pipeline(Readable.from(lines), stdout, { end: false, signal });
}
