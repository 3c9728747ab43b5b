// The lines of an import, read into what they say, in batches. A line that says nothing of use is told with its number and its reason,
// and the rest goes on. A batch is stored while the next one is read, because the engine works beside this process's own thread: two
// batches are held at the most.

import { TOO_LONG, type FileLine } from "./lines.ts";

export const BATCH_LINES_MAX = 2000;
/** Refused lines beyond this are counted, no longer told one by one. */
export const REFUSALS_TOLD_MAX = 100;

/** What every import of lines says at its end. */
export interface LinesSummary {
  refused: number;
  refusals: { file: string; line: number; reason: string }[];
  unknown_fields: Record<string, number>;
}

/** What a line says, and the names of fields in it that this version does not know. */
export type ParseLine<Item> = (text: string) => (Item & { unknownFields: readonly string[] }) | Refusal;

interface Refusal {
  reason: string;
}

/** @throws what reading, parsing or storing throws; what was stored before stays */
export async function importLines<Item extends object>(
  lines: AsyncIterable<FileLine>,
  {
    parse,
    store,
    summary,
  }: { parse: ParseLine<Item>; store: (batch: readonly Item[]) => Promise<void>; summary: LinesSummary },
): Promise<void> {
  const unknownFields = new Map<string, number>();
  let storing = Promise.resolve();
  try {
    for await (const batch of readBatches(lines, { parse, summary, unknownFields })) {
      await storing;
      storing = store(batch);
      // Whether it failed is asked before the next batch; until then that is nothing that the process has to know.
      storing.catch(() => undefined);
    }
  } finally {
    await storing;
    summary.unknown_fields = Object.fromEntries(unknownFields);
  }
}

async function* readBatches<Item extends object>(
  lines: AsyncIterable<FileLine>,
  {
    parse,
    summary,
    unknownFields,
  }: { parse: ParseLine<Item>; summary: LinesSummary; unknownFields: Map<string, number> },
): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const { file, number, text } of lines) {
    const line = text === undefined ? { reason: TOO_LONG } : parse(text);
    if (isRefusal(line)) {
      refuse(summary, { file, line: number, reason: line.reason });
      continue;
    }
    for (const name of line.unknownFields) unknownFields.set(name, (unknownFields.get(name) ?? 0) + 1);
    if (batch.push(line) < BATCH_LINES_MAX) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function isRefusal(line: object): line is Refusal {
  return !("unknownFields" in line);
}

function refuse(summary: LinesSummary, refusal: LinesSummary["refusals"][number]): void {
  summary.refused++;
  if (summary.refusals.length < REFUSALS_TOLD_MAX) summary.refusals.push(refusal);
}

/** What people read at the end: the refused lines, what was left out, and `result` in one sentence. */
export function toText({ refused, refusals, unknown_fields }: LinesSummary, result: string): string {
  const lines = refusals.map(
    ({ file, line, reason }) => `${file}:${line}: ${reason.replaceAll(/\s+/g, " ")}`,
  );
  if (refused > refusals.length) lines.push(`… and ${refused - refusals.length} more`);
  const fields = Object.entries(unknown_fields).map(([name, count]) => `${name} (${count})`);
  if (fields.length > 0)
    lines.push(`Fields that this version does not know were left out: ${fields.join(", ")}`);
  return `${[...lines, result].join("\n")}\n`;
}
